"""The template that this repository was generated from: what .cruft.json records of it, and renderings of it.

cruft does the rendering, in a process of its own for each version, so each runs with the code of its own version.
"""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitops import answers, environments, layout, packages
from gitops.cli import Refused

RECORD = ".cruft.json"
REQUIREMENTS = "tools/requirements-update.txt"
LINK = (
    f"this repository has no {RECORD}, so nobody knows which version of the template it comes from: run "
    "`cruft link URL` once, answer as you did then, give the commit it was generated from, and commit the file"
)


@dataclass(frozen=True)
class Record:
    """What .cruft.json holds: the template's URL and commit, the answers, and the whole of it."""

    url: str
    commit: str
    answers: dict[str, str]
    whole: dict[str, Any]

    def text(self) -> str:
        """The file as cruft writes it."""
        return json.dumps(self.whole, ensure_ascii=False, indent=2) + "\n"


def record(root: Path) -> Record:
    """The record of the repository at `root`. Raises Refused."""
    try:
        whole = json.loads((root / RECORD).read_text(encoding="utf-8"))
        context = whole["context"]["cookiecutter"]
        given = {key: value for key, value in context.items() if not key.startswith("_")}
        return Record(whole["template"], whole["commit"], given, whole)
    except FileNotFoundError:
        raise Refused(LINK) from None
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{RECORD} is not what cruft writes ({error!r}): restore it from Git") from error


def answers_of(root: Path, given: dict[str, str]) -> dict[str, str]:
    """The recorded answers, with the environments that there really are: an owner may have copied or removed some.

    One that is in no order comes before production, which stays what it is.
    """
    there = {path.name for path in (root / layout.ENVIRONMENTS).iterdir() if path.is_dir()}
    ordered = environments.order(root) or answers.environments(given["environments"])
    known = [name for name in ordered if name in there]
    new = sorted(there.difference(known))
    names = [*known[:-1], *new, *known[-1:]]
    return given if names == answers.environments(given["environments"]) else given | {"environments": ", ".join(names)}


class Template:
    """A copy of the template's whole history."""

    def __init__(self, url: str, folder: Path) -> None:
        """Clones the template at `url` into `folder`. Raises Refused."""
        self.folder = folder
        run("git", "clone", "--quiet", "--mirror", url, str(folder), failure=f"the template {url} cannot be cloned")

    def commit(self, reference: str) -> str:
        """The commit that a branch, tag or commit is."""
        failure = f"the template has no {reference}: give one of its branches, tags or commits"
        name = f"{reference}^{{commit}}"
        return run("git", "rev-parse", "--verify", "--quiet", name, cwd=self.folder, failure=failure).strip()

    def file(self, commit: str, path: str) -> str:
        """The text of a file of the template itself; empty where it has none."""
        try:
            return run("git", "show", f"{commit}:{path}", cwd=self.folder, failure="")
        except Refused:
            return ""

    def render(self, commit: str, given: dict[str, str], output: Path) -> Path:
        """The repository that these answers give at a commit, in a new folder `output`."""
        output.mkdir()
        context = output / "answers.json"
        context.write_text(json.dumps(given), encoding="utf-8")
        command = [*cruft(), "create", str(self.folder), "--checkout", commit, "--no-input"]
        failure = f"the template at {commit[:12]} does not take the answers in {RECORD}"
        run(*command, "--extra-context-file", str(context), "--output-dir", str(output), cwd=output, failure=failure)
        return output / given["project_slug"]


def cruft() -> list[str]:
    """The command that is cruft. Raises Refused."""
    if importlib.util.find_spec("cruft"):
        return [sys.executable, "-m", "cruft"]
    try:
        return [str(packages.environment(packages.ROOT / REQUIREMENTS)), "-m", "cruft"]
    except packages.NotInstalled as error:
        raise Refused(str(error)) from error


def run(*command: str, failure: str, cwd: Path | None = None, given: str = "") -> str:
    """What a command prints, `given` at its input. Raises Refused, with `failure` and what the command said."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, input=given, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise Refused(f"{failure}: {command[0]}: {error.strerror}") from error
    if done.returncode:
        raise Refused(f"{failure}: {_said(done.stderr) or _said(done.stdout) or 'it failed without a word'}")
    return done.stdout


def _said(text: str) -> str:
    """What a program said: of a hook what it printed, of another failure what follows the trace."""
    before, hook, _ = text.partition("Stopping generation")
    return (before if hook else text.rpartition("╯")[2]).strip()
