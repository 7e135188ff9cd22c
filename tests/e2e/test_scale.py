"""A repository of 300 apps boots on one machine; what that takes is written into benchmarks/."""

from __future__ import annotations

import json
import os
import platform
import re
import time
import urllib.request
from collections.abc import Callable

import pytest
import yaml
from installation import TEMPLATE, Installation

EACH = 100
PARAMETERS = "infrastructure/controllers/argocd/base/parameters.env"
FLAG = "applicationsetcontroller.enable.progressive.syncs=true"


def many_apps() -> dict[str, str | None]:
    """Return the files of 100 apps in each of the three areas: path -> text; each app is one ConfigMap."""
    files: dict[str, str | None] = {}
    for number in range(EACH):
        for area in ("infrastructure", "monitoring"):
            name = f"{area[:5]}-{number}"
            folder = f"{area}/{name}/overlays/dev"
            files |= overlay(folder, name, yaml.safe_dump({"name": name, "namespace": "kube-system"}))
        files |= overlay(f"my-apps/platform/app-{number}/overlays/dev", f"app-{number}", "{}\n")
    return files


def overlay(folder: str, name: str, app: str) -> dict[str, str | None]:
    """Return the files of one overlay."""
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"name": name}}
    return {
        f"{folder}/app.yaml": app,
        f"{folder}/kustomization.yaml": "resources: [config.yaml]\n",
        f"{folder}/config.yaml": yaml.safe_dump(config),
    }


def counter(port: int, name: str) -> int:
    """Return the sum of a counter over its labels, from a program's own metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return int(sum(float(value) for value in re.findall(rf"^{name}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)))


@pytest.mark.parametrize("progressive", [True, False], ids=["progressive syncs", "no progressive syncs"])
def test_300_apps_boot(
    install: Callable[..., Installation], progressive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Go's default, as in a cluster: who collects garbage rarely needs twice the memory.
    monkeypatch.setenv("GOGC", "100")
    # Without the flag a wave would be noticed minutes late; what is compared is the work, so nothing waits.
    installation = install(answers={"profile": "minimal", "wave_gate": "strict" if progressive else "off"})
    files = many_apps()
    if not progressive:
        text = installation.repository.read(PARAMETERS)
        assert FLAG in text
        files[PARAMETERS] = text.replace(FLAG, FLAG.replace("true", "false"))
    installation.repository.commit("300 apps", files)
    begun = time.monotonic()
    installation.boot()
    installation.wait_ready(timeout=1200)
    took = time.monotonic() - begun
    metrics = installation.argocd.metrics
    result = {
        "argocd": installation.tools.version,
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "applications": len(installation.expected()),
        "progressive syncs": progressive,
        "seconds": round(took),
        "reconciles": {
            "applications": counter(metrics["controller"], "argocd_app_reconcile_count"),
            "applicationsets": counter(metrics["applicationset"], "argocd_appset_reconcile_count"),
        },
        "MiB": {
            load.name: load.process.memory() // 2**20
            for load in installation.argocd.workloads
            if load.process is not None
        },
    }
    print(json.dumps(result, indent=2))
    folder = TEMPLATE / "benchmarks"
    folder.mkdir(exist_ok=True)
    name = f"boot-300-{'with' if progressive else 'without'}-progressive-syncs.json"
    (folder / name).write_text(json.dumps(result, indent=2) + "\n")
