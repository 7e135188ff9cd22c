"""`./gitops pin`."""

import click

from gitops.cli import ROOT, say_notes


@click.command("pin")
@click.argument("cluster")
@click.argument("revision")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
def command(cluster: str, revision: str, dry_run: bool) -> None:
    """Brings CLUSTER to REVISION: a branch, a tag or a commit. The one line in its cluster.yaml changes.

    At a tag or a commit the cluster is pinned: nothing moves but apps/ and clusters/, until the pin does, and then all
    moves wave by wave. At the branch that its root follows every commit arrives at once.

    \b
    Examples:
      ./gitops pin prod v1.4.0
      ./gitops pin prod HEAD --dry-run
      ./gitops pin prod main    # no longer pinned
    """
    from gitops.changes import carry_out, diff
    from gitops.pin import plan

    changes, notes = plan(ROOT, cluster, revision)
    shown = diff(ROOT, changes)
    if not dry_run:
        carry_out(ROOT, changes)
    click.echo(shown or f"nothing to do: {cluster} is at {revision}\n", nl=False)
    say_notes(notes)
