"""What is of a custom kind comes after the CRD of that kind, from the same Application or from an earlier wave.

Argo CD cannot compare what it does not know: the sync fails, and is tried again until the CRD is there. What a
component says that it needs is looked at by WAVE04; this is about what none says, and about apps.
"""

from collections.abc import Iterator

from gitops import layout, needs
from gitops.clusters import Cluster
from gitops.documents import Document
from gitops.findings import Finding
from gitops.needs import Component
from gitops.repository import Repository
from gitops.schemas import is_built_in

ID = "WAVE08"
CRD = "CustomResourceDefinition"
ARGOCD = "argoproj.io"  # Its CRDs are there before anything is synced.


def check(repository: Repository) -> Iterator[Finding]:
    documents = needs.documents(repository)
    components = {folder: needs.component(document.data) for folder, document in documents.items()}
    for cluster in repository.clusters:
        brought = _brought(cluster, components)
        for application, folder, objects in cluster.rendered:
            wave = cluster.waves.get(application.name)
            component = components.get(layout.component(folder) or "", Component(frozenset(), ()))
            for document in objects:
                group = document.group
                if wave is None or is_built_in(group) or group == ARGOCD or f"crds/{group}" in component.needs:
                    continue
                waves = brought.get(group, {})
                if application.name in waves or any(earlier < wave for earlier in waves.values()):
                    continue
                yield Finding(ID, *document.at("apiVersion"), *_said(cluster, document, wave, waves))


def _brought(cluster: Cluster, components: dict[str, Component]) -> dict[str, dict[str, int]]:
    """By group: the Applications that bring CRDs of it, as component.yaml and the CRDs here say, and their waves."""
    pairs = [
        (capability.removeprefix("crds/"), name)
        for folder, name in needs.deployed(cluster).items()
        if folder in components
        for capability in components[folder].provides
        if capability.startswith("crds/")
    ]
    pairs += [
        (document.name.partition(".")[2], application.name)
        for application, _, objects in cluster.rendered
        for document in objects
        if document.kind == CRD
    ]
    found: dict[str, dict[str, int]] = {}
    for group, name in pairs:
        if name in cluster.waves:
            found.setdefault(group, {})[name] = cluster.waves[name]
    return found


def _said(cluster: Cluster, document: Document, wave: int, waves: dict[str, int]) -> tuple[str, str]:
    """The message and the fix."""
    if waves:
        name, late = min(waves.items(), key=lambda pair: pair[1])
        message = f"{document}, in wave {wave}, is of {document.group}, whose CRDs come with {name} in wave {late}"
        return message, f"move it to a wave after {late}, or {name} to one before {wave}"
    message = f"{document} is of {document.group}, and nothing in {cluster.environment} brings the CRDs of that group"
    return message, "add the component that does; where the cluster itself has them, suppress this and say so"
