"""Argo CD's own installations, and the settings of theirs that are not the same in every environment."""

from collections.abc import Iterator

from gitops import manifests, settings
from gitops.doctor.check import NOTE, OK, Check
from gitops.repository import Repository

CONFIG_MAPS = ("argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm")


def installed(repository: Repository) -> list[tuple[str, manifests.Manifest, bool]]:
    """The manifest of Argo CD in each environment, and whether it is a copy; production last."""
    return [
        (environment, *manifest)
        for environment, folder in _folders(repository)
        if (manifest := manifests.installed(repository, folder))
    ]


def _folders(repository: Repository) -> list[tuple[str, str]]:
    """Each environment with the folder that Argo CD is installed from there; production last."""
    production = {cluster.environment for cluster in repository.clusters if cluster.is_production}
    found = [(folder.rpartition("/")[2], folder) for folder in settings.installations(repository)]
    return sorted(found, key=lambda pair: pair[0] in production)


def drift(repository: Repository) -> Iterator[Check]:
    """Settings of Argo CD that are not the same in every environment."""
    found = installed(repository)
    fix = "copy the line from the environment that is right"
    yield _same("argocd version", {name: manifest.version for name, manifest, _ in found}, fix)
    copies = {name: "a copy in this repository" if copy else "fetched by Argo CD" for name, _, copy in found}
    yield _same("argocd manifest", copies, "./gitops vendor argocd")
    for name in CONFIG_MAPS:
        read = {environment: settings.read(repository, folder, name) for environment, folder in _folders(repository)}
        for key in sorted({key for stated in read.values() for key in stated}):
            values = {at: stated[key].value if key in stated else "not set" for at, stated in read.items()}
            if len(set(values.values())) > 1:
                shown = {at: value if "\n" not in value else "a text of its own" for at, value in values.items()}
                yield _same(f"{name} {key}", shown, "let base/ say it for all, where it is no intention")


def _same(subject: str, values: dict[str, str], fix: str) -> Check:
    """Whether every environment has the same value."""
    if len(set(values.values())) <= 1:
        return Check(subject, OK, next(iter(values.values()), "no installation found"))
    said = ", ".join(f"{environment}: {value}" for environment, value in values.items())
    return Check(subject, NOTE, said, fix)
