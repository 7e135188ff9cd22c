"""Within a cluster every Application has a name of its own.

Two ApplicationSets that claim a name are both in error; an Application and a generated one overwrite each other.
"""

from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.findings import Finding
from gitops.repository import Repository

ID = "NAME01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        named: dict[str, Application] = {}
        for application in cluster.all_applications:
            if (other := named.setdefault(application.name, application)) is not application:
                message = f"there is an Application {application.name} already, from {other.document.file}"
                place = (
                    application.document.at("name")
                    if application.generated
                    else application.document.at("metadata", "name")
                )
                yield Finding(ID, *place, message, "rename one of the two, and its folder")
