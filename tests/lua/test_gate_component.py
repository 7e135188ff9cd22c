"""The scripts reach argocd-cm from their very files, with the values of gate.yaml in them, and disturb nothing else."""

import shutil
from pathlib import Path

import pytest
from conftest import build, of_kind
from lua.health_cases import GATE, gate, script, tree

OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: argocd
resources:
  - install.yaml
components:
  - ../lua
"""
# What upstream's manifest holds, as far as the gate can touch it.
INSTALL = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  labels:
    app.kubernetes.io/part-of: argocd
data:
  resource.exclusions: |
    - kinds: [Lease]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-rbac-cm
"""


@pytest.mark.parametrize("command", [("kustomize", "build"), ("kubectl", "kustomize")], ids=lambda words: words[0])
@pytest.mark.parametrize("mode", ["strict", "health", "off"])
def test_the_component_puts_the_scripts_into_argocd_cm(mode: str, command: tuple[str, str], tmp_path: Path) -> None:
    shutil.copytree(tree(mode), tmp_path / "lua")
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "kustomization.yaml").write_text(OVERLAY, encoding="utf-8")
    (overlay / "install.yaml").write_text(INSTALL, encoding="utf-8")

    found = of_kind("ConfigMap", build(overlay, *command))
    assert sorted(found) == ["argocd-cm", "argocd-rbac-cm"]
    data = found["argocd-cm"]["data"]
    assert data["resource.exclusions"] == "- kinds: [Lease]\n"
    for key in GATE:
        assert data[f"resource.customizations.health.{key.replace('/', '_')}"] == script(key, mode).text
    assert found["argocd-cm"]["metadata"]["labels"] == {"app.kubernetes.io/part-of": "argocd"}


@pytest.mark.parametrize("key", GATE)
def test_no_value_is_left_to_fill_in(key: str) -> None:
    text = script(key, "health").text
    first = next(line for line in text.splitlines() if not line.startswith("--"))
    assert first.startswith("local mode, bound")
    assert '= "health", "900"' in first
    assert not {"WAVE_GATE", "BOUND_SECONDS", "SETTLE_SECONDS"} & set(text.replace('"', " ").split())


def test_every_value_is_text() -> None:
    assert gate("off") == {"mode": "off", "bound-seconds": "900", "settle-seconds": "30"}
