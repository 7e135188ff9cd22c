"""`./gitops add`."""

import click

from gitops.cli import ROOT, say_notes


@click.group("add")
def command() -> None:
    """Adds what this repository does not have yet."""


@command.command("environment")
@click.argument("name")
@click.option("--like", required=True, metavar="NAME", help="The environment that it is like.")
@click.option("--before", metavar="NAME", help="The environment that it comes before; without it, production.")
@click.option("--last", is_flag=True, help="It comes last, and so is production from now on.")
def environment(name: str, like: str, before: str | None, last: bool) -> None:
    """Adds environment NAME: every overlay of another one, and a cluster of that name.

    The cluster follows the branch, and has a domain of its own, <name>.<domain>. All is as if the template had been
    asked for NAME, but that it is like what --like says (like production, it is as large), that no other domain moves
    (--last), and that the examples in README.md stay.

    \b
    Examples:
      ./gitops add environment qa --like staging
      ./gitops add environment sandbox --like dev --before dev
      ./gitops add environment prod-eu --like prod --last    # prod is no longer production
    """
    from gitops.add_environment import plan
    from gitops.changes import carry_out

    changes, notes = plan(ROOT, name, like, before, last)
    _say(carry_out(ROOT, changes), notes)


@command.command("app")
@click.argument("app", metavar="TEAM/NAME")
@click.option("--like", metavar="TEAM/NAME", help="The app that it is a copy of; not needed where there is one only.")
@click.option("--environment", "names", multiple=True, metavar="NAME", help="Only there; may be given several times.")
def app(app: str, like: str | None, names: tuple[str, ...]) -> None:
    """Adds app NAME of TEAM in all environments, as a copy of another app.

    The copy says its own name where the other says its; images and the names of files stay. What is there already is
    left alone: an app that some environments lack gets there what it has in the environment before.

    \b
    Examples:
      ./gitops add app platform/shop
      ./gitops add app web/shop --like platform/hello-world --environment dev --environment staging
    """
    from gitops.add_app import plan
    from gitops.changes import carry_out

    changes, notes = plan(ROOT, app, like, names)
    _say(carry_out(ROOT, changes), notes)


@command.command("team")
@click.argument("name")
@click.option("--like", metavar="NAME", help="The team whose permissions it gets; not needed where there is one only.")
def team(name: str, like: str | None) -> None:
    """Adds team NAME: its project, which lists what its apps may do.

    \b
    Examples:
      ./gitops add team web
      ./gitops add team data --like web
    """
    from gitops.add_team import plan
    from gitops.changes import carry_out

    changes, notes = plan(ROOT, name, like)
    _say(carry_out(ROOT, changes), notes)


@command.command("component")
@click.argument("name")
def component(name: str) -> None:
    """Adds component NAME of the template's catalogue, and what it needs.

    The answer `components` in .cruft.json changes, and the tree becomes what that answer generates; what you changed
    stays. Where both changed the same lines nothing is written, and the places are named. What README.md says for it is
    printed. Nothing is committed.

    \b
    Examples:
      ./gitops add component longhorn
    """
    from gitops.changes import carry_out
    from gitops.rerender import with_component

    changes, notes = with_component(ROOT, name)
    _say(carry_out(ROOT, changes), notes)


@command.command("operator")
@click.argument("group")
@click.argument("kinds", metavar="KIND:CLASS...", nargs=-1, required=True)
def operator(group: str, kinds: tuple[str, ...]) -> None:
    """Adds the operator of API group GROUP, which was generated from an API, or more of its kinds.

    It runs in all environments. Argo CD learns how healthy each KIND is and what can be done with it, by its class:
    resource (an object behind the API), query (a question), action (a call), bundle (several objects made together) or
    aggregate (the health of several).

    \b
    Examples:
      ./gitops add operator petstore.example.com Pet:resource Order:resource
      ./gitops add operator petstore.example.com PetFindByStatusQuery:query PetstoreBundle:bundle
    """
    from gitops.add_operator import plan
    from gitops.changes import carry_out

    changes, notes = plan(ROOT, group, kinds)
    _say(carry_out(ROOT, changes), notes)


def _say(listed: list[str], notes: list[str]) -> None:
    """Prints what changed, and what to know about it."""
    for line in listed or ["nothing to do: it is all there"]:
        click.echo(line)
    say_notes(notes)
