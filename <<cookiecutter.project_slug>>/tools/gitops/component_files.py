"""What a component has in this repository: its folder, its Application, lines about it, and permissions."""

from pathlib import Path

from gitops import documents, edits, layout
from gitops.applicationsets import Application
from gitops.changes import Changes, read
from gitops.documents import dig, items
from gitops.patterns import plain_url
from gitops.projects import EVERYWHERE
from gitops.repository import Repository

LIST = f"{layout.APPS}/kustomization.yaml"
FACTS = f"{layout.APPS}/facts/kustomization.yaml"


def component_files(root: Path, name: str) -> Changes:
    """The changes that take out what is a component's own; none where there is no such component.

    That is its folder, its Application, and each line about it in a file that lists components. Permissions in projects
    are not looked at.
    """
    repository = Repository(root)
    folder = folder_of(repository, name)
    if folder is None:
        return {}
    changes: Changes = dict.fromkeys(own_files(repository, name, folder))
    places: list[tuple[str, documents.Path]] = []
    if f"{layout.APPS}/{name}.yaml" in changes:
        listed = items(dig(_data(repository, LIST), "resources"))
        places += [(LIST, ("resources", listed.index(f"{name}.yaml")))] if f"{name}.yaml" in listed else []
    for environment in repository.environments:
        places.append((f"{layout.ENVIRONMENTS}/{environment}/versions.yaml", ("data", name)))
    for index, replacement in enumerate(items(dig(_data(repository, FACTS), "replacements"))):
        if (
            dig(replacement, "source", "name") == "versions"
            and dig(replacement, "source", "fieldPath") == f"data.{name}"
        ):
            places.append((FACTS, ("replacements", index)))
    for file, path in places:
        if edits.find(read(root, file), path) is not None:
            with edits.of(file):
                changes[file] = edits.remove(read(root, file), path)
    return changes | _row(repository, folder)


def own_files(repository: Repository, name: str, folder: str) -> list[str]:
    """The files of nothing but the component `name`, which lies in `folder`."""
    manifest = f"{layout.APPS}/{name}.yaml"
    return [file for file in repository.files if file.startswith(f"{folder}/") or file == manifest]


def permissions(repository: Repository, own: list[Application], others: list[Application]) -> Changes:
    """The projects of a component without the chart repositories and the namespaces that nothing else in them uses.

    `own` are its Applications in all clusters, and `others` all other ones there. The namespaces that every cluster has
    stay: what charts write there is not known.
    """
    changes: Changes = {}
    for project in {application.project for application in own}:
        mine = [application for application in own if application.project == project]
        rest = [application for application in others if application.project == project]
        document = next((c.projects[project] for c in repository.clusters if project in c.projects), None)
        urls = _urls(mine) - _urls(rest)
        namespaces = {a.namespace for a in mine} - {a.namespace for a in rest} - EVERYWHERE
        if document is not None:
            text = read(repository.root, document.file)
            for key in ("sourceRepos", "destinations", "clusterResourceWhitelist"):
                # From the end, so that the indexes before stay what they are.
                for index, entry in reversed(list(enumerate(items(document.get("spec", key))))):
                    namespace = dig(entry, "namespace") if key == "destinations" else _named_namespace(entry)
                    if plain_url(entry) in urls or namespace in namespaces:
                        with edits.of(document.file):
                            text = edits.remove(text, ("spec", key, index))
            changes[document.file] = text
    return changes


def _named_namespace(entry: object) -> object:
    """The name of the namespace that an entry of a list of kinds allows."""
    return dig(entry, "name") if dig(entry, "kind") == "Namespace" else None


def _urls(applications: list[Application]) -> set[str]:
    return {plain_url(dig(source, "repoURL")) for application in applications for source in application.sources}


def _row(repository: Repository, folder: str) -> Changes:
    """README.md without the component's row in its table."""
    described = repository.first(f"{folder}/component.yaml")
    if described is None or "README.md" not in repository.files:
        return {}
    lines = read(repository.root, "README.md").splitlines(keepends=True)
    cell = f"[{described.get('title')}]({described.get('documentation')})"
    kept = [line for line in lines if not (line.startswith("|") and cell in line)]
    return {"README.md": "".join(kept)} if len(kept) < len(lines) else {}


def _data(repository: Repository, file: str) -> object:
    document = repository.first(file)
    return document.data if document else None


def components(repository: Repository) -> list[str]:
    """The folder of every component."""
    return [folder for folder in repository.component_folders if not folder.startswith(f"{layout.MY_APPS}/")]


def folder_of(repository: Repository, name: str) -> str | None:
    return next((folder for folder in components(repository) if folder.rpartition("/")[2] == name), None)
