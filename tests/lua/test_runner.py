"""./gitops test lua tells what failed, why, and what no test reaches; and the documentation's example passes it."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from commands import edit, gitops
from conftest import Bake
from gitops import packages
from gitops.lua import embedded, fixtures, runner

LUA = "infrastructure/controllers/argocd/lua"
WIDGET = f"{LUA}/example.com/Widget"
# The default, which the whole session shares, without what is not looked at here.
ANSWERS = {"profile": "minimal", "environments": "dev"}


@pytest.fixture
def repository(copy: Bake, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository on a machine without argocd, with the documentation's example in it."""
    elsewhere = [folder for folder in os.environ["PATH"].split(os.pathsep) if not Path(folder, "argocd").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(elsewhere))
    repository = copy(**ANSWERS)
    page = (repository / "docs/health-checks.md").read_text(encoding="utf-8")
    script, ready, tests, line, *_ = re.findall(r"```\w+\n(.*?)```", page, re.DOTALL)
    (repository / WIDGET / "testdata").mkdir(parents=True)
    for file, text in {"health.lua": script, "testdata/ready.yaml": ready, "health_test.yaml": tests}.items():
        (repository / WIDGET / file).write_text(text, encoding="utf-8")
    edit(repository / LUA / "kustomization.yaml", "    files:\n", f"    files:\n{line}")
    return repository


def test_the_example_of_the_documentation_passes(repository: Path) -> None:
    run = gitops(repository, "test", "lua", WIDGET)
    assert run.returncode == 0, run.stdout + run.stderr
    head, row, _, last = run.stdout.splitlines()
    assert head.split() == ["SCRIPT", "TESTS", "FAILED", "LINES", "NOT", "REACHED"]
    # What the example's one object does not reach: no status, a failure, not ready yet.
    assert row.split(maxsplit=4) == ["example.com/Widget/health.lua", "1", "0", "3/6", "4, 9, 17"]
    assert last == "1 test passed in embedded Lua 5.1"
    assert gitops(repository, "validate", GITOPS_REQUIRE_KUSTOMIZE="0").returncode == 0


def test_a_failure_is_shown_as_a_difference(repository: Path) -> None:
    edit(repository / WIDGET / "health_test.yaml", "message: Ready", "message: Steady")
    run = gitops(repository, "test", "lua", f"{WIDGET}/health.lua")
    assert run.returncode == 1
    assert f"{WIDGET.removeprefix(LUA)[1:]}/testdata/ready.yaml: health of example.com/Widget" in run.stdout
    assert {"-message: Steady", "+message: Ready", "1 of 1 tests failed in embedded Lua 5.1"} <= {
        *run.stdout.splitlines()
    }


def test_json_is_for_programs(repository: Path) -> None:
    report = json.loads(gitops(repository, "test", "lua", "--json").stdout)
    assert report["engine"] == "embedded Lua 5.1"
    assert len(report["results"]) > 90
    assert {result["passed"] for result in report["results"]} == {True}
    (widget,) = [one for one in report["coverage"] if one["script"].startswith("example.com/")]
    assert widget["missed"] == [4, 9, 17]


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("health_test.yaml", "testdata/ready.yaml", "testdata/gone.yaml", "gone.yaml cannot be read"),
        ("health_test.yaml", "tests:", "tests: [", "health_test.yaml: "),
        ("testdata/ready.yaml", "kind: Widget", "kind: Gadget", "ready.yaml is of example.com/Gadget"),
    ],
    ids=["fixture that is missing", "tests that are no YAML", "object of another kind"],
)
def test_what_cannot_be_run_is_named(repository: Path, file: str, old: str, new: str, reason: str) -> None:
    edit(repository / WIDGET / file, old, new)
    run = gitops(repository, "test", "lua", WIDGET)
    assert run.returncode == 3
    assert reason in run.stderr
    assert str(repository) not in run.stderr


def test_a_place_without_scripts_is_wrong_usage(repository: Path) -> None:
    run = gitops(repository, "test", "lua", "clusters")
    assert run.returncode == 2
    assert "nothing there has tests" in run.stderr


def test_libraries_are_open_where_argocd_cm_opens_them(repository: Path) -> None:
    edit(repository / WIDGET / "health.lua", "-- Is this", 'string.format("")\n-- Is this')
    assert gitops(repository, "test", "lua", WIDGET).returncode == 1
    setting = '  resource.customizations.useOpenLibs.example.com_Widget: "true"\n'
    edit(repository / f"{LUA}/../base/argocd-cm.yaml", "\ndata:\n", f"\ndata:\n{setting}")
    run = gitops(repository, "test", "lua", WIDGET)
    assert run.returncode == 0, run.stdout


def test_actions_are_run_by_both_engines(tmp_path: Path) -> None:
    folder = tmp_path / "example.com/Widget"
    for file, text in {
        "actions/discovery.lua": "if obj.spec.paused then return {} end\nreturn {pause = {}}\n",
        "actions/pause/action.lua": 'local os = require("os")\nobj.spec.paused = true\n'
        'obj.metadata.annotations = {at = os.date("!%Y-%m-%dT%H:%M:%SZ")}\nreturn obj\n',
        "actions/testdata/running.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\nspec: {}\n",
        "actions/testdata/paused.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\n"
        '  annotations:\n    at: "NOW-0s"\nspec:\n  paused: true\n',
        "actions/action_test.yaml": "discoveryTests:\n  - inputPath: testdata/running.yaml\n    result:\n"
        "      - name: pause\n  - inputPath: testdata/paused.yaml\n    result: []\nactionTests:\n  - action: pause\n"
        "    inputPath: testdata/running.yaml\n    expectedOutputPath: testdata/paused.yaml\n",
    }.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    keys = fixtures.kinds(tmp_path)
    assert keys == ["example.com/Widget"]
    for with_argocd in (False, True):
        report = runner.run_kinds(tmp_path, keys, (), with_argocd)
        assert [result.test for result in report.results] == ["discovery", "discovery", "pause"]
        assert [result for result in report.results if not result.passed] == []
        assert [one.missed for one in report.coverage] == [[], []]
    # The twin: an action that says it elsewhere.
    edit(folder / "actions/pause/action.lua", "{at =", "{on =")
    for with_argocd in (False, True):
        failed = [one.test for one in runner.run_kinds(tmp_path, keys, (), with_argocd).results if not one.passed]
        assert failed == ["pause"]


def test_without_embedded_lua_argocd_is_enough(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise packages.NotInstalled("no index is in reach")

    monkeypatch.setattr(embedded, "ask", refuse)
    shutil.copytree(repository / WIDGET, tmp_path / "lua/example.com/Widget")
    keys = ["example.com/Widget"]
    with pytest.raises(packages.NotInstalled):
        runner.run_kinds(tmp_path / "lua", keys, (), with_argocd=False)
    monkeypatch.undo()
    monkeypatch.setattr(embedded, "ask", refuse)
    report = runner.run_kinds(tmp_path / "lua", keys, (), with_argocd=True)
    assert report.passed
    assert len(report.results) == 1
    assert report.coverage == []
    assert "not known: no index is in reach" in report.notes[0]
