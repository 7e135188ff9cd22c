"""The root tries again for ever, and each time with the newest commit.

A wave that fails, or waits longer than the gate's bound, fails the root's operation. Without limit -1 it stays failed;
without refresh it repeats the commit that failed, and the repair never arrives; without a cap the waits grow to hours.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "GATE04"
WANTED = {"limit": -1, "refresh": True}


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        if cluster.root is None:
            continue
        retry = ("spec", "syncPolicy", "retry")
        for field, value in WANTED.items():
            if cluster.root.get(*retry, field) != value:
                written = str(value).lower()
                message = f"the root of {cluster.name} retries with {field} {cluster.root.get(*retry, field)}"
                yield Finding(ID, *cluster.root.at(*retry, field), message, f"write {field}: {written} under retry")
        if not cluster.root.get(*retry, "backoff", "maxDuration"):
            message = f"the root of {cluster.name} waits longer and longer between its retries"
            yield Finding(ID, *cluster.root.at(*retry, "backoff"), message, "write maxDuration: 1m under backoff")
