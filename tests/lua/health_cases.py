"""The health scripts and their fixtures, read from where they lie, and the argocd command line that runs them, too."""

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from lua.sandbox import Verdict
from pairs import TEMPLATE

LUA = TEMPLATE / "<<cookiecutter.project_slug>>" / "infrastructure" / "controllers" / "argocd" / "lua"
GROUP = "argoproj.io"
KINDS = ("Application", "ApplicationSet")
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


class Case(NamedTuple):
    """One fixture: the file of an object and what its kind's script must answer."""

    kind: str
    path: Path
    expected: Verdict

    @property
    def phrase(self) -> str:
        """Its name as words: `ApplicationSet: waiting past bound`."""
        return f"{self.kind}: {self.path.stem.replace('-', ' ')}"


def cases(kind: str, group: str = GROUP) -> Iterator[Case]:
    """The fixtures of a kind, in the order of its health_test.yaml."""
    folder = LUA / group / kind
    for test in yaml.safe_load((folder / "health_test.yaml").read_text(encoding="utf-8"))["tests"]:
        expected = Verdict(test["healthStatus"]["status"], test["healthStatus"]["message"])
        yield Case(kind, folder / test["inputPath"], expected)


def now() -> datetime:
    """The time, to the second as Kubernetes writes it."""
    return datetime.now(timezone.utc)


def dated(text: str, moment: datetime) -> str:
    """The text with every `NOW-60s` replaced by that time, as Kubernetes writes times."""

    def past(match: re.Match[str]) -> str:
        return f"{moment - timedelta(seconds=int(match[1])):%Y-%m-%dT%H:%M:%SZ}"

    return re.sub(r"NOW-(\d+)s", past, text)


def dated_verdict(verdict: Verdict, moment: datetime) -> Verdict:
    """The verdict with the times of its message filled in."""
    return Verdict(verdict.status, dated(verdict.message, moment))


def gate(mode: str = "strict") -> dict[str, str]:
    """The values of gate.yaml as a repository generated with this `wave_gate` has them."""
    text = (LUA / "gate.yaml").read_text(encoding="utf-8").replace("<< cookiecutter.wave_gate >>", mode)
    data: dict[str, str] = yaml.safe_load(text)["data"]
    return data


def script(kind: str, mode: str = "strict") -> str:
    """A kind's health script with the values of gate.yaml in it, as it stands in argocd-cm."""
    values = gate(mode)
    text = (LUA / GROUP / kind / "health.lua").read_text(encoding="utf-8")
    for word, key in (("WAVE_GATE", "mode"), ("BOUND_SECONDS", "bound-seconds"), ("SETTLE_SECONDS", "settle-seconds")):
        text = text.replace(word, values[key])
    return text


def config_map(data: dict[str, str]) -> str:
    """argocd-cm, as YAML, with these lines."""
    metadata: dict[str, Any] = {"name": "argocd-cm", "labels": {"app.kubernetes.io/part-of": "argocd"}}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def ask_argocd(config: Path, resource: Path, zone: str) -> Verdict | str:
    """What `argocd admin settings resource-overrides health` answers; its whole output when that is no verdict.

    The exit code says nothing: it is 0 when no script was found.
    """
    command = [
        "argocd",
        "admin",
        "settings",
        "resource-overrides",
        "health",
        str(resource),
        f"--argocd-cm-path={config}",
    ]
    env = {**os.environ, "TZ": zone}
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    answer = re.search(r"^STATUS: (.*)\nMESSAGE: (.*)\n\Z", done.stdout, re.MULTILINE | re.DOTALL)
    return Verdict(answer[1], answer[2]) if answer else done.stdout
