"""Which version of each component the environments run."""

from collections.abc import Iterator
from pathlib import Path

from gitops import layout, manifests
from gitops.documents import dig, fields
from gitops.repository import Repository

Versions = dict[str, dict[str, str]]
"""By component and environment."""


def running(root: Path) -> Versions:
    """The chart versions of infrastructure and monitoring, and Argo CD's own, as the files of `root` state them."""
    return stated(Repository(root))


def stated(repository: Repository) -> Versions:
    """The same, of a repository that is read already."""
    found: Versions = {}
    for environment in repository.environments:
        for name, version in _stated(repository, environment):
            found.setdefault(name, {})[environment] = version
    return found


def _stated(repository: Repository, environment: str) -> Iterator[tuple[str, str]]:
    argocd = repository.kustomizations.get(f"{layout.ARGOCD}/overlays/{environment}")
    for reference in argocd.references if argocd else ():
        if manifest := manifests.named(f"{layout.ARGOCD}/overlays/{environment}", reference.text):
            yield "argocd", manifest.version
    if versions := repository.first(f"{layout.ENVIRONMENTS}/{environment}/versions.yaml"):
        yield from (
            (name, version) for name, version in fields(versions.get("data")).items() if isinstance(version, str)
        )
    for area in ("infrastructure", "monitoring"):
        for name in repository.folders(area):
            app = repository.first(f"{area}/{name}/overlays/{environment}/app.yaml")
            if app and (version := dig(app.data, "chart", "version")):
                yield name, str(version)
