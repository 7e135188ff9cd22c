"""The waves of every cluster, as `./gitops waves` shows them: what each holds, and what that needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gitops import needs
from gitops.clusters import wave_of
from gitops.repository import Repository

KINDS = ("AppProject", "Application", "ApplicationSet")


@dataclass
class Member:
    """An object that a root syncs in this wave, where, and for a set what it generates where."""

    kind: str
    name: str
    environments: list[str] = field(default_factory=list)
    generates: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Edge:
    """An Application that needs something, and those that provide it; none where nobody does."""

    application: str
    need: str
    providers: list[str]


@dataclass
class Waves:
    """`members` by wave, in order; a wave of None has an annotation that is no integer."""

    members: dict[int | None, list[Member]]
    edges: list[Edge]

    def providers(self, application: str) -> list[str]:
        """Those that `application` waits for, each once; what nobody provides stands there as `need (missing)`."""
        waited = [
            name
            for edge in self.edges
            if edge.application == application
            for name in edge.providers or [f"{edge.need} (missing)"]
        ]
        return list(dict.fromkeys(waited))


def read(repository: Repository) -> Waves:
    """The waves of all clusters laid over each other."""
    members: dict[tuple[int | None, str, str], Member] = {}
    for cluster in repository.clusters:
        generated = {id(e.document): [a.name for a in e.applications] for e in cluster.expansions}
        for document in cluster.of_kind(*KINDS):
            key = (wave_of(document), document.kind, document.name)
            member = members.setdefault(key, Member(document.kind, document.name))
            _add(member.environments, cluster.environment)
            for name in generated.get(id(document), ()):
                _add(member.generates.setdefault(name, []), cluster.environment)
    waves: dict[int | None, list[Member]] = {}
    for wave, kind, name in sorted(members, key=lambda key: (key[0] is None, key[0] or 0, *key[1:])):
        waves.setdefault(wave, []).append(members[wave, kind, name])
    return Waves(waves, list(_edges(repository)))


def _add(environments: list[str], environment: str) -> None:
    if environment not in environments:
        environments.append(environment)


def _edges(repository: Repository) -> Iterator[Edge]:
    names: dict[str, str] = {}
    for cluster in repository.clusters:
        names |= needs.deployed(cluster)
    found = needs.documents(repository).items()
    components = {folder: needs.component(document.data) for folder, document in found if folder in names}
    for folder, component in components.items():
        for need in component.needs:
            yield Edge(names[folder], need, [names[provider] for provider in needs.providers(components, need)])


def as_data(waves: Waves) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        "waves": [
            {
                "wave": wave,
                "members": [
                    {
                        "kind": member.kind,
                        "name": member.name,
                        "environments": member.environments,
                        "generates": [{"name": n, "environments": e} for n, e in member.generates.items()],
                    }
                    for member in members
                ],
            }
            for wave, members in waves.members.items()
        ],
        "needs": [
            {"application": edge.application, "need": edge.need, "providers": edge.providers} for edge in waves.edges
        ],
    }


def as_rows(waves: Waves) -> list[list[str]]:
    """The same as a table, its header first."""
    rows = [["WAVE", "WHAT", "ENVIRONMENTS", "NEEDS"]]
    for wave, members in waves.members.items():
        said = "?" if wave is None else str(wave)
        projects = [member for member in members if member.kind == "AppProject"]
        if projects:
            rows.append([said, f"projects: {len(projects)}", "", ""])
        for member in members:
            if member.kind == "Application":
                rows.append([said, member.name, *_where(waves, member.name, member.environments)])
            elif member.kind == "ApplicationSet":
                rows.append([said, f"ApplicationSet {member.name}", *_where(waves, "", member.environments)])
                rows += [[said, f"  {name}", *_where(waves, name, where)] for name, where in member.generates.items()]
    return rows


def _where(waves: Waves, application: str, environments: list[str]) -> list[str]:
    return [", ".join(environments), ", ".join(waves.providers(application))]
