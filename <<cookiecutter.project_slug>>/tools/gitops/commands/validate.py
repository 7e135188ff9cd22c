"""`./gitops validate`."""

from pathlib import Path

import click

from gitops.arguments import json_output
from gitops.cli import ROOT, Refused
from gitops.findings import Report

FINDINGS = 1


@click.command("validate")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@json_output
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Checks the repository without a cluster and without a network.

    Every finding names its place, its rule and how to mend it. The whole repository is always read; with PATH, files or
    folders, only the findings in there are told.

    \b
    Examples:
      ./gitops validate
      ./gitops validate my-apps/platform clusters/prod
      ./gitops validate --json | jq -r '.findings[] | "\\(.file):\\(.line) \\(.message)"'
      GITOPS_REQUIRE_KUSTOMIZE=1 ./gitops validate    # exit 3 where neither kustomize nor kubectl is on PATH
    """
    from dataclasses import asdict

    from gitops import printing
    from gitops.validate import CannotRun, required, validate

    folders = [_inside(path) for path in paths]
    try:
        report = validate(ROOT, required())
    except CannotRun as error:
        raise Refused(str(error)) from error
    if folders:
        report.findings = [f for f in report.findings if any(Path(f.file).is_relative_to(path) for path in folders)]
    if as_json:
        printing.as_json(asdict(report))
    else:
        _print(report)
    if report.findings:
        raise SystemExit(FINDINGS)


def _inside(path: Path) -> Path:
    """`path` from the top of the repository."""
    try:
        return path.resolve().relative_to(ROOT)
    except ValueError as error:
        raise click.UsageError(f"{path} is not in {ROOT}, the repository of this command") from error


def _print(report: Report) -> None:
    """Prints a report; in colour when it goes to a terminal."""
    from rich.text import Text

    from gitops import printing

    console = printing.console()
    for finding in report.findings:
        console.print(
            Text.assemble(
                (finding.place, "bold"),
                ": ",
                (finding.rule, "red"),
                f" {finding.message}\n    ",
                ("fix: ", "green"),
                finding.fix,
            )
        )
    for note in report.notes:
        console.print(Text.assemble(("note: ", "yellow"), note))
    count = len(report.findings)
    console.print(Text("sound" if not count else f"{count} finding{'s' * (count > 1)}", "red" if count else "green"))
