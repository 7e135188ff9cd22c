"""What each component provides and needs, as component.yaml says, worked into earliest waves and circles of waiting.

A capability is one word: `crds/<group>`, `webhook/<name>`, `certificates`, `secrets`, `storage` and the like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from gitops import layout
from gitops.clusters import Cluster
from gitops.documents import Document, dig, items
from gitops.repository import Repository

WAVES = (0, 1, 2, *list(layout.AREAS.values())[:2])
"""The waves that components are in; the last, in which the apps are, provides nothing to anybody."""


@dataclass(frozen=True)
class Component:
    """What one component gives to others, and what has to be there before it."""

    provides: frozenset[str]
    needs: tuple[str, ...]


def component(data: Any) -> Component:
    """What a component.yaml, or an entry of the template's catalogue, says."""
    return Component(
        frozenset(str(each) for each in items(dig(data, "provides"))),
        tuple(str(each) for each in items(dig(data, "needs"))),
    )


def documents(repository: Repository) -> dict[str, Document]:
    """Each component's component.yaml, by the component's folder."""
    folders = repository.component_folders
    return {folder: found for folder in folders if (found := repository.first(f"{folder}/component.yaml"))}


def deployed(cluster: Cluster) -> dict[str, str]:
    """The name of the Application that runs each component or app of a cluster, by its folder."""
    return {
        folder: application.name
        for application in cluster.applications
        for path in application.paths(cluster.own_url())
        if (folder := layout.component(path))
    }


def providers(components: Mapping[str, Component], need: str) -> list[str]:
    """The names of the components that provide `need`."""
    return [name for name, component in components.items() if need in component.provides]


def circles(components: Mapping[str, Component]) -> list[list[str]]:
    """Each circle of components that wait for each other, as names of which each waits for the next, the first last.

    Where a need has several providers, only one that waits for nobody in turn has to be there: those are followed
    only when there is a single one.
    """
    graph = {name: _followed(components, component) for name, component in components.items()}
    found = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: Sequence[str] = error.args[1][::-1]
            found.append([*circle])
            # One of its links is taken out, so that the next circle is found.
            graph[circle[0]].discard(circle[1])
        else:
            return found


def _followed(components: Mapping[str, Component], component: Component) -> set[str]:
    found = (providers(components, need) for need in component.needs)
    return {names[0] for names in found if len(names) == 1}


def earliest(components: Mapping[str, Component]) -> dict[str, int]:
    """The earliest wave of each component: the one after the earliest that has its needs.

    What is in a circle, or behind one, has none; nor has what would come after the last wave.
    """
    waves: dict[str, int] = {}
    for wave in WAVES:
        # Worked out before anything is put in this wave: only what earlier waves provide counts.
        ready = {capability for name in waves for capability in components[name].provides}
        for name, component in components.items():
            # A need that nobody provides is met from outside, or has a finding of its own.
            unmet = [need for need in component.needs if need not in ready and providers(components, need)]
            if name not in waves and not unmet:
                waves[name] = wave
    return waves
