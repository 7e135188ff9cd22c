"""`./gitops update`."""

from typing import TYPE_CHECKING

import click

from gitops.cli import ROOT

if TYPE_CHECKING:
    from gitops.update import Update

LEFT_TO_DO = 1


@click.command("update")
@click.option("--check", is_flag=True, help="Only say what would come; exit 1 when there is something.")
@click.option("--to", "reference", metavar="REF", help="A branch, tag or commit of the template instead of its newest.")
def command(check: bool, reference: str | None) -> None:
    """Takes up what is new in the template of this repository.

    It is `cruft update` with what that leaves out. What you changed stays, and so do your versions: what the template
    recommends instead is listed. Nothing is committed. When it fails, nothing has changed.

    \b
    Examples:
      ./gitops update --check
      ./gitops update
      ./gitops update --to v1.2.0
    """
    from gitops.update import update, write

    found = update(ROOT, reference)
    if found is None:
        click.echo("nothing to update: this is what the template has")
        return
    if not check:
        write(ROOT, found)
    _print(found, check)
    if check or found.conflicts or found.findings:
        raise SystemExit(LEFT_TO_DO)


def _print(found: "Update", check: bool) -> None:
    click.echo(f"template {found.before[:12]} -> {found.after[:12]}: {len(found.files)} files")
    for path, file in found.files.items():
        click.echo(f"  {path}{'' if file else ' (removed)'}")
    _part("What is new", found.news)
    _part("New components, in every environment; to leave one out: ./gitops remove component", found.components)
    _part("Versions that the template recommends, and what runs instead; they are yours to move", found.versions)
    _part("Changed in the template and left alone, for these files are yours", found.aside)
    _part("To be decided by hand", found.conflicts)
    _part("./gitops validate finds", found.findings)
    if not check:
        click.echo("\nNext: git diff, ./gitops validate, commit. To undo it all: git restore . && git clean -fd")


def _part(title: str, content: str | list[str]) -> None:
    lines = content.splitlines() if isinstance(content, str) else content
    if lines:
        click.echo("\n".join(["", f"{title}:", *(f"  {line}".rstrip() for line in lines)]))
