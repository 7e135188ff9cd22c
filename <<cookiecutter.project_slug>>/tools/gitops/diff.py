"""How two environments differ: what Argo CD would apply in each, app by app."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gitops.applicationsets import Application
from gitops.applied import NotBuilt, Objects, objects
from gitops.apps import is_root_folder
from gitops.clusters import Cluster
from gitops.kustomize import Builder
from gitops.repository import Repository
from gitops.validate import notes
from gitops.yaml_text import as_yaml


class NotCompared(Exception):
    """The environments cannot be compared; the text is one sentence that says why and what to do."""


class NotFound(NotCompared):
    """Nothing that runs has this name."""


@dataclass(frozen=True)
class Difference:
    """An object that is not the same; an app that only one environment has is one difference, without a title."""

    app: str
    title: str
    lines: list[str]


def compare(
    root: Path, builder: Builder | None, environments: Sequence[str], only: Sequence[str]
) -> tuple[list[Difference], list[str]]:
    """What is different between two environments, of all apps or of those that `only` names, and what to know about it.

    An app is named by its Application or by its folder, several by the folder they lie in. Raises NotCompared.
    """
    if builder is None:
        raise NotCompared("neither kustomize nor kubectl is on PATH, and what is not built cannot be compared")
    # Read twice: only from the Applications it is known which folders have to be built.
    repository = Repository(root, builder, is_root_folder)
    clusters = [_cluster(repository, name) for name in environments]
    for name in only:
        if not any(_chosen(cluster, [name]) for cluster in clusters):
            said = f"nothing called {name} runs in {' or '.join(environments)}"
            raise NotFound(f"{said}: ./gitops apps lists what does")
    chosen = [_chosen(cluster, only) for cluster in clusters]
    folders = {
        folder
        for cluster, apps in zip(clusters, chosen, strict=True)
        for application in apps.values()
        for folder in application.paths(cluster.own_url())
    }
    repository = Repository(root, builder, folders.__contains__)
    try:
        sides = [
            {name: objects(repository, cluster, application) for name, application in apps.items()}
            for cluster, apps in zip(clusters, chosen, strict=True)
        ]
    except NotBuilt as error:
        raise NotCompared(str(error)) from error
    found = [
        Difference(app, title, lines)
        for app in sorted(sides[0].keys() | sides[1].keys())
        for title, lines in _of_app(app, sides, environments)
    ]
    return found, notes(repository)


def _cluster(repository: Repository, environment: str) -> Cluster:
    """The cluster that stands for an environment: the one of the same name, or the first."""
    found = [cluster for cluster in repository.clusters if cluster.environment == environment]
    if not found:
        raise NotCompared(f"no cluster belongs to the environment {environment}: clusters/ has none that says so")
    return next((cluster for cluster in found if cluster.name == environment), found[0])


def _chosen(cluster: Cluster, only: Sequence[str]) -> dict[str, Application]:
    """The Applications of a cluster that are named, by name."""
    return {
        application.name: application
        for application in cluster.applications
        if not only
        or application.name in only
        or any(
            f"{folder}/".startswith(f"{name.rstrip('/')}/")
            for folder in application.paths(cluster.own_url())
            for name in only
        )
    }


def _of_app(app: str, sides: Sequence[dict[str, Objects]], names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each object of `app` that differs, as a unified diff of its YAML."""
    if there := [name for name, side in zip(names, sides, strict=True) if app not in side]:
        (only,) = {*names} - {*there}
        yield "", [f"Only in {only}: {app}"]
        return
    one, other = (side[app] for side in sides)
    for title in dict.fromkeys([*one, *other]):
        if title not in one or title not in other or one[title] != other[title]:
            left, right = (as_yaml(side[title]).splitlines() if title in side else [] for side in (one, other))
            old, new = (
                f"{name}: {title}" if text else "/dev/null" for name, text in zip(names, (left, right), strict=True)
            )
            yield title, list(difflib.unified_diff(left, right, old, new, lineterm=""))
