"""A namespace, a volume claim or a CRD in an overlay is never pruned unasked.

Pruning one of them deletes everything in it. Prune=false keeps it, Prune=confirm asks a person first.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PRUNE04"
KINDS = ("Namespace", "PersistentVolumeClaim", "CustomResourceDefinition")


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for _, _, objects in cluster.rendered:
            for document in objects:
                asked = {"Prune=false", "Prune=confirm"} & set(options.annotated(document.data))
                if document.kind in KINDS and not asked:
                    place = document.at("metadata", "annotations", options.SYNC)
                    fix = f"add the annotation {options.SYNC}: Prune=confirm,Delete=confirm (or =false)"
                    yield Finding(ID, *place, f"{document} is deleted when it leaves Git, with all that is in it", fix)
