"""`./gitops waves`."""

import click

from gitops.arguments import json_output
from gitops.cli import ROOT, say_notes


@click.command("waves")
@click.option("--mermaid", is_flag=True, help="Print a flowchart that Markdown pages can show.")
@json_output
def command(mermaid: bool, as_json: bool) -> None:
    """Shows what waits for what.

    A wave starts when the wave before it is done. Within a wave, and inside an ApplicationSet, nothing waits: so what a
    component needs (component.yaml) is provided in an earlier wave, or validate says so. Shown is what each wave holds,
    in which environments, and which component each of it needs.

    \b
    Examples:
      ./gitops waves
      ./gitops waves --json | jq -r '.needs[] | select(.providers | index("cert-manager")) | .application'
      (echo '```mermaid'; ./gitops waves --mermaid; echo '```') > docs/waves.md
    """
    from gitops import apps, kustomize, printing, validate, waves
    from gitops.flowchart import flowchart
    from gitops.repository import Repository

    if mermaid and as_json:
        raise click.UsageError("--mermaid and --json are two forms of the same: give one")
    repository = Repository(ROOT, kustomize.find(), apps.is_root_folder)
    found = waves.read(repository)
    say_notes(validate.notes(repository))
    if as_json:
        printing.as_json(waves.as_data(found))
    elif mermaid:
        click.echo(flowchart(found))
    else:
        for line in printing.columns(waves.as_rows(found)):
            click.echo(line)
