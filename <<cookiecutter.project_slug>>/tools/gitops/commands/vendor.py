"""`./gitops vendor`."""

import click

from gitops.cli import ROOT, Refused


@click.group("vendor")
def command() -> None:
    """Copies into this repository what it would otherwise fetch."""


@command.command("argocd")
@click.option("--from", "source", metavar="FILE|URL", help="Take the manifest from here instead of upstream's release.")
def argocd(source: str | None) -> None:
    """Copies Argo CD's install manifest, at the version each overlay names, and lets the overlays use the copy.

    \b
    Examples:
      ./gitops vendor argocd
      ./gitops vendor argocd --from ~/Downloads/install.yaml    # where upstream's host cannot be reached
    """
    from gitops.vendor import NotVendored
    from gitops.vendor import argocd as copy

    try:
        for line in copy(ROOT, source):
            click.echo(line)
    except NotVendored as error:
        raise Refused(str(error)) from error
