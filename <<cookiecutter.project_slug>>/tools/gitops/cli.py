"""The command line: its verbs are the modules of `gitops.commands`, each there by being there.

A verb's module has the click command as `command` and imports only click before that runs, so `--help` is quick.
"""

import importlib
import pkgutil
from pathlib import Path

import click

from gitops import commands

ROOT = Path(__file__).resolve().parents[2]
EXIT_CODES = "Exit codes: 0 sound, done or equal, 1 findings or differences, 2 wrong usage, 3 cannot run."


class Refused(click.ClickException):
    """What cannot be done, said in one sentence."""

    exit_code = 3


class Verbs(click.Group):
    """A group whose commands are the modules of a package."""

    def list_commands(self, _: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

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
