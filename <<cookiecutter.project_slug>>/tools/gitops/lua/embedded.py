"""The scripts in embedded Lua: the packages that takes, and what Argo CD would make of what they return."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gitops import packages
from gitops.lua import fixtures, verdicts
from gitops.lua.fixtures import Case

REQUIREMENTS = packages.ROOT / "tools/requirements-lua.txt"


@dataclass(frozen=True)
class Answer:
    """A case as it was asked; what came out, in the form of its `expected`; and the lines that were reached."""

    case: Case
    outcome: Any
    lines: frozenset[int] = frozenset()


def ask(cases: Sequence[Case]) -> list[Answer]:
    """Runs all cases in one process that has Lua. Raises packages.NotInstalled where none can be had."""
    cases = [case.at(fixtures.now()) for case in cases]
    python = sys.executable if importlib.util.find_spec("lupa") else str(packages.environment(REQUIREMENTS))
    done = subprocess.run(
        [python, "-m", "gitops.lua.worker"],
        input=json.dumps([question(case) for case in cases]),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(packages.ROOT / "tools"), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    if done.returncode:
        raise packages.NotInstalled(f"Lua does not run here: {done.stderr.strip().rpartition(chr(10))[2]}")
    found = zip(cases, json.loads(done.stdout), strict=True)
    return [Answer(case, outcome(case, run["value"], run["error"]), frozenset(run["lines"])) for case, run in found]


def question(case: Case) -> dict[str, Any]:
    """What `sandbox.run` takes for a case."""
    return {
        "script": case.script.text,
        "obj": case.obj,
        "parameters": case.parameters,
        "open_libraries": case.script.open_libraries,
    }


def outcome(case: Case, value: Any, error: str | None) -> Any:
    """What Argo CD makes of what a script returned, or of the error that it ended in."""
    if error is not None:
        return {"error": error}
    try:
        if case.what == "health":
            return verdicts.health(value)
        return verdicts.discovery(value) if case.what == "discovery" else verdicts.action(value, case.obj)
    except verdicts.Refused as refused:
        return {"error": str(refused)}
