"""`./gitops completion`."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from gitops.cli import main

# click's scripts, and what has to change in them: bash calls the program as it was typed, the others call a `gitops`
# on PATH, where ours is not.
SHELLS: dict[str, tuple[type[ShellComplete], dict[str, str]]] = {
    "bash": (BashComplete, {}),
    "zsh": (
        ZshComplete,
        {"(( ! $+commands[%(prog_name)s] )) && return 1": "", "_complete %(prog_name)s)": "_complete ${words[1]})"},
    ),
    "fish": (FishComplete, {"(commandline -t) %(prog_name)s)": "(commandline -t) (commandline -opc)[1])"}),
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> None:
    """Prints what a shell needs to complete ./gitops.

    Verbs, options and environments are completed, in every repository that has this command line. It is installed once:
    in the file that your shell reads when it starts, or for fish in a folder of its own.

    \b
    Examples:
      ./gitops completion bash >> ~/.bashrc
      ./gitops completion zsh >> ~/.zshrc        # below the line with compinit
      ./gitops completion fish > ~/.config/fish/completions/gitops.fish
    """
    kind, changes = SHELLS[shell]
    template = kind.source_template
    for old, new in changes.items():
        template = template.replace(old, new)
    click.echo(template % kind(main, {}, "gitops", "_GITOPS_COMPLETE").source_vars())
