"""`./gitops remove`."""

import sys
from typing import TYPE_CHECKING

import click

from gitops.cli import ROOT, Refused

if TYPE_CHECKING:
    from gitops.remove import Removal

YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("remove")
def command() -> None:
    """Removes an app or a component, and says what that means."""


@command.command("app")
@click.argument("name", metavar="TEAM/NAME")
@YES
def app(name: str, yes: bool) -> None:
    """Removes app NAME of TEAM from all environments. Argo CD then deletes it from the clusters.

    \b
    Examples:
      ./gitops remove app platform/hello-world
      ./gitops remove app platform/hello-world --yes
    """
    from gitops.remove import app as plan

    _remove(plan(ROOT, name), name, yes)


@command.command("component")
@click.argument("name")
@YES
def component(name: str, yes: bool) -> None:
    """Removes component NAME from all environments, unless others need it. What it runs stays in the clusters.

    With .cruft.json the tree becomes what the template generates without it, and what you changed stays. Without, its
    files and the lines about it go.

    \b
    Examples:
      ./gitops remove component tempo
      ./gitops remove component longhorn --yes
    """
    from gitops.remove import component as plan

    _remove(plan(ROOT, name), name, yes)


def _remove(removal: "Removal", name: str, yes: bool) -> None:
    """Says what the removal means, asks, and removes."""
    from gitops.changes import carry_out, listing

    if not removal.changes:
        click.echo("\n".join(["nothing to do", *removal.notes]))
        return
    _say("These say its name, and would miss it:", removal.miss)
    _say("These stay in each cluster:", removal.stays)
    _say("To remove them, once the commit has arrived, with kubectl pointing at the cluster:", removal.commands)
    _say("To know:", removal.notes)
    _say("These change:", listing(ROOT, removal.changes))
    if not yes:
        if not sys.stdin.isatty():
            raise Refused("nothing was removed: there is nobody to ask, so say --yes")
        if not click.confirm(f"Remove {name}?"):
            raise Refused("nothing was removed")
    carry_out(ROOT, removal.changes)
    click.echo(f"{name} is removed")


def _say(title: str, lines: list[str]) -> None:
    if lines:
        click.echo("\n  ".join([title, *(line.replace("\n", "\n  ") for line in lines)]))
