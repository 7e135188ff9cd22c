"""The waves as a flowchart of Mermaid, which Markdown pages show: arrows go from what is waited for to what waits."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from gitops.waves import Member, Waves


class _Ids(dict[Any, str]):
    """A name for each node that is no word of Mermaid's: n0, n1, …"""

    def __missing__(self, key: Any) -> str:
        self[key] = f"n{len(self)}"
        return self[key]


def flowchart(waves: Waves) -> str:
    """Of projects, and of what a set generates and nothing needs and which needs nothing, only the number is drawn."""
    ids = _Ids()
    arrows: dict[tuple[str, str], list[str]] = {}
    for edge in waves.edges:
        for provider in edge.providers:
            arrows.setdefault((provider, edge.application), []).append(edge.need)
    joined = {name for arrow in arrows for name in arrow}
    lines = ["flowchart LR"]
    for wave, members in waves.members.items():
        lines.append(f'  subgraph {ids["wave", wave]}["wave {"?" if wave is None else wave}"]')
        lines += [f"    {line}" for line in _inside(members, joined, ids)]
        lines.append("  end")
    order = [ids["wave", wave] for wave in waves.members]
    lines += [f"  {before} ==> {after}" for before, after in pairwise(order)]
    for (provider, application), needs in arrows.items():
        lines.append(f'  {ids[provider]} -->|"{"<br/>".join(needs)}"| {ids[application]}')
    return "\n".join(lines)


def _inside(members: list[Member], joined: set[str], ids: _Ids) -> Iterator[str]:
    """The nodes of one wave."""
    projects = [member for member in members if member.kind == "AppProject"]
    if projects:
        yield f'{ids["projects"]}["projects: {len(projects)}"]'
    for member in members:
        if member.kind == "Application":
            yield _node(member.name, ids)
        elif member.kind == "ApplicationSet":
            drawn = [name for name in member.generates if name in joined]
            others = f"{'others' if drawn else 'Applications'}: {len(member.generates) - len(drawn)}"
            yield f'subgraph {ids["set", member.name]}["ApplicationSet {member.name}"]'
            yield from (f"  {_node(name, ids)}" for name in drawn)
            if len(drawn) < len(member.generates):
                yield f'  {ids["others", member.name]}["{others}"]'
            yield "end"


def _node(name: str, ids: _Ids) -> str:
    return f'{ids[name]}["{name}"]'
