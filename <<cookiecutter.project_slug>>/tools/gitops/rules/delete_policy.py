"""Removing a folder of the platform removes no workload.

infrastructure and monitoring preserve what runs when an Application goes, and neither their Applications nor the root
has a finalizer: a generator that suddenly finds nothing, or a deleted root, would take the cluster with it.
"""

from collections.abc import Iterator

from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "DELETE01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        if cluster.root and cluster.root.get("metadata", "finalizers"):
            yield _finalizer(cluster.root, "metadata", "finalizers")
        for document in cluster.of_kind("ApplicationSet"):
            if document.name == "my-apps":
                continue
            if document.get("spec", "syncPolicy", "preserveResourcesOnDeletion") is not True:
                place = document.at("spec", "syncPolicy", "preserveResourcesOnDeletion")
                message = f"{document} deletes what runs when an app.yaml goes"
                yield Finding(ID, *place, message, "write preserveResourcesOnDeletion: true under spec.syncPolicy")
            if document.get("spec", "template", "metadata", "finalizers"):
                yield _finalizer(document, "spec", "template", "metadata", "finalizers")


def _finalizer(document: Document, *path: str) -> Finding:
    return Finding(
        ID, *document.at(*path), f"{document} deletes what it runs when it is deleted", "remove the finalizers"
    )
