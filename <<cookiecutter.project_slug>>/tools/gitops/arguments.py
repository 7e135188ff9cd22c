"""What several verbs take: types of arguments that check themselves and complete in a shell."""

import difflib

import click
from click.shell_completion import CompletionItem

from gitops import layout
from gitops.cli import ROOT


class EnvironmentName(click.ParamType[str]):
    """The name of an environment of this repository."""

    name = "environment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in (names := environments()):
            self.fail(f"there is no environment {value}: {_hint(value, names)}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in environments() if name.startswith(incomplete)]


class RuleName(click.ParamType[str]):
    """The ID of a rule, in upper or lower case."""

    name = "rule"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value.upper() not in (names := _rules()):
            self.fail(f"there is no rule {value}: {_hint(value.upper(), names)}", param, ctx)
        return value.upper()

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in _rules() if name.startswith(incomplete.upper())]


def _rules() -> list[str]:
    from gitops.rules import all_rules

    return [rule.id for rule in all_rules()]


def _hint(value: str, names: list[str]) -> str:
    near = difflib.get_close_matches(value, names, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"


def environments() -> list[str]:
    """The environments, by their folders alone: a shell that completes does not wait for a reader of YAML."""
    parent = ROOT / layout.ENVIRONMENTS
    return sorted(folder.name for folder in parent.iterdir() if folder.is_dir()) if parent.is_dir() else []


json_output = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
