"""`./gitops bootstrap`, as far as it goes without a cluster; tests/e2e boots one with it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Bake
from gitops import bootstrap
from gitops.repository import Repository


def gitops(repository: Path, *words: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path, "KUBECONFIG": os.devnull}
    return subprocess.run(
        [sys.executable, "gitops", *words], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_dry_run_prints_the_readmes_commands(bake: Bake, environment: str) -> None:
    repository = bake()
    section = (repository / "README.md").read_text().split("## Boot a cluster", 1)[1]
    block = section.split("```sh\n", 1)[1].split("```", 1)[0]
    expected = block.replace("overlays/dev", f"overlays/{environment}").replace(
        "clusters/dev", f"clusters/{environment}"
    )
    done = gitops(repository, "bootstrap", environment, "--dry-run")
    assert (done.returncode, done.stdout) == (0, expected)


def test_the_context_is_part_of_every_command(bake: Bake) -> None:
    lines = gitops(bake(), "bootstrap", "dev", "--dry-run", "--context", "a b").stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("kubectl --context 'a b' ") for line in lines)


def test_an_unknown_cluster_is_wrong_usage(bake: Bake) -> None:
    done = gitops(bake(), "bootstrap", "nowhere")
    assert done.returncode == 2
    assert "there is no clusters/nowhere; there are dev, staging, prod" in " ".join(done.stderr.split())


def test_without_kubectl_nothing_is_tried(bake: Bake, tmp_path: Path) -> None:
    done = gitops(bake(), "bootstrap", "dev", "--yes", path=str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert "kubectl is not on PATH" in done.stderr


def application(name: str, sync: str, health: str, phase: str = "Succeeded", message: str = "") -> dict[str, Any]:
    status = {
        "sync": {"status": sync},
        "health": {"status": health},
        "operationState": {"phase": phase, "message": message},
    }
    return {"metadata": {"name": name}, "status": status}


def test_a_wave_says_what_it_waits_for(bake: Bake, monkeypatch: pytest.MonkeyPatch) -> None:
    (cluster,) = (each for each in Repository(bake(components="argocd")).clusters if each.name == "dev")
    live = [
        application("argocd", "Synced", "Healthy"),
        application("root", "OutOfSync", "Degraded", "Failed", "one object was refused"),
    ]
    monkeypatch.setattr(bootstrap.Kubectl, "run", lambda *_: json.dumps({"items": live}))
    first, last = bootstrap.waves(cluster, bootstrap.Kubectl(Path(), ""))
    assert (first.number, first.count, first.waiting) == (0, 1, {})
    assert (last.number, last.count) == (6, 2)
    assert last.waiting == {
        "root": "OutOfSync, Degraded: one object was refused",
        "platform-hello-world": "not started",
    }
