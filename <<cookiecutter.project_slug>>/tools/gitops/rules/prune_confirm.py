"""No Prune=confirm and no Delete=confirm on anything that the root owns.

While a confirmation is pending, the root's operation runs, and neither the next commit nor the revert of the removal
arrives.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PRUNE02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        asked = options.of_application(cluster.root.data) if cluster.root else []
        if cluster.root and any(option.endswith("=confirm") for option in asked):
            place = cluster.root.at("spec", "syncPolicy", "syncOptions")
            yield Finding(
                ID,
                *place,
                "the root asks for confirmations, and stops until one is given",
                "write Prune=false or nothing",
            )
        for document in cluster.objects:
            if any(option.endswith("=confirm") for option in options.annotated(document.data)):
                place = document.at("metadata", "annotations", options.SYNC)
                message = (
                    f"{document}, which the root owns, asks for a confirmation, and the root stops until it is given"
                )
                yield Finding(ID, *place, message, "write Prune=false,Delete=false instead")
