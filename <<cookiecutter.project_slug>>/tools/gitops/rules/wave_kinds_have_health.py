"""What a later wave waits for has a health check.

To Argo CD a custom resource without one is done as soon as it exists. So a store, a pool or a cluster that a component
of waves 0 to 2 brings, or that has a sync-wave before others in its app, would be waited for by nobody.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.clusters import Cluster, wave_of
from gitops.documents import Document
from gitops.findings import Finding
from gitops.lua import built_in, overrides
from gitops.repository import Repository

ID = "WAVE07"


def check(repository: Repository) -> Iterator[Finding]:
    checked = {script.kind for script in overrides.read(repository) if script.is_health}
    for cluster in repository.clusters:
        for document in _awaited(cluster):
            kind = f"{document.group}/{document.kind}"
            if kind not in checked and not built_in.has_health(kind):
                message = f"{document} is waited for by what comes later, and {document.kind} has no health check"
                fix = (
                    f"write {layout.LUA}/{kind}/health.lua (docs/health-checks.md shows how); it may be Healthy always"
                )
                yield Finding(ID, *document.at("kind"), message, fix)


def _awaited(cluster: Cluster) -> Iterator[Document]:
    """The custom resources that something waits for."""
    for application, _, objects in cluster.rendered:
        wave = cluster.waves.get(application.name)
        early = wave is not None and wave < min(layout.AREAS.values())
        last = max((wave_of(document) or 0 for document in objects), default=0)
        for document in objects:
            if (early or (wave_of(document) or 0) < last) and _is_custom(document.group):
                yield document


def _is_custom(group: str) -> bool:
    return "." in group and group != "k8s.io" and not group.endswith(".k8s.io")
