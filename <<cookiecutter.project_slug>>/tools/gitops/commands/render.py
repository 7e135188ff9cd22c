"""`./gitops render`."""

from pathlib import Path

import click

from gitops.cli import ROOT, Refused

NOT_BUILT = 1


@click.command("render")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "source",
    metavar="PATH",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Render the repository in this folder instead, such as an older state of this one.",
)
def command(folder: Path, source: Path) -> None:
    """Writes what clusters get into FOLDER, which is new.

    That is what kustomize builds, Argo CD's own manifest included, which is fetched, and the Applications that the
    ApplicationSets generate. Charts are not rendered: Argo CD does that.

    \b
    Examples:
      ./gitops render /tmp/rendered
      ./gitops render /tmp/before --from ../the-same-repository-last-week
    """
    from gitops import kustomize
    from gitops.rendering import render
    from gitops.validate import WITHOUT_KUSTOMIZE

    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: remove it first, or name another folder")
    if (builder := kustomize.find()) is None:
        raise Refused(WITHOUT_KUSTOMIZE)
    errors = render(source, builder, folder)
    for error in errors:
        click.echo(error, err=True)
    if errors:
        raise SystemExit(NOT_BUILT)
