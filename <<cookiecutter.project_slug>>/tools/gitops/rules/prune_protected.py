"""What the root owns is never pruned or deleted with the root.

Projects, ApplicationSets, the Applications of waves 0 to 2 and CRDs carry Prune=false,Delete=false: removing a line
from Git by mistake leaves the root OutOfSync, and everything running.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PRUNE03"
KINDS = ("AppProject", "Application", "ApplicationSet", "CustomResourceDefinition", "Namespace")


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document in cluster.objects:
            missing = {"Prune=false", "Delete=false"} - set(options.annotated(document.data))
            if document.kind in KINDS and missing:
                place = document.at("metadata", "annotations", options.SYNC)
                message = f"{document} lacks {' and '.join(sorted(missing))}"
                yield Finding(ID, *place, message, f"write {options.SYNC}: Prune=false,Delete=false")
