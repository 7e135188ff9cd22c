"""The command line: its verbs are the modules of `gitops.commands`, each there by being there.

A verb's module has the click command as `command` and imports only click before that runs, so `--help` is quick.
"""

import difflib
import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import click

from gitops import commands

ROOT = Path(__file__).resolve().parents[2]
EXIT_CODES = "Exit codes: 0 sound, done or equal, 1 findings or differences, 2 wrong usage, 3 cannot run."


class Refused(click.ClickException):
    """What cannot be done, said in one sentence."""

    exit_code = 3


class Wrong(click.ClickException):
    """Arguments that break a rule: all problems at once, a line each."""

    exit_code = 2

    def __init__(self, problems: Iterable[object]) -> None:
        super().__init__("\n".join(map(str, problems)))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file, err=True)


def say_notes(notes: Iterable[str]) -> None:
    """Prints what to know beside the result, which stays alone on standard output."""
    for note in notes:
        click.echo(note if note.startswith("warning: ") else f"note: {note}", err=True)


class Verbs(click.Group):
    """A group whose commands are the modules of a package."""

    def list_commands(self, _: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(context, arguments)
        except click.UsageError as error:
            near = difflib.get_close_matches(arguments[0], self.list_commands(context), 1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?", context) from None

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        command: click.Command = importlib.import_module(f"{commands.__name__}.{name}").command
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
def main() -> None:
    """Checks and changes this repository, which Argo CD delivers.

    \b
    Examples:
      ./gitops validate
      ./gitops diff --help
    """
