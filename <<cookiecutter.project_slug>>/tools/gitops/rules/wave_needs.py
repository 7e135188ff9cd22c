"""What a component needs is provided in an earlier wave.

component.yaml says what a component provides and needs: CRDs, webhooks, secrets, storage. Within one wave, or in a
later one, nothing guarantees that the provider is there first.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.clusters import Cluster
from gitops.documents import Document, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE04"


def check(repository: Repository) -> Iterator[Finding]:
    components = {layout.component(f): repository.first(f) for f in repository.files if f.endswith("/component.yaml")}
    for cluster in repository.clusters:
        deployed = _deployed(cluster)
        for folder, wave in deployed.items():
            document = components.get(folder)
            for index, need in enumerate(items(document.get("needs")) if document and wave is not None else []):
                providers = [f for f, d in components.items() if f and d and need in items(d.get("provides"))]
                here = {f: deployed[f] for f in providers if f in deployed}
                assert document is not None
                assert wave is not None
                # A wave that cannot be read has a finding of its own.
                if any(earlier is None or earlier < wave for earlier in here.values()):
                    continue
                yield Finding(ID, *document.at("needs", index), *_said(document, cluster, wave, need, providers, here))


def _deployed(cluster: Cluster) -> dict[str, int | None]:
    """The wave of each component folder that is deployed; None where it cannot be read."""
    return {
        folder: cluster.waves.get(application.name)
        for application in cluster.applications
        for path in application.paths(cluster.own_url())
        if (folder := layout.component(path))
    }


def _said(
    document: Document, cluster: Cluster, wave: int, need: str, providers: list[str], here: dict[str, int | None]
) -> tuple[str, str]:
    """The message and the fix."""
    name = document.file.split("/")[-2]
    if here:
        found = " and ".join(f"{folder.rpartition('/')[2]} (wave {other})" for folder, other in here.items())
        return (
            f"{name}, in wave {wave}, needs {need}, and that comes with {found}",
            f"move {name} to a later wave, or the other earlier",
        )
    if providers:
        message = f"{name} needs {need}, and nothing in {cluster.environment} provides it"
        return message, f"deploy {' or '.join(providers)} in {cluster.environment}"
    return (
        f"{name} needs {need}, and no component of this repository provides it",
        "add a component that does, in an earlier wave",
    )
