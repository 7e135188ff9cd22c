"""What an owner wants to know about an update: what is new, and what it leaves alone."""

import difflib
import json
import re
from collections.abc import Set
from pathlib import Path

from gitops import entries, versions
from gitops.files import File
from gitops.template import Template

VERSION = re.compile(r"\b(v?[0-9]+\.[0-9]+(\.[0-9]+)*\S*|[0-9a-f]{40,64}\b)")


def of_changelog(old: str, new: str) -> str:
    """What stands in a newer changelog and not in the older, below its headings."""
    known = set(_paragraphs(old))
    headings: dict[int, str] = {}
    shown: list[str] = []
    for paragraph in _paragraphs(new[new.find("\n## ") + 1 :]):
        if level := len(paragraph) - len(paragraph.lstrip("#")):
            headings = {other: text for other, text in headings.items() if other < level} | {level: paragraph}
        elif paragraph not in known:
            shown += [*headings.values(), paragraph]
            headings = {}
    return "\n".join(shown)


def of_readme(old: str, new: str) -> str:
    """What a newer README.md says and the older does not, below its headings, but for its tables."""
    return of_changelog(*(re.sub(r"^\|.*\n", "", text, flags=re.MULTILINE) for text in (old, new)))


def of_versions(template: Template, commit: str, rendering: Path, root: Path) -> list[str]:
    """The versions that the template recommends at a commit, where environments at `root` run others."""
    running = versions.running(root)
    lines = []
    for name, environments in versions.running(rendering).items():
        recommended = next(iter(environments.values()))
        if (
            name == "argocd"
        ):  # The answer to its question is recorded, so the rendering holds what was recommended once.
            recommended = json.loads(template.file(commit, "cookiecutter.json"))["argocd_version"]
        others = [f"{where} {version}" for where, version in running.get(name, {}).items() if version != recommended]
        if others:
            lines.append(f"{name} {recommended}: {', '.join(others)}")
    return lines


def of_files_left_alone(old: dict[str, File], new: dict[str, File], alone: Set[str]) -> str:
    """How the template changed those of its files that were left alone, if by more than versions, as a diff."""
    diffs = []
    for path in sorted(old.keys() & new.keys() & alone):
        if old[path] == new[path] or entries.are_in(path):
            continue
        before, after = (file[path].content.decode(errors="replace") for file in (old, new))
        if VERSION.sub("", before) != VERSION.sub("", after):
            lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
            diffs.append("".join(difflib.unified_diff(*lines, path, path, n=1)))
    return "".join(diffs)


def _paragraphs(text: str) -> list[str]:
    """Its headings, items of lists and paragraphs."""
    return [part.strip() for part in re.split(r"\n\n+|\n(?=[-#])", text) if part.strip()]
