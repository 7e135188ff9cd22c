"""`./gitops validate`."""

from pathlib import Path

import click

from gitops.cli import ROOT, Refused
from gitops.findings import Report

FINDINGS = 1


@click.command("validate")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT)
def command(path: Path) -> None:
    """Checks the repository without a cluster and without a network.

    PATH is the top folder of the repository; without it, it is the one this command lies in. Every finding names its
    place, its rule and how to mend it.

    \b
    Examples:
      ./gitops validate
      GITOPS_REQUIRE_KUSTOMIZE=1 ./gitops validate    # exit 3 where neither kustomize nor kubectl is on PATH
    """
    from gitops.validate import CannotRun, required, validate

    try:
        report = validate(path, required())
    except CannotRun as error:
        raise Refused(str(error)) from error
    _print(report)
    if report.findings:
        raise SystemExit(FINDINGS)


def _print(report: Report) -> None:
    """Prints a report; in colour when it goes to a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
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
