"""Each wave holds what belongs in it.

-1: projects. 0, 1, 2: the Applications that others wait for. 4, 5, 6: the ApplicationSets infrastructure,
monitoring and my-apps, and in 6, which nobody waits for, the root.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.clusters import Cluster, wave_of
from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE02"
WAVE = "argocd.argoproj.io/sync-wave"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document in cluster.of_kind("AppProject", "Application", "ApplicationSet"):
            wave, allowed = wave_of(document), _allowed(cluster, document)
            if wave is not None and wave not in allowed:
                expected = " or ".join(map(str, allowed))
                choice = " or ".join(f'"{each}"' for each in allowed)
                message = f"{document} is in wave {wave} and belongs in {expected}"
                yield Finding(ID, *document.at("metadata", "annotations", WAVE), message, f"write {WAVE}: {choice}")


def _allowed(cluster: Cluster, document: Document) -> tuple[int, ...]:
    if document.kind == "AppProject":
        return (-1,)
    if document.kind == "ApplicationSet":
        return (layout.AREAS[document.name],) if document.name in layout.AREAS else (4, 5, 6)
    return (layout.ROOT_WAVE,) if document is cluster.root else (0, 1, 2)
