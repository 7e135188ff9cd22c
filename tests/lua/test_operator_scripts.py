"""The scripts for the kinds of generated operators answer as their fixtures say: in Lua 5.1 and in Argo CD's own."""

import os
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from gitops import operators
from lua.health_cases import ask_argocd, dated, now
from lua.sandbox import Verdict, returned, run
from lupa.lua51 import LuaError

MODELS = operators.MODELS / "lua"
CLASSES = sorted(folder.name for folder in MODELS.iterdir() if folder.is_dir())
ACTING = [name for name in CLASSES if (MODELS / name / "actions").is_dir()]
GROUP, KIND = "petstore.example.com", "Pet"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Json = dict[str, Any]


def load(path: Path, moment: datetime | None = None) -> Json:
    """A fixture as an object of a real kind, at a moment."""
    text = path.read_text(encoding="utf-8").replace("GROUP", GROUP).replace("KIND", KIND)
    data: Json = yaml.safe_load(dated(text, moment or now()))
    return data


class Health(NamedTuple):
    """A fixture of a health script."""

    name: str
    path: Path
    expected: Verdict


class Action(NamedTuple):
    """A fixture of an action: an object before and after."""

    name: str
    action: str
    before: Path
    after: Path


class Discovery(NamedTuple):
    """A fixture of the list of actions: which of them are disabled."""

    name: str
    path: Path
    disabled: dict[str, bool]


def expectations(file: Path) -> Json:
    data: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


HEALTH = [
    Health(name, MODELS / name / test["inputPath"], Verdict(**test["healthStatus"]))
    for name in CLASSES
    for test in expectations(MODELS / name / "health_test.yaml")["tests"]
]
ACTIONS = [
    Action(
        name,
        test["action"],
        MODELS / name / "actions" / test["inputPath"],
        MODELS / name / "actions" / test["expectedOutputPath"],
    )
    for name in ACTING
    for test in expectations(MODELS / name / "actions" / "action_test.yaml")["actionTests"]
]
DISCOVERIES = [
    Discovery(
        name,
        MODELS / name / "actions" / test["inputPath"],
        {action["name"]: action["disabled"] for action in test["result"]},
    )
    for name in ACTING
    for test in expectations(MODELS / name / "actions" / "action_test.yaml")["discoveryTests"]
]
each_health = pytest.mark.parametrize("case", HEALTH, ids=lambda case: f"{case.name} {case.path.stem}")
each_action = pytest.mark.parametrize("case", ACTIONS, ids=lambda case: f"{case.name} {case.action} {case.before.stem}")
each_discovery = pytest.mark.parametrize("case", DISCOVERIES, ids=lambda case: f"{case.name} {case.path.stem}")


def script(name: str, path: str = "health.lua") -> str:
    return (MODELS / name / path).read_text(encoding="utf-8")


def config_map(tmp_path: Path, name: str) -> Path:
    """argocd-cm with all that a class has."""
    folder, key = MODELS / name, "resource.customizations"
    data = {
        f"{key}.health.{GROUP}_{KIND}": script(name),
        f"{key}.ignoreDifferences.{GROUP}_{KIND}": (MODELS / "ignore-differences.yaml").read_text(encoding="utf-8"),
    }
    if name in ACTING:
        data[f"{key}.actions.{GROUP}_{KIND}"] = operators.actions(folder / "actions")
    metadata = {"name": "argocd-cm", "labels": {"app.kubernetes.io/part-of": "argocd"}}
    path = tmp_path / "argocd-cm.yaml"
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}))
    return path


def ask(tmp_path: Path, name: str, obj: Json, verb: str, *arguments: str) -> str:
    """What `argocd admin settings resource-overrides` prints; of two objects, both as they are."""
    resource = tmp_path / "object.yaml"
    resource.write_text(yaml.safe_dump(obj), encoding="utf-8")
    command = ["argocd", "admin", "settings", "resource-overrides", verb, str(resource), *arguments]
    env = {**os.environ, "KUBECTL_EXTERNAL_DIFF": "tail -q -n +1"}
    command.append(f"--argocd-cm-path={config_map(tmp_path, name)}")
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return done.stdout


def timed(obj: Json) -> tuple[Json, list[str]]:
    """An object with its annotations' times taken out, and those times, which may be a second off."""
    times = []
    annotations = obj["metadata"].get("annotations", {})
    for key, value in annotations.items():
        if TIME.fullmatch(value):
            times.append(value)
            annotations[key] = "a time"
    return obj, times


