"""`./gitops apps`."""

import click

from gitops.arguments import EnvironmentName, json_output
from gitops.cli import ROOT, say_notes


@click.command("apps")
@click.option("--environment", type=EnvironmentName(), help="Only the clusters of this environment.")
@json_output
def command(environment: str | None, as_json: bool) -> None:
    """Lists what Argo CD will run.

    One line for each Application of each cluster, worked out from the files: the root, the Applications of waves 0 to
    2, and those that the ApplicationSets make. Sources are charts (name@version) and folders of this repository
    (path@revision).

    \b
    Examples:
      ./gitops apps
      ./gitops apps --environment prod
      ./gitops apps --json | jq -r '.[] | select(.name == "cert-manager") | .cluster, .sources[0].version'
    """
    from gitops import apps, kustomize, printing, validate
    from gitops.repository import Repository

    repository = Repository(ROOT, kustomize.find(), apps.is_root_folder)
    found = apps.listed(repository, environment)
    say_notes(validate.notes(repository))
    if as_json:
        printing.as_json(found)
    else:
        for line in printing.columns(apps.rows(found)):
            click.echo(line)
