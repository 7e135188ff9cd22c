"""No PruneLast on the root, nor on anything that the root owns.

It puts pruning into a wave behind the last one. The root is in the last wave so that nobody waits for it; with a later
one it waits for itself, and no commit arrives any more.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PRUNE01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        if cluster.root and any(o.startswith("PruneLast") for o in options.of_application(cluster.root.data)):
            place = cluster.root.at("spec", "syncPolicy", "syncOptions")
            yield Finding(ID, *place, "the root has PruneLast, so it waits for itself", "remove the option")
        for document in cluster.objects:
            if any(option.startswith("PruneLast") for option in options.annotated(document.data)):
                place = document.at("metadata", "annotations", options.SYNC)
                fix = "remove it from the annotation (an Application's own syncOptions may have it)"
                yield Finding(
                    ID, *place, f"{document}, which the root owns, has PruneLast: the root waits for itself", fix
                )
