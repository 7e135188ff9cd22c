"""The template's own scripts, as a repository has them that was generated with one of the gate's modes."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml
from gitops.lua import embedded, fixtures, sandbox
from gitops.lua.fixtures import Case, Script
from pairs import TEMPLATE

LUA = TEMPLATE / "<<cookiecutter.project_slug>>" / "infrastructure" / "controllers" / "argocd" / "lua"
GATE = ("argoproj.io/Application", "argoproj.io/ApplicationSet")


@functools.cache
def tree(mode: str = "strict") -> Path:
    """A copy of the scripts and their tests with this `wave_gate`. Do not change it."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = shutil.copytree(LUA, Path(folder) / "lua")
    gate = copy / "gate.yaml"
    gate.write_text(gate.read_text(encoding="utf-8").replace("<< cookiecutter.wave_gate >>", mode), encoding="utf-8")
    return copy


def gate(mode: str = "strict") -> dict[str, str]:
    """The values of gate.yaml."""
    data: dict[str, str] = yaml.safe_load((tree(mode) / "gate.yaml").read_text(encoding="utf-8"))["data"]
    return data


def script(key: str, mode: str = "strict") -> Script:
    """A kind's health script with the values of gate.yaml in it, as it stands in argocd-cm."""
    return fixtures.scripts(tree(mode), key)["health"]


def cases(key: str) -> list[Case]:
    """The tests of a kind, with the times that they have now."""
    return [case.at(fixtures.now()) for case in fixtures.cases(tree(), key)]


def outcome(case: Case) -> Any:
    """What a case comes to in embedded Lua, in this process."""
    done = sandbox.run(**embedded.question(case))
    return embedded.outcome(case, done.value, done.error)
