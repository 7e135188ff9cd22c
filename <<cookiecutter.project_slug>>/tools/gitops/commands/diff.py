"""`./gitops diff`."""

from typing import TYPE_CHECKING

import click

from gitops.arguments import EnvironmentName, json_output
from gitops.cli import ROOT, Refused, say_notes

if TYPE_CHECKING:
    from gitops.diff import Difference

DIFFERENT = 1


@click.command("diff")
@click.argument("before", metavar="FROM", type=EnvironmentName())
@click.argument("after", metavar="TO", type=EnvironmentName())
@click.argument("what", nargs=-1)
@json_output
def command(before: str, after: str, what: tuple[str, ...], as_json: bool) -> None:
    """Shows how two environments differ.

    It prints a unified diff, app by app, and exits with 1 when there is one. Compared are the Applications, the objects
    that kustomize builds from each overlay, and for a chart the values that it is given, merged, all as they stand in
    this folder. Where Argo CD's objects say the cluster's own name, environment, revision or domain, that is no
    difference, and CLUSTER, ENVIRONMENT, REVISION or DOMAIN stands there. Of an environment with several clusters, the
    one that has its name is compared.

    WHAT is an app or component, by name or by folder; without it, all of them.

    \b
    Examples:
      ./gitops diff staging prod
      ./gitops diff staging prod cert-manager monitoring
      ./gitops diff dev prod my-apps/platform
    """
    from dataclasses import asdict

    from gitops import diff, kustomize, printing

    try:
        found, notes = diff.compare(ROOT, kustomize.find(), (before, after), what)
    except diff.NotFound as error:
        raise click.UsageError(str(error)) from error
    except diff.NotCompared as error:
        raise Refused(str(error)) from error
    say_notes(notes)
    if as_json:
        printing.as_json([asdict(d) for d in found])
    else:
        _print(found)
    if found:
        raise SystemExit(DIFFERENT)


def _print(found: "list[Difference]") -> None:
    from gitops import printing

    console, app = printing.console(), ""
    colours = {"-": "red", "+": "green", "@": "cyan"}
    for difference in found:
        if difference.app != app:
            app = difference.app
            console.print(f"# {app}", style="bold")
        for line in difference.lines:
            console.print(line, style=colours.get(line[0]))
