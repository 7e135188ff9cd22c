"""The scripts for the kinds of generated operators answer as their fixtures say: in Lua 5.1 and in Argo CD's own."""

import functools
import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from gitops import operators
from gitops.lua import fixtures, runner
from gitops.lua.fixtures import Case
from lua.health_cases import outcome

MODELS = operators.MODELS / "lua"
CLASSES = sorted(folder.name for folder in MODELS.iterdir() if folder.is_dir())
ACTING = [name for name in CLASSES if (MODELS / name / "actions").is_dir()]
GROUP, KIND = "petstore.example.com", "Pet"
KEY = f"{GROUP}/{KIND}"
each_class = pytest.mark.parametrize("name", CLASSES)


@functools.cache
def tree(name: str) -> Path:
    """The scripts of a class and their tests, for a real kind. Do not change it."""
    root = Path(tempfile.mkdtemp())
    for file in (path for path in (MODELS / name).rglob("*") if path.is_file()):
        copy = root / KEY / file.relative_to(MODELS / name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8").replace("GROUP", GROUP).replace("KIND", KIND)
        copy.write_text(text, encoding="utf-8")
    return root


def cases(name: str, what: str) -> list[Case]:
    """The tests of a class, with the times that they have now."""
    return [case.at(fixtures.now()) for case in fixtures.cases(tree(name), KEY) if case.what == what]


@pytest.mark.parametrize("with_argocd", [False, True], ids=["embedded", "argocd"])
@each_class
def test_scripts_answer_as_the_fixtures_say(name: str, with_argocd: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    report = runner.run_kinds(tree(name), [KEY], (), with_argocd)
    assert len(report.results) > 5
    assert [result for result in report.results if not result.passed] == []
    assert {one.script: one.missed for one in report.coverage if one.missed} == {}


@each_class
def test_a_pause_is_no_difference(name: str, tmp_path: Path) -> None:
    (paused,) = (case.obj for case in cases(name, "health") if case.file.endswith("testdata/paused.yaml"))
    said = differences(tmp_path, paused)
    assert "paused: true" not in said.rpartition("kind:")[2]
    assert "paused: true" in said
    paused["spec"]["name"] = "Fluffy"
    assert "name: Fluffy" in differences(tmp_path, paused).rpartition("kind:")[2]


def differences(folder: Path, obj: dict[str, Any]) -> str:
    """What Argo CD compares of an object: the object, and what is left of it."""
    rule = (MODELS / "ignore-differences.yaml").read_text(encoding="utf-8")
    metadata = {"name": "argocd-cm", "labels": {"app.kubernetes.io/part-of": "argocd"}}
    data = {f"resource.customizations.ignoreDifferences.{GROUP}_{KIND}": rule}
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    config, resource = folder / "argocd-cm.yaml", folder / "object.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    resource.write_text(yaml.safe_dump(obj), encoding="utf-8")
    command = ["argocd", "admin", "settings", "resource-overrides", "ignore-differences", str(resource)]
    environment = {**os.environ, "KUBECTL_EXTERNAL_DIFF": "tail -q -n +1"}
    command.append(f"--argocd-cm-path={config}")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


@each_class
def test_every_fixture_is_a_test(name: str) -> None:
    assert {Path(case.file).name for case in cases(name, "health")} == {
        file.name for file in (MODELS / name / "testdata").iterdir()
    }


@pytest.mark.parametrize("name", ACTING)
def test_every_action_is_a_test(name: str) -> None:
    folder = MODELS / name / "actions"
    text = (folder / "action_test.yaml").read_text(encoding="utf-8")
    assert [file.name for file in (folder / "testdata").iterdir() if f"testdata/{file.name}\n" not in text] == []
    written = {script.parent.name for script in folder.glob("*/action.lua")}
    assert written == {case.action for case in cases(name, "action")}
    offered = [{one["name"]: one["disabled"] for one in case.expected} for case in cases(name, "discovery")]
    assert all(one.keys() == written for one in offered)
    assert {one[action] for one in offered for action in written} == {True, False}


# Each a mistake that is easily made, as what is replaced in a script; the fixtures must notice it.
FAULTS = [
    ("resource", "spec.paused == true", "false"),
    ("resource", "status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation", "false"),
    ("resource", "status.observedGeneration ~= nil and", ""),
    ("resource", ' or state == "NotFound"', ""),
    ("resource", "obj.spec or {}", "obj.spec"),
    ("resource", "obj.status or {}", "obj.status"),
    ("query", 'state == "Queried" or ', ""),
    ("query", ' or state == "Observed"', ""),
    ("action", ' or state == "Succeeded"', ""),
    ("action", 'state == "Completed" or ', ""),
    ("bundle", " or failed > 0", ""),
    ("bundle", "(summary.skipped or 0)", "0"),
    ("bundle", "pending == 0 and ", ""),
    ("bundle", "and synced == total", ""),
    ("bundle", "summary.failed or 0", "summary.failed"),
    ("aggregate", "aggregated.status or ", ""),
    ("aggregate", "aggregated.state or ", ""),
    ("aggregate", '(state == "" and failed > 0)', "failed > 0"),
    ("aggregate", "synced == total", "true"),
]


@pytest.mark.parametrize(("name", "old", "new"), FAULTS, ids=lambda text: text[:40])
def test_the_fixtures_notice(name: str, old: str, new: str) -> None:
    found = cases(name, "health")
    assert old in found[0].script.text, "this twin proves nothing"
    wrong = replace(found[0].script, text=found[0].script.text.replace(old, new))
    assert any(outcome(replace(case, script=wrong)) != case.expected for case in found)


@pytest.mark.parametrize("name", ["force-sync", "retry-failed"])
def test_actions_have_to_ask_for_the_clock(name: str) -> None:
    case = next(case for kind in ACTING for case in cases(kind, "action") if case.action == name)
    wrong = replace(case.script, text=case.script.text.replace('local os = require("os")\n', ""))
    assert "os" in outcome(replace(case, script=wrong))["error"]
