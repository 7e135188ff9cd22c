"""Nothing under the root is in a later wave than the root itself.

The last wave is not waited for; so the root, which is in it, never waits for itself. One object behind it makes a later
wave, and the root waits for its own health for ever.
"""

from collections.abc import Iterator

from gitops.clusters import wave_of
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE03"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        last = wave_of(cluster.root) if cluster.root else None
        for document in cluster.objects:
            wave = wave_of(document)
            if last is not None and wave is not None and wave > last:
                message = f"{document} is in wave {wave}, behind the root's wave {last}: the root would wait for itself"
                place = document.at("metadata", "annotations", "argocd.argoproj.io/sync-wave")
                yield Finding(ID, *place, message, f"put it in wave {last} or earlier")
