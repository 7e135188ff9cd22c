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
        names = environments()
        if value not in names:
            near = difflib.get_close_matches(value, names, 1)
            said = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            self.fail(f"there is no environment {value}: {said}", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in environments() if name.startswith(incomplete)]


def environments() -> list[str]:
    """The environments, by their folders alone: a shell that completes does not wait for a reader of YAML."""
    parent = ROOT / layout.ENVIRONMENTS
    return sorted(folder.name for folder in parent.iterdir() if folder.is_dir()) if parent.is_dir() else []


json_output = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
