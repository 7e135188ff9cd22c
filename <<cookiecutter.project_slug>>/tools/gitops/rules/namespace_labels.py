"""The labels of a namespace come from one Application.

With managedNamespaceMetadata in two Applications of one namespace, each sync of the one undoes the other's.
"""

from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.documents import dig
from gitops.findings import Finding
from gitops.repository import Repository

ID = "NAMESPACE01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        owners: dict[tuple[str, str], Application] = {}
        for application in cluster.applications:
            if not dig(application.spec, "syncPolicy", "managedNamespaceMetadata"):
                continue
            other = owners.setdefault((application.cluster, application.namespace), application)
            if other is not application:
                message = (
                    f"{application.name} and {other.name} both set the labels of namespace {application.namespace}"
                )
                place = application.at("namespaceLabels" if application.generated else "syncPolicy")
                yield Finding(ID, *place, message, f"set them in one of the two ({other.document.file})")
