"""What a component needs is provided in an earlier wave.

component.yaml says what a component provides and needs: CRDs, webhooks, secrets, storage. Within one wave, or in a
later one, nothing guarantees that the provider is there first.
"""

from collections.abc import Iterator

from gitops import needs
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE04"


def check(repository: Repository) -> Iterator[Finding]:
    documents = needs.documents(repository)
    components = {folder: needs.component(document.data) for folder, document in documents.items()}
    earliest = needs.earliest(components)
    for cluster in repository.clusters:
        deployed = {folder: cluster.waves.get(name) for folder, name in needs.deployed(cluster).items()}
        for folder, document in documents.items():
            wave = deployed.get(folder)
            # What is in a circle, or behind one, and a wave that cannot be read have findings of their own.
            if wave is None or folder not in earliest:
                continue
            for index, need in enumerate(components[folder].needs):
                providers = needs.providers(components, need)
                here = {f: deployed[f] for f in providers if f in deployed}
                if any(earlier is None or earlier < wave for earlier in here.values()):
                    continue
                said = _said(folder, wave, need, providers, here, cluster.environment, earliest[folder])
                yield Finding(ID, *document.at("needs", index), *said)


def _said(
    folder: str,
    wave: int,
    need: str,
    providers: list[str],
    here: dict[str, int | None],
    environment: str,
    earliest: int,
) -> tuple[str, str]:
    """The message and the fix."""
    name = folder.rpartition("/")[2]
    if here:
        found = " and ".join(f"{folder.rpartition('/')[2]} (wave {other})" for folder, other in here.items())
        return (
            f"{name}, in wave {wave}, needs {need}, and that comes with {found}",
            # Where it is in a wave that could do, the other is the one that is too late.
            f"move {name} to wave {earliest} or later, or the other earlier"
            if wave < earliest
            else f"move {' or '.join(folder.rpartition('/')[2] for folder in here)} to a wave before {wave}",
        )
    if providers:
        message = f"{name} needs {need}, and nothing in {environment} provides it"
        return message, f"deploy {' or '.join(providers)} in {environment}"
    return (
        f"{name} needs {need}, and no component of this repository provides it",
        "add a component that does, in an earlier wave",
    )
