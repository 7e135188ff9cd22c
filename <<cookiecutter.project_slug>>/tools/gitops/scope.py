"""What a change since a revision can have an effect on, so that the rest need not be looked at again.

A team's project lets its apps into its own namespaces only, so what changes in its folder can spoil nothing of another
team's, nor of the platform. What everybody shares, the platform and the name of every app, is always read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitops import git, layout

if TYPE_CHECKING:
    from gitops.repository import Repository


class Unknown(Exception):
    """What has changed cannot be told; the text says why and what to do."""


@dataclass(frozen=True)
class Scope:
    """The apps that are looked at, as TEAM/APP, and all that lies in TEAM beside its apps; None is everything."""

    apps: frozenset[str] | None = None

    @cached_property
    def teams(self) -> frozenset[str]:
        return frozenset(app.partition("/")[0] for app in self.apps or ())

    def concerns(self, path: str) -> bool:
        """Whether a path is the platform's, or of a team in which something is looked at."""
        area, _, rest = path.partition("/")
        return self.apps is None or area != layout.MY_APPS or not rest or rest.split("/")[0] in self.teams

    def reads(self, file: str) -> bool:
        """Whether a file is read: those of a team hang together, and every app.yaml says a name and a namespace."""
        return self.concerns(file) or file.endswith("/app.yaml")

    def enters(self, folder: str) -> bool:
        """Whether a file that is read may lie in a folder: in an app of another team, only overlays have one."""
        parts = folder.split("/")
        return self.concerns(folder) or len(parts) <= 3 or parts[3] == "overlays"

    def tells(self, file: str) -> bool:
        """Whether what is found in a file is told: a change in an app spoils the app, its team, or all clusters."""
        project = f"{layout.APPS}/projects/team-"
        if self.apps is None:
            return True
        if file.startswith(project):
            return file.removeprefix(project).removesuffix(".yaml") in self.teams
        return self.concerns(file) and file.startswith((f"{layout.MY_APPS}/", f"{layout.CLUSTERS}/", f"{layout.APPS}/"))

    def built(self, repository: "Repository", folders: Iterable[str]) -> list[str]:
        """Those of `folders` that are built: clusters, what is made of an app that is looked at, and its neighbours.

        A neighbour is what puts objects where such an app does: only these can be the same.
        """
        if self.apps is None:
            return list(folders)
        overlays = {folder: _app(folder) for folder in folders if _app(folder)}
        own = {f for f in overlays if any(_app(k.folder) in self.apps for k in repository.reached(f))}
        namespaces = {namespace for folder in own for namespace in _namespaces(repository, folder)}
        own |= {folder for folder in overlays if not namespaces.isdisjoint(_namespaces(repository, folder))}
        return [folder for folder in folders if folder in own or folder.startswith(f"{layout.CLUSTERS}/")]


def _app(path: str) -> str:
    """The app that a path is of, as TEAM/APP; empty for the platform."""
    folder = layout.component(path) or ""
    return folder.removeprefix(f"{layout.MY_APPS}/") if folder.startswith(f"{layout.MY_APPS}/") else ""


def _namespaces(repository: "Repository", folder: str) -> set[Any]:
    """Where the objects of an overlay go: by the name of its app, by kustomize, or as they say themselves."""
    stated = {kustomization.document.get("namespace") for kustomization in repository.reached(folder)}
    stated |= {document.namespace for document in repository.sources(folder)}
    return {
        namespace for namespace in (*stated, _app(folder).replace("/", "-")) if isinstance(namespace, str) and namespace
    }


def since(root: Path, revision: str) -> Scope:
    """The scope of what differs from `revision`, committed or not. Raises Unknown."""
    commit = git.ask(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None:
        raise Unknown(
            f"{revision} is no commit of a Git repository in {root}: fetch it (a CI job often clones the last commit "
            "only), or validate everything"
        )
    differ = git.ask(root, "diff", "--name-only", "--no-renames", "-z", commit.strip(), "--")
    new = git.ask(root, "ls-files", "--others", "--exclude-standard", "-z")
    if differ is None or new is None:
        raise Unknown("git cannot tell what has changed: run `git status` and mend what it says")
    return of([file for file in f"{differ}{new}".split("\0") if file])


def of(files: Iterable[str]) -> Scope:
    """The scope of these changed files: their apps, or everything where more than apps has changed."""
    parts = [file.split("/") for file in files]
    if any(part[0] != layout.MY_APPS or len(part) < 3 for part in parts):
        return Scope()
    return Scope(frozenset(f"{part[1]}/{part[2]}" for part in parts))
