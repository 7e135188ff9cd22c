"""`./gitops doctor`."""

from typing import TYPE_CHECKING

import click

from gitops.arguments import json_output
from gitops.cli import ROOT

if TYPE_CHECKING:
    from gitops.doctor import Check

PROBLEMS = 1


@click.command("doctor")
@json_output
def command(as_json: bool) -> None:
    """Looks at what surrounds the files.

    That is: which programs are here, and whether they render as the repo-server of your Argo CD does; whether the Git
    remote and branch are those that Argo CD reads; what is not committed or pushed; and which settings of Argo CD are
    not the same in every environment. It asks no cluster and no network.

    A note is worth reading and stops nothing; a problem exits with 1.

    \b
    Examples:
      ./gitops doctor
      ./gitops doctor --json | jq -r '.[] | select(.state != "ok") | .subject'
    """
    from dataclasses import asdict

    from gitops import doctor, kustomize, printing
    from gitops.repository import Repository

    checks = doctor.examine(Repository(ROOT, kustomize.find(), doctor.is_looked_at))
    if as_json:
        printing.as_json([asdict(check) for check in checks])
    else:
        _print(checks)
    if any(check.state == doctor.PROBLEM for check in checks):
        raise SystemExit(PROBLEMS)


def _print(checks: "list[Check]") -> None:
    from rich.text import Text

    from gitops import doctor, printing

    console = printing.console()
    colours = {doctor.OK: "green", doctor.NOTE: "yellow", doctor.PROBLEM: "red"}
    lines = printing.columns([check.state, check.subject, check.found] for check in checks)
    for check, line in zip(checks, lines, strict=True):
        console.print(Text.assemble((line[: len(check.state)], colours[check.state]), line[len(check.state) :]))
        if check.fix:
            console.print(Text.assemble(("    fix: ", "green"), check.fix))
