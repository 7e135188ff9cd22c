"""Destinations name the cluster, never its address.

`server:` has to be written anew for each cluster, and where a project allows by name, it is another destination.
"""

from collections.abc import Iterator

from gitops.documents import Path, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "DEST01"
BAD = """\
destination:
  server: https://kubernetes.default.svc
  namespace: shop
"""
GOOD = """\
destination:
  name: in-cluster
  namespace: shop
"""


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        if document.group != "argoproj.io":
            continue
        paths: list[Path] = [("spec", "destination"), ("spec", "template", "spec", "destination")]
        paths += [
            ("spec", "destinations", index) for index, _ in enumerate(items(document.get("spec", "destinations")))
        ]
        for path in paths:
            if server := document.get(*path, "server"):
                message = f"a destination of {document} is the address {server}"
                yield Finding(
                    ID,
                    *document.at(*path, "server"),
                    message,
                    "write name: in-cluster, or the name of the cluster, instead",
                )
