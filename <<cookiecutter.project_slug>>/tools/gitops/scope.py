"""What a change since a revision can have an effect on, so that the rest need not be read again.

A team's project lets its apps into its own namespaces only, so what changes in its folder can spoil nothing of another
team's. What everybody shares, the platform and the name of every app, is always read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gitops import git, layout


class Unknown(Exception):
    """What has changed cannot be told; the text says why and what to do."""


@dataclass(frozen=True)
class Scope:
    """The teams that are looked at; None is everything."""

    teams: frozenset[str] | None = None

    def reads(self, file: str) -> bool:
        """Whether a file is looked at; every app.yaml is, since names and namespaces come of it."""
        return self._is_looked_at(file) or file.endswith("/app.yaml")

    def enters(self, folder: str) -> bool:
        """Whether a file that is read may lie in a folder: in an app that is not looked at, only overlays have one."""
        parts = folder.split("/")
        return self._is_looked_at(folder) or len(parts) <= 3 or parts[3] == "overlays"

    def tells(self, file: str) -> bool:
        """Whether what is found in a file is told: what others need not have changed may be read in part only."""
        project = f"{layout.APPS}/projects/team-"
        if self.teams is not None and file.startswith(project):
            return file.removeprefix(project).removesuffix(".yaml") in self.teams
        return self._is_looked_at(file)

    def _is_looked_at(self, path: str) -> bool:
        area, _, rest = path.partition("/")
        return self.teams is None or area != layout.MY_APPS or not rest or rest.split("/")[0] in self.teams


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
    """The scope of these changed files: their teams, or everything where more than apps has changed."""
    parts = [file.split("/") for file in files]
    if any(part[0] != layout.MY_APPS or len(part) < 3 for part in parts):
        return Scope()
    return Scope(frozenset(part[1] for part in parts))
