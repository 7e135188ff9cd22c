"""`./gitops bootstrap`."""

import shlex
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from gitops.cli import ROOT, Refused

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gitops.bootstrap import Kubectl, Wave
    from gitops.clusters import Cluster

LOOK_EVERY = 2  # seconds
NOT_READY = 1


@click.command("bootstrap")
@click.argument("cluster")
@click.option(
    "--context", default="", metavar="NAME", help="The context of kubectl to use, instead of its current one."
)
@click.option("--timeout", type=float, default=30, show_default=True, metavar="MINUTES", help="How long to watch.")
@click.option("--yes", is_flag=True, help="Do not ask before the first change.")
@click.option("--dry-run", is_flag=True, help="Print the commands and do nothing.")
def command(cluster: str, context: str, timeout: float, yes: bool, dry_run: bool) -> None:
    """Boots a cluster and watches until every wave is ready.

    CLUSTER is a folder in clusters/. First it looks whether anything is in the way: the context, permissions, nodes,
    the credential for a private repository, what is not pushed. Then it runs the commands of the README. Run again, it
    changes nothing and watches. Ends 1 when a wave is not ready in time; the boot goes on without it.

    \b
    Examples:
      ./gitops bootstrap dev
      ./gitops bootstrap prod --context prod-admin --yes
      ./gitops bootstrap dev --dry-run | sh
    """
    from gitops import bootstrap
    from gitops.repository import Repository

    repository = Repository(ROOT)
    found = next((each for each in repository.clusters if each.name == cluster), None)
    if found is None:
        there = ", ".join(each.name for each in repository.clusters)
        raise click.BadParameter(f"there is no clusters/{cluster}; there are {there}", param_hint="CLUSTER")
    kubectl = bootstrap.Kubectl(ROOT, context)
    if dry_run:
        for words in bootstrap.commands(found):
            click.echo(shlex.join(kubectl.words(words)))
        return
    try:
        _check(found, kubectl, yes)
        for words in bootstrap.commands(found):
            click.echo(f"$ {shlex.join(kubectl.words(words))}")
            kubectl.run(*words)
        _watch(found, kubectl, timeout * 60)
    except bootstrap.Failed as error:
        raise Refused(str(error)) from error


def _check(cluster: "Cluster", kubectl: "Kubectl", yes: bool) -> None:
    """Says what is in the way; asks before it goes on."""
    from gitops import bootstrap

    context = kubectl.context or kubectl.run("config", "current-context").strip()
    found = bootstrap.preflight(cluster, kubectl)
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    if found.problems:
        raise Refused("\n".join(found.problems))
    if not yes:
        click.confirm(f"Boot {cluster.name} on {context} (Kubernetes {found.server})?", abort=True, err=True)


def _watch(cluster: "Cluster", kubectl: "Kubectl", seconds: float) -> None:
    """Shows the waves until all are ready: live at a terminal, a line for each wave elsewhere."""
    from rich.live import Live

    from gitops import printing

    began = time.monotonic()
    console = printing.console()
    waiting: list[Wave] = []
    done: set[int] = set()
    with Live(console=console, auto_refresh=False, transient=True) as live:
        for waiting in _looks(cluster, kubectl, began + seconds):
            for wave in waiting:
                if not wave.waiting and wave.number not in done:
                    done.add(wave.number)
                    took = time.monotonic() - began
                    console.print(f"wave {wave.number}: ready after {took:.0f} s, {wave.count} Applications")
            if console.is_terminal:
                live.update(_table(waiting), refresh=True)
    late = {name: why for wave in waiting for name, why in wave.waiting.items()}
    for name, why in late.items():
        console.print(f"{name}: {why}")
    if late:
        console.print(f"not ready within {seconds / 60:g} minutes; the boot goes on, and this command watches it again")
        sys.exit(NOT_READY)


def _looks(cluster: "Cluster", kubectl: "Kubectl", until: float) -> "Iterator[list[Wave]]":
    """The waves, every few seconds, until all are ready or the time is over."""
    from gitops import bootstrap

    while True:
        late = time.monotonic() > until
        try:
            waves = bootstrap.waves(cluster, kubectl)
        except bootstrap.Failed:  # An API server may be away for a moment while a cluster boots.
            if late:
                raise
        else:
            yield waves
            if late or not any(wave.waiting for wave in waves):
                return
        time.sleep(LOOK_EVERY)


def _table(waves: "list[Wave]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for wave in waves:
        first = next(iter(wave.waiting.items()), None)
        ready = f"{wave.count - len(wave.waiting)}/{wave.count}"
        table.add_row(f"wave {wave.number}", ready, Text(": ".join(first) if first else "ready", overflow="ellipsis"))
    return table
