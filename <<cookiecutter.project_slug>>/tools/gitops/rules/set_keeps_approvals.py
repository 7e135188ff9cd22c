"""Every ApplicationSet keeps the annotation that answers a Prune=confirm.

Its controller removes every annotation that it did not write, and would remove the answer before it is read.
"""

from collections.abc import Iterator

from gitops.documents import items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SET02"
ANNOTATION = "argocd.argoproj.io/deletion-approved"


def check(repository: Repository) -> Iterator[Finding]:
    for document in (d for cluster in repository.clusters for d in cluster.of_kind("ApplicationSet")):
        if ANNOTATION not in items(document.get("spec", "preservedFields", "annotations")):
            message = f"{document} does not keep {ANNOTATION}"
            yield Finding(
                ID, *document.at("spec", "preservedFields"), message, f"add {ANNOTATION} to preservedFields.annotations"
            )
