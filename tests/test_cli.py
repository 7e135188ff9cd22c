"""The command line as a whole: what every verb's help teaches, how quickly it starts, and how a shell completes it."""

import contextlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from commands import gitops
from conftest import Bake
from gitops.cli import main


def verbs(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb, and every verb below one, with how it is called."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name), command


VERBS = [pytest.param(path, command, id=" ".join(path)) for path, command in verbs()]


@pytest.mark.parametrize(("path", "command"), VERBS)
def test_help_of_every_verb_has_an_example(path: tuple[str, ...], command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=" ".join(path)))
    _, example, examples = text.partition("  Example")
    assert example
    assert f"./gitops {' '.join(path)}" in examples


def test_help_says_what_exit_codes_mean_and_cuts_no_summary_off(bake: Bake) -> None:
    text = gitops(bake(), "--help").stdout
    assert re.search(r"0 .+ 1 .+ 2 .+ 3 ", text.replace("\n", " "))
    assert "..." not in text.partition("Commands:")[2]


def test_a_verb_that_is_spelled_wrongly_is_guessed(bake: Bake) -> None:
    run = gitops(bake(), "validat")
    assert run.returncode == 2
    assert "Did you mean validate?" in run.stderr


def test_help_reads_no_yaml_and_draws_nothing() -> None:
    code = "import sys; from gitops.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    modules = set(run.stdout.splitlines()[-1].split())
    assert "gitops.commands.validate" in modules
    assert not modules & {"yaml", "rich", "gitops.repository", "subprocess"}


def test_readme_lists_every_verb(bake: Bake) -> None:
    text = (bake() / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", text.partition("## The command line")[2].partition("\n## ")[0], re.M))
    assert listed == {path[0] for path, _ in verbs()}, "a verb and its row in the generated README come together"


def on_terminal(repository: Path, *arguments: str, **environment: str) -> str:
    """What a verb prints to a terminal."""
    master, slave = pty.openpty()
    wants = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, str(repository / "gitops"), *arguments],
        stdout=slave,
        env={**wants, "TERM": "xterm", **environment},
    )
    os.close(slave)
    text = b""
    with contextlib.suppress(OSError):  # Linux says so when a terminal has ended.
        while piece := os.read(master, 4096):
            text += piece
    os.close(master)
    process.wait()
    return text.decode()


@pytest.mark.parametrize(
    ("arguments", "coloured", "plain"),
    [
        (["validate"], "\x1b[32msound", "sound"),
        (["diff", "dev", "prod", "platform-hello-world"], "\x1b[32m+", "\n+  replicas"),
        (["doctor"], "\x1b[32mok", "ok "),
    ],
    ids=["validate", "diff", "doctor"],
)
def test_colour_is_for_terminals_that_want_it(bake: Bake, arguments: list[str], coloured: str, plain: str) -> None:
    assert coloured in on_terminal(bake(), *arguments)
    for text in (on_terminal(bake(), *arguments, NO_COLOR="1"), gitops(bake(), *arguments).stdout):
        assert plain in text
        assert "\x1b[3" not in text


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["./gitops", "wav"], "waves"),
        (["./gitops", "diff", "dev", "st"], "staging"),
        (["./gitops", "apps", "--environment", ""], "dev prod staging"),
        (["./gitops", "apps", "--j"], "--json"),
    ],
    ids=["a verb", "an environment", "the value of an option", "an option"],
)
def test_bash_completes(bake: Bake, words: list[str], completed: str) -> None:
    quoted = " ".join(f"'{word}'" for word in words)
    script = gitops(bake(), "completion", "bash").stdout + (
        f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _gitops_completion ./gitops; echo ${{COMPREPLY[@]}}\n"
    )
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=bake(), check=True)
    assert run.stdout.split() == completed.split()


@pytest.mark.parametrize(("shell", "typed"), [("zsh", "${words[1]}"), ("fish", "(commandline -opc)[1]")])
def test_other_shells_call_the_program_that_was_typed(bake: Bake, shell: str, typed: str) -> None:
    script = gitops(bake(), "completion", shell).stdout
    assert f"_GITOPS_COMPLETE={shell}_complete" in script
    assert f" {typed})" in script
    assert not re.search(r"complete gitops\)|-t\) gitops\)|commands\[gitops\]", script)


def test_environment_that_is_none_is_wrong_usage(bake: Bake) -> None:
    near = gitops(bake(), "apps", "--environment", "stagin")
    assert (near.returncode, near.stdout) == (2, "")
    assert "did you mean staging?" in near.stderr
    assert "there are dev, prod, staging" in gitops(bake(), "diff", "dev", "xyz").stderr
