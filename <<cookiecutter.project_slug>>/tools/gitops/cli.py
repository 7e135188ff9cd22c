"""The verbs of the command line. Each only reads its arguments, calls the module of its name and prints.

Exit codes: 0 sound or done, 1 findings, 2 wrong usage, 3 cannot run.
"""

from pathlib import Path

import click

from gitops.findings import Report

ROOT = Path(__file__).resolve().parents[2]
FINDINGS = 1


class Refused(click.ClickException):
    """What cannot be done, said in one sentence."""

    exit_code = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Checks and changes this repository, which Argo CD delivers.

    \b
    Exit codes: 0 sound or done, 1 findings, 2 wrong usage, 3 cannot run.
    """


@main.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ROOT)
def validate(path: Path) -> None:
    """Checks the repository without a cluster and without a network.

    PATH is the top folder of the repository; without it, it is the one this command lies in. Every finding names its
    place, its rule and how to mend it.

    \b
    Examples:
      ./gitops validate
      GITOPS_REQUIRE_KUSTOMIZE=1 ./gitops validate    # exit 3 where neither kustomize nor kubectl is on PATH
    """
    from gitops.validate import CannotRun, required
    from gitops.validate import validate as run

    try:
        report = run(path, required())
    except CannotRun as error:
        raise Refused(str(error)) from error
    _print(report)
    if report.findings:
        raise SystemExit(FINDINGS)


@main.group()
def vendor() -> None:
    """Copies into this repository what it would otherwise fetch."""


@vendor.command("argocd")
@click.option("--from", "source", metavar="FILE|URL", help="Take the manifest from here instead of upstream's release.")
def vendor_argocd(source: str | None) -> None:
    """Copies Argo CD's install manifest, at the version each overlay names, and lets the overlays use the copy.

    \b
    Examples:
      ./gitops vendor argocd
      ./gitops vendor argocd --from ~/Downloads/install.yaml    # where upstream's host cannot be reached
    """
    from gitops.vendor import NotVendored, argocd

    try:
        for line in argocd(ROOT, source):
            click.echo(line)
    except NotVendored as error:
        raise Refused(str(error)) from error


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