def assert_same(found: Json, expected: Json) -> None:
    (one, when), (other, wanted) = timed(found), timed(expected)
    assert one == other
    for a, b in zip(when, wanted, strict=True):
        apart = datetime.fromisoformat(a.replace("Z", "+00:00")) - datetime.fromisoformat(b.replace("Z", "+00:00"))
        assert abs(apart) <= timedelta(seconds=5)


@each_health
def test_lua_answers_as_the_fixture_says(case: Health) -> None:
    assert run(script(case.name), load(case.path)).verdict == case.expected


@each_health
def test_argocd_answers_as_the_fixture_says(case: Health, tmp_path: Path) -> None:
    resource = tmp_path / "object.yaml"
    resource.write_text(yaml.safe_dump(load(case.path)), encoding="utf-8")
    assert ask_argocd(config_map(tmp_path, case.name), resource, "Asia/Tokyo") == case.expected


@each_discovery
def test_lua_offers_what_the_fixture_says(case: Discovery) -> None:
    found, _ = returned(script(case.name, "actions/discovery.lua"), load(case.path))
    assert {name: action["disabled"] for name, action in found.items()} == case.disabled


@each_discovery
def test_argocd_offers_what_the_fixture_says(case: Discovery, tmp_path: Path) -> None:
    _, *rows = ask(tmp_path, case.name, load(case.path), "list-actions").splitlines()
    assert {name: disabled == "true" for name, disabled in map(str.split, rows)} == case.disabled


@each_action
def test_lua_acts_as_the_fixture_says(case: Action) -> None:
    moment = now()
    found, _ = returned(script(case.name, f"actions/{case.action}/action.lua"), load(case.before, moment))
    assert_same(found, load(case.after, moment))


@each_action
def test_argocd_acts_as_the_fixture_says(case: Action, tmp_path: Path) -> None:
    moment = now()
    before, after = load(case.before, moment), load(case.after, moment)
    said = ask(tmp_path, case.name, before, "run-action", case.action)
    found = said.removeprefix("Following fields have been changed:\n\n").removeprefix(yaml.safe_dump(before))
    assert found != said, said
    assert_same(yaml.load(found, Loader=yaml.BaseLoader), yaml.load(yaml.safe_dump(after), Loader=yaml.BaseLoader))


@pytest.mark.parametrize("name", CLASSES)
def test_a_pause_is_no_difference(name: str, tmp_path: Path) -> None:
    paused = load(MODELS / name / "testdata/paused.yaml")
    said = ask(tmp_path, name, paused, "ignore-differences")
    assert "paused: true" not in said.rpartition("kind:")[2]
    assert "paused: true" in said
    paused["spec"]["name"] = "Fluffy"
    assert "name: Fluffy" in ask(tmp_path, name, paused, "ignore-differences").rpartition("kind:")[2]


@pytest.mark.parametrize("name", CLASSES)
def test_every_fixture_is_a_test_and_every_return_is_reached(name: str) -> None:
    own = [case for case in HEALTH if case.name == name]
    assert {case.path for case in own} == set((MODELS / name / "testdata").iterdir())
    text = script(name)
    returns = {number for number, line in enumerate(text.splitlines(), 1) if re.search(r"^\s*return\b", line)}
    reached = frozenset[int]().union(*(run(text, load(case.path)).lines for case in own))
    assert returns - reached == set()


@pytest.mark.parametrize("name", ACTING)
def test_every_action_is_a_test(name: str) -> None:
    folder = MODELS / name / "actions"
    files = {path for case in ACTIONS if case.name == name for path in (case.before, case.after)}
    files |= {case.path for case in DISCOVERIES if case.name == name}
    assert files == set((folder / "testdata").iterdir())
    written = {script.parent.name for script in folder.glob("*/action.lua")}
    assert written == {case.action for case in ACTIONS if case.name == name}
    assert all(case.disabled.keys() == written for case in DISCOVERIES if case.name == name)
    assert {case.disabled[action] for case in DISCOVERIES if case.name == name for action in written} == {True, False}


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
    assert old in script(name), "this twin proves nothing"
    noticed = 0
    for case in HEALTH:
        if case.name == name:
            try:
                noticed += run(script(name).replace(old, new), load(case.path)).verdict != case.expected
            except LuaError:
                noticed += 1
    assert noticed


@pytest.mark.parametrize("name", ["force-sync", "retry-failed"])
def test_actions_have_to_ask_for_the_clock(name: str) -> None:
    owner = next(case for case in ACTIONS if case.action == name)
    text = script(owner.name, f"actions/{name}/action.lua")
    with pytest.raises(LuaError, match="os"):
        returned(text.replace('local os = require("os")\n', ""), load(owner.before))
