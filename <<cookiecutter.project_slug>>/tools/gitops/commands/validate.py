"""`./gitops validate`."""

import importlib
import pkgutil
from pathlib import Path

import click

from gitops import formats
from gitops.arguments import RuleName, json_output
from gitops.cli import ROOT, Refused

FINDINGS = 1
FORMATS = [module.name for module in pkgutil.iter_modules(formats.__path__)]


@click.command("validate")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Print the report so; text unless told otherwise, also in CI: nothing is chosen by itself.",
)
@click.option(
    "--changed-since",
    metavar="REVISION",
    help="Look only at what may have become wrong since a commit, branch or tag that was sound.",
)
@json_output
@click.option("--explain", metavar="RULE", type=RuleName(), help="Print what a rule asks for and why, and stop.")
def command(
    paths: tuple[Path, ...], form: str | None, changed_since: str | None, as_json: bool, explain: str | None
) -> None:
    """Checks the repository without a cluster and without a network.

    Every finding names its place, its rule and how to mend it. The whole repository is always read; with PATH, files or
    folders, only the findings in there are told. `# gitops: ignore RULE reason` on a line, above it, or at the top of a
    YAML file lets findings pass.

    \b
    Examples:
      ./gitops validate
      ./gitops validate my-apps/platform clusters/prod
      ./gitops validate --changed-since origin/main    # seconds, where only a team's apps have changed
      ./gitops validate --explain WAVE02
      ./gitops validate --json | jq -r '.findings[] | "\\(.file):\\(.line) \\(.message)"'
      ./gitops validate --format sarif > validate.sarif      # for code scanning and editors
      ./gitops validate --format gitlab > codequality.json   # for artifacts:reports:codequality
      GITOPS_REQUIRE_KUSTOMIZE=1 ./gitops validate    # exit 3 where neither kustomize nor kubectl is on PATH
    """
    from gitops.validate import CannotRun, required, validate

    if explain:
        from gitops import rules, rules_page

        click.echo(next(rules_page.section(rule) for rule in rules.all_rules() if rule.id == explain), nl=False)
        return
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other")
    folders = [_inside(path) for path in paths]
    try:
        report = validate(ROOT, required(), changed_since)
    except CannotRun as error:
        raise Refused(str(error)) from error
    if folders:
        report.findings = [f for f in report.findings if any(Path(f.file).is_relative_to(path) for path in folders)]
    chosen = "json" if as_json else form or "text"
    importlib.import_module(f"{formats.__name__}.{chosen}").show(report)
    if report.findings:
        raise SystemExit(FINDINGS)


def _inside(path: Path) -> Path:
    """`path` from the top of the repository."""
    try:
        return path.resolve().relative_to(ROOT)
    except ValueError as error:
        raise click.UsageError(f"{path} is not in {ROOT}, the repository of this command") from error
