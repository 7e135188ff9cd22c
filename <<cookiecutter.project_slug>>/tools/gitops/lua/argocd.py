"""The scripts in Argo CD's own engine, as its command line runs them."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from gitops.documents import parse
from gitops.lua import fixtures
from gitops.lua.embedded import Answer
from gitops.lua.fixtures import PREFIX, Case, Script

OVERRIDES = ("--logformat=json", "admin", "settings", "resource-overrides")
# Prints the second of the two files it is given, which is the object after the action.
SHOW = "sh -c 'cat \"$1\"'"
HEALTH = re.compile(r"STATUS: (.*)\nMESSAGE: (.*)\n", re.DOTALL)
PIECES = re.compile(r"^(Following fields have been changed|Following resource was created):\n", re.MULTILINE)


def find() -> str | None:
    """The program on PATH."""
    return shutil.which("argocd")


def ask(cases: Sequence[Case], scripts: Mapping[str, Mapping[str, Script]]) -> list[Answer]:
    """Runs all cases, several at once; `scripts` are all those of each kind, by its key."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as threads:
        config = Path(folder, "argocd-cm.yaml")
        config.write_text(config_map(scripts), encoding="utf-8")
        return list(threads.map(lambda case: _ask(config, case), cases))


def config_map(scripts: Mapping[str, Mapping[str, Script]]) -> str:
    """argocd-cm, as YAML, with these scripts."""
    data = {}
    for key, found in scripts.items():
        kind = key.replace("/", "_")
        if "health" in found:
            data[f"{PREFIX}health.{kind}"] = found["health"].text
            data[f"{PREFIX}useOpenLibs.{kind}"] = "true" if found["health"].open_libraries else "false"
        if "discovery" in found:
            definitions = [
                {"name": name.removeprefix("action/"), "action.lua": script.text}
                for name, script in found.items()
                if name.startswith("action/")
            ]
            actions = {"discovery.lua": found["discovery"].text, "definitions": definitions}
            data[f"{PREFIX}actions.{kind}"] = yaml.safe_dump(actions)
    metadata = {"name": "argocd-cm", "labels": {"app.kubernetes.io/part-of": "argocd"}}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def _ask(config: Path, case: Case) -> Answer:
    case = case.at(fixtures.now())  # Only now: all of them take a while.
    with tempfile.TemporaryDirectory(dir=config.parent) as folder:
        resource = Path(folder, "object.yaml")
        resource.write_text(json.dumps(case.obj), encoding="utf-8")
        verb = {"health": "health", "discovery": "list-actions", "action": "run-action"}[case.what]
        parameters = [word for name, value in case.parameters.items() for word in ("--param", f"{name}={value}")]
        name = [case.action] if case.action else []
        command = [
            "argocd",
            "--logformat=json",
            *OVERRIDES,
            verb,
            str(resource),
            *name,
            *parameters,
            f"--argocd-cm-path={config}",
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            # It leaves what it compares in the folder for such files.
            env={**os.environ, "KUBECTL_EXTERNAL_DIFF": SHOW, "TMPDIR": folder},
            check=False,
        )
    return Answer(case, {"error": _fatal(done.stderr)} if done.returncode else _read(case, done.stdout))


def _fatal(said: str) -> str:
    """Why it gave up, in its log; all of that where it does not say."""
    for line in said.splitlines():
        with contextlib.suppress(ValueError, AttributeError):
            entry = json.loads(line)
            if entry.get("level") == "fatal":
                return str(entry.get("msg"))
    return said.strip()


def _read(case: Case, text: str) -> Any:
    """The outcome that the command line printed; an error with all it said where that is no outcome."""
    if case.what == "health" and (answer := HEALTH.fullmatch(text)):
        return {"status": answer[1], "message": answer[2]}
    if case.what == "discovery" and text.startswith("NAME"):
        rows = [line.split() for line in text.splitlines()[1:]]
        return [{"name": name, "disabled": disabled == "true"} for name, disabled in rows]
    _, *pieces = PIECES.split(text)
    if case.what == "action" and pieces:
        return [
            {"operation": "patch" if "changed" in said else "create", "resource": parse(written)[0][0][1]}
            for said, written in zip(pieces[::2], pieces[1::2], strict=True)
        ]
    return {"error": text.strip()}
