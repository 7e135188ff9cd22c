"""Plans a new team: its project, with the permissions of another team's."""

import re
from pathlib import Path

from gitops import answers, edits, layout
from gitops.answers import Catalogue, Problem
from gitops.changes import Changes, read
from gitops.cli import Wrong
from gitops.documents import dig, items
from gitops.repository import Repository

PROJECTS = f"{layout.APPS}/projects"
LIST = f"{PROJECTS}/kustomization.yaml"


def plan(root: Path, name: str, like: str | None = None) -> tuple[Changes, list[str]]:
    """The changes that make team `name`, and what to know about them. Raises Wrong."""
    repository = Repository(root)
    there = teams(repository)
    model = like or (there[0] if len(there) == 1 else None)
    _check(repository, name, like, model)
    file = project(name)
    with edits.of(LIST):
        changes: Changes = {LIST: edits.insert_item(read(root, LIST), ("resources",), file.rpartition("/")[2])}
    if name not in there and model is not None:
        changes[file] = _renamed(read(root, project(model)), model, name)
        note = f"{file} allows what team {model} may do: read it, and take out what {name} does not need"
        return changes, [note]
    return changes, []


def project(team: str) -> str:
    """The file of a team's project."""
    return f"{PROJECTS}/team-{team}.yaml"


def teams(repository: Repository) -> list[str]:
    """The teams that have a project in a file of its own."""
    pattern = re.compile(re.escape(project("")).replace(r"\.yaml", r"(.+)\.yaml"))
    return [match[1] for file in repository.files if (match := pattern.fullmatch(file))]


def taken(repository: Repository) -> Catalogue:
    """What the platform runs, in the form of the template's catalogue: names and namespaces that no team may have."""
    found: dict[str, dict[str, str]] = {}
    for cluster in repository.clusters:
        for application in cluster.applications:
            if not application.project.startswith("team-"):
                found[application.name] = {"namespace": application.namespace}
        for name, document in cluster.projects.items():
            for destination in items(document.get("spec", "destinations")) if not name.startswith("team-") else []:
                namespace = str(dig(destination, "namespace"))
                found[f"project {name}: {namespace}"] = {"namespace": namespace}
    return found


def _check(repository: Repository, name: str, like: str | None, model: str | None) -> None:
    there = teams(repository)
    problems = answers.check({"team": name}, taken(repository)) if name not in there else []
    for other in there:
        if other.startswith(f"{name}-") or name.startswith(f"{other}-"):
            rule = (
                f"team {min(name, other, key=len)} owns the namespaces {min(name, other, key=len)}-*, and so those of"
            )
            problems.append(Problem("team", name, f"{rule} {max(name, other, key=len)}: choose another name"))
    if like is not None and like not in there:
        problems.append(Problem("like", like, f"has no project of its own: there are {', '.join(there) or 'none'}"))
    elif model is None and name not in there:
        problems.append(Problem("like", "", f"must say whose permissions it gets: one of {', '.join(there) or 'none'}"))
    if problems:
        raise Wrong(problems)


def _renamed(text: str, model: str, name: str) -> str:
    """The model's project, saying `name` where it said `model`, but not in URLs or the names of others."""
    pieces = []
    for path, node in edits.scalars(text):
        if path[-1] in ("namespace", "name") and node.value.startswith(f"{model}-"):
            start = node.start_mark.index + (1 if node.style else 0)
            pieces.append((start, start + len(model), name))
    text = edits.splice(text, pieces)
    return re.sub(rf"\b(team[- ]){re.escape(model)}(?![\w-])", rf"\g<1>{name}", text)
