"""Plans a new app of a team, as a copy of another app."""

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path

from gitops import answers, edits, layout
from gitops.add_environment import known_order
from gitops.add_team import project, taken, teams
from gitops.answers import Problem
from gitops.changes import Changes, read
from gitops.cli import Wrong
from gitops.repository import Repository

# Where a name is that of an image, and so of nothing in this repository.
IMAGES = ("image", "newName")


def plan(root: Path, app: str, like: str | None = None, environments: Sequence[str] = ()) -> tuple[Changes, list[str]]:
    """The changes that make `app`, TEAM/NAME, in `environments`, else in all; and what to know. Raises Wrong.

    What it is a copy of is `like`, else the only app of the team, else the only app there is. An app that is there is
    the model of its own overlays.
    """
    repository = Repository(root)
    order = known_order(repository)
    there = apps(repository)
    model = app if app in there else like or _only(there, app)
    _check(repository, app, like, model, environments)
    assert model is not None
    changes: Changes = {}
    notes = [f"{app} is a copy of {model}: give it its own images and settings"] if app != model else []
    for file in _files(repository, model) if model != app else []:
        if not file.startswith("overlays/"):
            changes[f"{layout.MY_APPS}/{app}/{file}"] = _copied(repository, model, app, file)
    for environment in environments or order:
        if f"{layout.MY_APPS}/{app}/overlays/{environment}" not in repository.exists:
            source = _overlay(repository, order, model, environment)
            if posixpath.basename(source) != environment:
                notes.append(f"in {environment} it is like {model} in {posixpath.basename(source)}")
            for file in _files(repository, model):
                if file.startswith(f"{source}/"):
                    target = f"overlays/{environment}/{file.removeprefix(f'{source}/')}"
                    changes[f"{layout.MY_APPS}/{app}/{target}"] = _copied(repository, model, app, file)
    return changes, notes


def apps(repository: Repository) -> list[str]:
    """Every app, as TEAM/NAME."""
    return [
        f"{team}/{name}"
        for team in repository.folders(layout.MY_APPS)
        for name in repository.folders(f"{layout.MY_APPS}/{team}")
    ]


def _only(there: list[str], app: str) -> str | None:
    """The one app that comes to mind as a model, if there is one."""
    own = [other for other in there if other.split("/")[0] == app.split("/")[0]]
    candidates = own or there
    return candidates[0] if len(candidates) == 1 else None


def _check(repository: Repository, app: str, like: str | None, model: str | None, environments: Sequence[str]) -> None:
    there = apps(repository)
    team, slash, name = app.partition("/")
    problems = []
    if not slash:
        problems.append(Problem("app", app, "must be TEAM/NAME"))
    elif app not in there:
        problems += answers.check({"team": team, "app": name}, taken(repository))
        if not problems and team not in teams(repository):
            problems.append(
                Problem("team", team, f"has no project {project(team)}: add it with ./gitops add team {team}")
            )
    if like is not None and like not in there:
        problems.append(Problem("like", like, f"is no app: there are {', '.join(there[:20])}"))
    elif model is None:
        problems.append(Problem("like", "", f"must say what it is a copy of: one of {', '.join(there[:20])}"))
    for environment in environments:
        if environment not in repository.environments:
            known = ", ".join(repository.environments)
            problems.append(Problem("environment", environment, f"is no environment: there are {known}"))
    if problems:
        raise Wrong(problems)


def _files(repository: Repository, app: str) -> list[str]:
    """The files of an app, by their path in its folder."""
    folder = f"{layout.MY_APPS}/{app}/"
    return [file.removeprefix(folder) for file in repository.files if file.startswith(folder)]


def _overlay(repository: Repository, order: list[str], app: str, environment: str) -> str:
    """The overlay of `app` for `environment`, else for the nearest environment before, else for any."""
    place = order.index(environment)
    for other in [*reversed(order[: place + 1]), *order[place + 1 :]]:
        if f"{layout.MY_APPS}/{app}/overlays/{other}" in repository.exists:
            return f"overlays/{other}"
    raise Wrong([Problem("like", app, "is deployed nowhere: it has no overlay to copy")])


def _copied(repository: Repository, model: str, app: str, file: str) -> str:
    """A file of `model` that says the names of `app` where it said those of `model`.

    Names are whole words of YAML values. The names of images and of files are not looked at.
    """
    path = f"{layout.MY_APPS}/{model}/{file}"
    text = read(repository.root, path)
    if model == app or not file.endswith((".yaml", ".yml")):
        return text
    old, new = model.split("/"), app.split("/")
    names = {"-".join(old): "-".join(new), old[1]: new[1]}
    # The longer first: it may begin with the shorter.
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({words})(?![\w])")
    pieces = []
    for steps, node in edits.scalars(text):
        if (steps and steps[-1] in IMAGES) or steps[:1] == ("images",) or _is_file(repository, path, node.value):
            continue
        start = node.start_mark.index
        written = text[start : node.end_mark.index]
        pieces += [(start + m.start(), start + m.end(), names[m[1]]) for m in pattern.finditer(written)]
    return edits.splice(text, pieces)


def _is_file(repository: Repository, path: str, value: str) -> bool:
    """Whether `value` in the file at `path` names another."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), value)) in repository.exists
