"""The sandbox is Argo CD's: the same names are open, the same are closed, and it makes the same of what comes back."""

import time
from typing import Any

import pytest
from gitops.lua import argocd, sandbox
from gitops.lua.fixtures import Case, Script
from lua.health_cases import outcome

OBJECT: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Widget",
    "metadata": {"name": "one", "annotations": {}, "labels": {"a": "b"}},
    "spec": {"replicas": 3, "list": [1, None, 2], "empty": {}, "on": True, "share": 0.5},
}
NAMES = """
local found = {}
for _, library in ipairs({"_G", "table", "package"}) do
  for name in pairs(_G[library]) do
    found[#found + 1] = library .. "." .. name
  end
end
table.sort(found)
return {status = "Healthy", message = table.concat(found, " ")}
"""
GOPHER_ONLY = {"_G._GOPHER_LUA_VERSION", "_G._printregs", "_G.channel"}


def case(text: str, what: str = "health", *, opened: bool = False, **parameters: str) -> Case:
    name = "act" if what == "action" else ""
    return Case("example.com/Widget", what, Script("a.lua", text, opened), "a.yaml", OBJECT, None, name, parameters)


def in_argocd(case: Case) -> Any:
    name = {"health": "health", "discovery": "discovery", "action": "action/act"}[case.what]
    scripts = {"discovery": Script("d.lua", "return {}"), name: case.script}
    return argocd.ask([case], {case.key: scripts})[0].outcome


@pytest.mark.parametrize("opened", [False, True], ids=["closed", "open"])
def test_the_same_names_are_there(opened: bool) -> None:
    probe = case(NAMES, opened=opened)
    ours, theirs = set(outcome(probe)["message"].split()), set(in_argocd(probe)["message"].split())
    assert ours == theirs - GOPHER_ONLY
    assert ("_G.string" in ours) == opened


@pytest.mark.parametrize(
    "text",
    [
        'return {status = "Healthy", message = "yes"}',
        'return {status = "Healthy"}',
        "return {}",
        "return {1, 2}",
        'return {message = "no status"}',
        'return {status = "Fine", message = "no such status"}',
        'return {status = "Healthy", message = 5}',
        'return "Healthy"',
        "local x",
        "error('on purpose', 0)",
        "local _ = obj.status.phase",
        "return {status = 'Healthy', message = ('x'):upper()}",
        "return {status = 'Healthy', message = type(require('os').clock)}",
        "return {status = 'Healthy', message = require('os').date('!%Y', 0) .. '%Q'}",
        "return {status = 'Healthy', message = obj.spec.replicas .. ' ' .. #obj.spec.list .. obj.spec.share}",
        "for i = 1, 3 do if i == 2 then goto next end ::next:: end return {status = 'Healthy', message = 'goto'}",
    ],
)
def test_both_say_the_same_of_health(text: str) -> None:
    ours, theirs = outcome(case(text)), in_argocd(case(text))
    if "error" in ours:
        assert theirs.keys() == {"error"}
        assert "Health script is not configured" not in theirs["error"]
    else:
        assert ours == theirs


@pytest.mark.parametrize(
    "text",
    [
        "return {}",
        "return {pause = {}, resume = {disabled = true}, retry = {disabled = false, iconClass = 'x'}}",
        "return {pause = {disabled = obj.spec.on}}",
    ],
)
def test_both_discover_the_same_actions(text: str) -> None:
    assert outcome(case(text, "discovery")) == in_argocd(case(text, "discovery"))


@pytest.mark.parametrize(
    "text",
    [
        "obj.spec.replicas = tonumber(actionParams.replicas) return obj",
        "obj.metadata.labels = {} return obj",
        "obj.metadata.annotations = nil return obj",
        "return {{operation = 'create', resource = {apiVersion = 'v1', kind = 'Pod', metadata = {name = 'new'}}}, "
        "{operation = 'patch', resource = obj}}",
        "error('not now', 0)",
    ],
)
def test_both_act_the_same(text: str) -> None:
    asked = case(text, "action", replicas="5")
    assert outcome(asked) == in_argocd(asked)


def run(text: str, limit: float = 1) -> sandbox.Run:
    return sandbox.run(text, OBJECT, limit=limit)


def test_a_script_that_does_not_end_is_stopped() -> None:
    start = time.monotonic()
    assert "deadline" in str(run("while true do end", limit=0.1).error)
    assert time.monotonic() - start < 30


def test_nothing_of_python_is_in_reach() -> None:
    for opened in (False, True):
        done = sandbox.run("return {type(python), type(jit)}", OBJECT, open_libraries=opened)
        assert done.value == ["nil", "nil"]


def test_lines_are_those_that_were_reached() -> None:
    assert run("local a = 1\nif a == 2 then\n  a = 3\nend\nreturn {}").lines == {1, 2, 5}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("return {1, x = 2}", "mixed or invalid key types"),
        ("return {[3] = 2}", "sparse array"),
        ("local t = {} t.t = t return t", "recursively nested"),
        ("return {f = print}", "cannot encode function"),
    ],
)
def test_what_is_no_json_is_an_error(text: str, why: str) -> None:
    assert why in str(run(text).error)
