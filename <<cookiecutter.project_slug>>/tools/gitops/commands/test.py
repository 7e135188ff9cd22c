"""`./gitops test`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitops.arguments import json_output
from gitops.cli import ROOT, Refused, say_notes

if TYPE_CHECKING:
    from gitops.lua.runner import Report, Result

FAILED = 1


@click.group("test")
def command() -> None:
    """Tests what this repository tells Argo CD to run."""


@command.command("lua")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_output
def lua(paths: tuple[Path, ...], as_json: bool) -> None:
    """Runs the tests of the health checks and actions.

    Each script in infrastructure/controllers/argocd/lua/ is run on the objects in its testdata/, and its answer is
    compared with health_test.yaml or action_test.yaml beside it. It runs in Argo CD's own engine where the argocd
    command line is on PATH, else in embedded Lua 5.1 with the same libraries and the same limit of one second. With
    PATH, files or folders, only their kinds are tested.

    NOT REACHED are the lines that no test comes to. They fail nothing: what they say is only not known to be true.

    \b
    Examples:
      ./gitops test lua
      ./gitops test lua infrastructure/controllers/argocd/lua/argoproj.io/Application
      ./gitops test lua --json | jq -r '.coverage[] | select(.missed != []) | .script'
    """
    from dataclasses import asdict

    from gitops import layout, packages, printing
    from gitops.lua import fixtures, runner

    try:
        report = runner.run(ROOT, paths)
    except (fixtures.Unreadable, packages.NotInstalled) as error:
        raise Refused(str(error).replace(f"{ROOT}/", "")) from error
    if paths and not report.results:
        raise click.UsageError(f"nothing there has tests: give files or folders in {layout.LUA}")
    say_notes(report.notes)
    if as_json:
        printing.as_json(asdict(report))
    else:
        _print(report)
    if not report.passed:
        raise SystemExit(FAILED)


def _print(report: "Report") -> None:
    from gitops import printing

    console = printing.console()
    for line in printing.columns([("SCRIPT", "TESTS", "FAILED", "LINES", "NOT REACHED"), *_rows(report)]):
        console.print(line)
    failures = [result for result in report.results if not result.passed]
    for failure in failures:
        _print_failure(failure, report.engine)
    count = len(report.results)
    said = f"{len(failures)} of {count} tests failed" if failures else f"{count} test{'s' * (count != 1)} passed"
    console.print(f"\n{said} in {report.engine}", style="red" if failures else "green")


def _rows(report: "Report") -> list[tuple[str, ...]]:
    lines = {
        one.script: (f"{one.lines - len(one.missed)}/{one.lines}", ", ".join(map(str, one.missed)) or "-")
        for one in report.coverage
    }
    rows: list[tuple[str, ...]] = []
    for script in dict.fromkeys([*lines, *(result.script for result in report.results)]):
        results = [result for result in report.results if result.script == script]
        failed = sum(not result.passed for result in results)
        rows.append((script, str(len(results)), str(failed), *lines.get(script, ("?", "?"))))
    return rows


def _print_failure(failure: "Result", engine: str) -> None:
    import difflib

    import yaml

    from gitops import printing

    console, colours = printing.console(), {"-": "red", "+": "green", "@": "cyan"}
    before, after = (yaml.safe_dump(data, sort_keys=False).splitlines() for data in (failure.expected, failure.found))
    console.print(f"\n{failure.file}: {failure.test} of {failure.kind}", style="bold")
    for line in difflib.unified_diff(before, after, "expected", engine, lineterm=""):
        console.print(line, style=colours.get(line[0]))
