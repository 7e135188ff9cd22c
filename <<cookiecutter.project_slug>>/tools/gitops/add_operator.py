"""Plans an operator that was generated from an API, or more kinds of one that is there."""

from collections.abc import Sequence
from pathlib import Path

from gitops import answers, layout, operators
from gitops.add_environment import known_order
from gitops.add_team import taken, teams
from gitops.answers import Catalogue, Problem
from gitops.changes import Changes
from gitops.cli import Wrong
from gitops.documents import items
from gitops.repository import Repository


def plan(root: Path, group: str, kinds: Sequence[str]) -> tuple[Changes, list[str]]:
    """The changes that make the operator of `group`, with `kinds` as Kind:class, and what to know. Raises Wrong."""
    repository = Repository(root)
    folder = f"infrastructure/{answers.operator(group)}"
    document = repository.first(f"{folder}/component.yaml")
    is_new = document is None or f"crds/{group}" not in items(document.get("provides"))
    _check(repository, group, ", ".join(kinds), is_new)
    changes = operators.plan(root, group, answers.operator_kinds(",".join(kinds)), known_order(repository))
    if not is_new:
        return changes, []
    return changes, [
        f"replace {folder}/base/crds/ and samples/ by what the operator's generator wrote: these take any spec",
        f"then name its image in {folder}/overlays/<environment>/kustomization.yaml, and a count: it is 0 there",
    ]


def _check(repository: Repository, group: str, kinds: str, is_new: bool) -> None:
    given = {"operator_group": group, "operator_kinds": kinds}
    problems = answers.check(given, _taken(repository, group, is_new))
    for team in teams(repository) if is_new and not problems else []:
        problems += answers.check({"team": team, "operator_group": group}, {})
    if not group:
        problems.append(Problem("operator_group", group, "must be an API group, such as petstore.example.com"))
    for kind, kind_class in answers.operator_kinds(kinds).items() if not problems else ():
        folder = f"{layout.LUA}/{group}/{kind}"
        if folder in repository.exists and not operators.is_of_class(repository.root / folder, kind_class):
            rule = (
                f"has scripts of another class, or of your own, in {folder}: remove them to get those of {kind_class}"
            )
            problems.append(Problem("operator_kinds", kind, rule))
    if problems:
        raise Wrong(problems)


def _taken(repository: Repository, group: str, is_new: bool) -> Catalogue:
    """The names of what runs and the API groups of components, those of the operator itself left out."""
    own = answers.operator(group)
    found = dict(taken(repository))
    for file in repository.files:
        if file.endswith("/component.yaml") and (document := repository.first(file)):
            name = file.split("/")[-2]
            found[name] = {**found.get(name, {}), "provides": items(document.get("provides"))}
    return {name: facts for name, facts in found.items() if is_new or name != own}
