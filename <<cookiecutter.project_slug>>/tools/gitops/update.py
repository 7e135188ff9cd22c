"""Updates from the template: `cruft update`, and what it leaves to the owner.

Everything is done in a copy of the repository; the tree itself is only written when all of it is there.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gitops import entries, files, git, layout, news
from gitops.cli import Refused
from gitops.files import File, Files, read, tree
from gitops.merge import conflicts
from gitops.template import LINK, RECORD, Record, Template, answers_of, cruft, record, run

# The copy's own commits: nobody's name, no signature and none of the owner's hooks.
COMMIT = (
    *("-c", "user.name=gitops", "-c", "user.email=gitops@localhost"),
    *("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "commit", "--quiet"),
)


@dataclass
class Update:
    """What an update changes, what it leaves to do, and what there is to know about it."""

    before: str
    after: str
    files: Files = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    """Places with Git's marks, and files of hunks that did not fit."""
    components: list[str] = field(default_factory=list)
    """The folders of the components that are new."""
    news: str = ""
    """What the template's CHANGELOG says between the two versions."""
    versions: list[str] = field(default_factory=list)
    """Versions that the template recommends, where the environments run others."""
    aside: str = ""
    """What the template changed, beside versions, in files that are the owner's, as a diff of the template's own."""
    findings: str = ""
    """What the validator says afterwards; empty when the repository is sound."""


def update(root: Path, reference: str | None) -> Update | None:
    """Works out the update of the repository at `root` to `reference` of the template, its newest commit by default.

    Nothing is written. None when there is nothing to update. Raises Refused.
    """
    recorded = _ready(root)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template = Template(recorded.url, folder / "template.git")
        found = Update(template.commit(recorded.commit), template.commit(reference or "HEAD"))
        if found.before == found.after:
            return None
        copy = folder / "copy"
        base = _copy(root, copy)
        given = answers_of(root, recorded.answers)
        before = template.render(found.before, given, folder / "before")
        after = template.render(found.after, given, folder / "after")
        _keep_blobs(copy, before)
        _cruft_update(copy, template, found.after, given)
        old, new = tree(before), tree(after)
        found.components = _new_components(old, new)
        files.write(copy, _missed(copy, old, new, found.components))
        _keep_record(copy, found.after, reference or recorded.whole.get("checkout"))
        found.files = _changed(copy, base)
        found.conflicts = list(_conflicts(found.files))
        found.news = news.of_changelog(*(template.file(at, "CHANGELOG.md") for at in (found.before, found.after)))
        found.versions = news.of_versions(template, found.after, after, copy)
        alone = {path for path in old if (copy / path).is_file()} - found.files.keys()
        found.aside = news.of_files_left_alone(old, new, alone)
        found.findings = _findings(copy)
    return found


def write(root: Path, found: Update) -> None:
    """Writes an update into the tree. Raises Refused where the tree is no longer clean."""
    _ready(root)
    files.write(root, found.files)


def _ready(root: Path) -> Record:
    """The record of a repository that can be updated. Raises Refused."""
    status = git.ask(root, "status", "--porcelain")
    if status is None or git.ask(root, "rev-parse", "--verify", "HEAD") is None:
        raise Refused(f"{root} is not the top of a Git repository with a commit: commit it first")
    if not (root / RECORD).exists():
        raise Refused(LINK)
    if status:
        names = ", ".join(line[3:] for line in status.splitlines()[:3])
        raise Refused(f"there is what is not committed ({names}): commit it, or set it aside with git stash -u")
    return record(root)


def _copy(root: Path, copy: Path) -> str:
    """Makes `copy` a clone of what is committed at `root`; returns the commit."""
    failure = "the repository cannot be copied"
    base = run("git", "rev-parse", "HEAD", cwd=root, failure=failure).strip()
    run("git", "clone", "--quiet", "--shared", "--no-checkout", str(root), str(copy), failure=failure)
    run("git", "checkout", "--quiet", "--detach", base, cwd=copy, failure=failure)
    return base


def _keep_blobs(copy: Path, before: Path) -> None:
    """Puts the old rendering into Git: a three-way merge needs it, and only a repository never updated has held it."""
    paths = "".join(f"{path}\n" for path in sorted(before.rglob("*")) if path.is_file())
    command = ("git", "hash-object", "-w", "--no-filters", "--stdin-paths")
    run(*command, cwd=copy, failure="the old rendering cannot be kept", given=paths)


def _cruft_update(copy: Path, template: Template, target: str, given: dict[str, str]) -> None:
    recorded = record(copy)
    if given != recorded.answers:
        recorded.whole["context"]["cookiecutter"] |= given
        (copy / RECORD).write_text(recorded.text(), encoding="utf-8")
        run("git", *COMMIT, "--all", "--message", "Answers", cwd=copy, failure="the answers cannot be recorded")
    command = [*cruft(), "update", "--skip-apply-ask", "--template-path", str(template.folder), "--checkout", target]
    run(*command, cwd=copy, failure="cruft update failed")


def _new_components(old: dict[str, File], new: dict[str, File]) -> list[str]:
    """The folders of the components that only the later rendering has; an app is the owner's."""
    before, after = ({layout.component(path) for path in rendering} for rendering in (old, new))
    return sorted(folder for folder in after - before if folder and not folder.startswith("my-apps/"))


def _missed(copy: Path, old: dict[str, File], new: dict[str, File], components: list[str]) -> Files:
    """What is new in the template and does not come with cruft, since it lies where the owner's versions do.

    These are files of new components and of none, but in folders that the owner removed, and new entries.
    """
    folders = {parent for path in old for parent in layout.parents(path)}
    missed: Files = {}
    for path, file in new.items():
        mine, base = read(copy, path), old.get(path)
        if mine and base and entries.are_in(path):
            text = entries.merge(mine.content.decode(), base.content.decode(), file.content.decode())
            missed[path] = mine._replace(content=text.encode())
        removed = any(parent in folders and not (copy / parent).is_dir() for parent in layout.parents(path))
        if mine is None and base is None and not removed and layout.component(path) in (None, *components):
            missed[path] = file
    return missed


def _keep_record(copy: Path, target: str, checkout: str | None) -> None:
    """Lets the record say what it would say had the owner called cruft."""
    kept = record(copy)
    kept.whole.update(commit=target, checkout=checkout)
    (copy / RECORD).write_text(kept.text(), encoding="utf-8")


def _changed(copy: Path, base: str) -> Files:
    """What differs between a commit and the files of the copy."""
    failure = "the copy cannot be read"
    run("git", "add", "--all", cwd=copy, failure=failure)
    listed = run("git", "diff", "--cached", "--name-only", "--no-renames", "-z", base, cwd=copy, failure=failure)
    return {path: read(copy, path) for path in listed.split("\0") if path}


def _conflicts(found: Files) -> Iterator[str]:
    for path, file in found.items():
        if path.endswith(".rej"):
            yield f"{path}: this part of the update did not fit"
        elif file:
            for line in conflicts(file.content):
                yield f"{path}:{line}: changed here and in the template"


def _findings(copy: Path) -> str:
    """What the updated repository's own validator finds."""
    command = [sys.executable, "-m", "gitops", "validate"]
    done = subprocess.run(command, cwd=copy / "tools", capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr) if done.returncode else ""
