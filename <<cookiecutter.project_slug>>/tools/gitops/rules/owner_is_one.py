"""No folder is deployed twice in a cluster.

Two Applications that own the same objects fight over them: each reports the other's as its own, and pruning by one
deletes what the other needs.
"""

from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OWNER02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        owners: dict[str, Application] = {}
        for application in cluster.applications:
            for path in application.paths(cluster.own_url()):
                if path in owners:
                    other = owners[path]
                    message = (
                        f"{path} is deployed here by Application {application.name}, and by {other.name} "
                        f"({other.document.file})"
                    )
                    yield Finding(ID, *application.at(), message, "keep one of the two")
                else:
                    owners[path] = application
