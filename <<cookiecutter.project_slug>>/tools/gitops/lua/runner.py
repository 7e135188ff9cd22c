"""Runs the tests of the scripts: in Argo CD's own engine where its command line is on PATH, else in embedded Lua.

Embedded Lua runs them in any case, for only it can tell which lines were reached.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitops import layout, packages, settings
from gitops.lua import argocd, embedded, fixtures, syntax
from gitops.lua.embedded import Answer
from gitops.lua.fixtures import PREFIX
from gitops.repository import Repository


@dataclass(frozen=True)
class Result:
    kind: str
    test: str
    script: str
    file: str
    passed: bool
    expected: Any
    found: Any


@dataclass(frozen=True)
class Coverage:
    """`lines` begin a statement that does something; `missed` are those of them that no test reaches."""

    script: str
    lines: int
    missed: list[int]


@dataclass
class Report:
    engine: str
    results: list[Result] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)


def open_kinds(repository: Repository) -> set[str]:
    """The kinds whose health scripts argocd-cm gives open libraries."""
    prefix = f"{PREFIX}useOpenLibs."
    return {
        key.removeprefix(prefix).replace("_", "/")
        for folder in settings.installations(repository)
        for key, setting in settings.read(repository, folder, "argocd-cm").items()
        if key.startswith(prefix) and setting.value == "true"
    }


def run(root: Path, paths: Sequence[Path] = ()) -> Report:
    """Runs the tests of the repository at `root`; with `paths`, those that lie there or whose files these are.

    Raises fixtures.Unreadable, and packages.NotInstalled where neither engine can be had.
    """
    folder = (root / layout.LUA).resolve()
    keys = [key for key in fixtures.kinds(folder) if not paths or any(_meant(folder / key, path) for path in paths)]
    return run_kinds(folder, keys, open_kinds(Repository(root)), argocd.find() is not None)


def _meant(folder: Path, path: Path) -> bool:
    path = path.resolve()
    return folder.is_relative_to(path) or path.is_relative_to(folder)


def run_kinds(folder: Path, keys: Iterable[str], opened: Collection[str], with_argocd: bool) -> Report:
    """Runs the tests of these kinds, whose scripts lie in `folder`."""
    scripts = {key: fixtures.scripts(folder, key, opened) for key in keys}
    cases = [case for key in scripts for case in fixtures.cases(folder, key, opened)]
    for case in cases:
        if (own := fixtures.kind_of(case.obj)) != case.key:
            raise fixtures.Unreadable(f"{folder / case.file} is of {own}, so no script of {case.key} gets it")
    report = Report("argocd" if with_argocd else "embedded Lua 5.1")
    try:
        answers = embedded.ask(cases)
    except packages.NotInstalled as error:
        if not with_argocd:
            raise
        report.notes.append(f"which lines no test reaches is not known: {error}")
    else:
        texts = {script.file: script.text for found in scripts.values() for script in found.values()}
        report.coverage = coverage(texts, answers)
    if with_argocd:
        answers = argocd.ask(cases, scripts)
    report.results = [_result(answer) for answer in answers]
    return report


def _result(answer: Answer) -> Result:
    """An answer and what was expected, compared."""
    case, passed = answer.case, fixtures.passes(answer.outcome, answer.case)
    test = case.action or case.what
    return Result(case.key, test, case.script.file, case.file, passed, case.expected, answer.outcome)


def coverage(texts: dict[str, str], answers: Sequence[Answer]) -> list[Coverage]:
    """Which lines of each script the tests reach; `texts` are the scripts, by file."""
    found = []
    for file, text in texts.items():
        reached = frozenset[int]().union(*(answer.lines for answer in answers if answer.case.script.file == file))
        try:
            statements = syntax.parse(text).statements
        except syntax.Fault:
            continue  # Its tests fail.
        missed = {s.first for s in statements if not reached.intersection(range(s.first, s.last + 1))}
        found.append(Coverage(file, len({s.first for s in statements}), sorted(missed)))
    return found
