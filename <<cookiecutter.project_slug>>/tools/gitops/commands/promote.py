"""`./gitops promote`."""

import click

from gitops.cli import ROOT, say_notes


@click.command("promote")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.argument("what", nargs=-1)
@click.option("--write", is_flag=True, help="Make the changes; without it they are only shown.")
@click.option("--backwards", is_flag=True, help="Also where FROM comes after TO in the order of promotion.")
def command(source: str, target: str, what: tuple[str, ...], write: bool, backwards: bool) -> None:
    """Gives environment TO what FROM runs, in every cluster of TO.

    A pinned cluster gets the revision that FROM runs. Otherwise TO gets the chart versions of FROM (versions.yaml,
    app.yaml), its image tags (images in kustomization.yaml) and its version of Argo CD, of everything or of WHAT:
    components and TEAM/APP.

    \b
    Examples:
      ./gitops promote dev staging
      ./gitops promote staging prod cert-manager platform/hello-world --write
    """
    from gitops.changes import carry_out, diff
    from gitops.promote import plan

    changes, notes = plan(ROOT, source, target, what, backwards)
    shown = diff(ROOT, changes)
    if write:
        carry_out(ROOT, changes)
    click.echo(shown or f"nothing to do: {target} runs what {source} runs\n", nl=False)
    say_notes(notes if write or not shown else [*notes, "nothing was written: --write does it"])
