"""The gate's health scripts answer as their fixtures say: in Lua 5.1 and in Argo CD's own, wherever the clock hangs."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from lua.health_cases import (
    GROUP,
    KINDS,
    LUA,
    ZONES,
    Case,
    ask_argocd,
    cases,
    config_map,
    dated,
    dated_verdict,
    now,
    script,
)
from lua.sandbox import Run, Verdict, run
from lupa.lua51 import LuaError

CASES = [case for kind in KINDS for case in cases(kind)]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.phrase)
each_zone = pytest.mark.parametrize("zone", ZONES)
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this process, and with it embedded Lua, to a time zone for the length of a test."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def in_lua(case: Case, text: str) -> tuple[Verdict, Run]:
    """What the fixture asks for and what this script does in embedded Lua, both at the same moment."""
    moment = now()
    return dated_verdict(case.expected, moment), run(
        text, yaml.safe_load(dated(case.path.read_text(encoding="utf-8"), moment))
    )


def in_argocd(case: Case, scripts: dict[str, str], folder: Path, zone: str) -> tuple[Verdict, Verdict | str]:
    """What the fixture asks for and what the argocd command line answers, both at the same moment."""
    moment = now()
    folder.mkdir(exist_ok=True)
    config, resource = folder / "argocd-cm.yaml", folder / case.path.name
    lines = {f"resource.customizations.health.{GROUP}_{kind}": text for kind, text in scripts.items()}
    config.write_text(config_map(lines), encoding="utf-8")
    resource.write_text(dated(case.path.read_text(encoding="utf-8"), moment), encoding="utf-8")
    return dated_verdict(case.expected, moment), ask_argocd(config, resource, zone)


def fails_in_lua(case: Case, text: str) -> bool:
    """Whether the fixture notices that this script is wrong."""
    try:
        expected, done = in_lua(case, text)
    except LuaError:
        return True
    return done.verdict != expected


@each_zone
@each_case
def test_lua_answers_as_the_fixture_says(case: Case, zone: str, in_zone: Callable[[str], None]) -> None:
    in_zone(zone)
    expected, done = in_lua(case, script(case.kind))
    assert done.verdict == expected


@each_zone
@each_case
def test_argocd_answers_as_the_fixture_says(case: Case, zone: str, tmp_path: Path) -> None:
    expected, answer = in_argocd(case, {case.kind: script(case.kind)}, tmp_path, zone)
    assert answer == expected


@each_kind
def test_every_fixture_is_a_test(kind: str) -> None:
    folder = LUA / "argoproj.io" / kind / "testdata"
    assert [case.path for case in cases(kind)]
    assert {case.path for case in cases(kind)} == set(folder.iterdir())


@each_kind
def test_every_return_is_reached(kind: str) -> None:
    text = script(kind)
    returns = {number for number, line in enumerate(text.splitlines(), 1) if re.search(r"^\s*return\b", line)}
    assert len(returns) == len(re.findall(r"\breturn\b", text)), "a return that shares its line cannot be counted"
    reached = frozenset[int]().union(*(in_lua(case, text)[1].lines for case in cases(kind)))
    assert {number: text.splitlines()[number - 1] for number in returns - reached} == {}


@each_kind
@pytest.mark.parametrize(
    ("mode", "out_of_sync", "progressing"),
    [("strict", "Progressing", "Progressing"), ("health", "Healthy", "Progressing"), ("off", "Healthy", "Healthy")],
)
def test_an_object_without_the_annotation_has_the_default_mode(
    kind: str, mode: str, out_of_sync: str, progressing: str, tmp_path: Path
) -> None:
    names = {
        "Application": ("out-of-sync", "health-progressing"),
        "ApplicationSet": ("waiting-for-sync", "waiting-for-health"),
    }
    for name, expected in zip(names[kind], (out_of_sync, progressing), strict=True):
        [case] = [case for case in cases(kind) if case.path.stem == name]
        text = case.path.read_text(encoding="utf-8")
        plain = case._replace(path=tmp_path / "plain.yaml")
        plain.path.write_text(text.replace("  annotations:\n    gitops/wave-gate: strict\n", ""), encoding="utf-8")
        assert "wave-gate" not in plain.path.read_text(encoding="utf-8")
        verdict = in_lua(plain, script(kind, mode))[1].verdict
        assert verdict.status == expected
        assert in_argocd(plain, {kind: script(kind, mode)}, tmp_path / "asked", "UTC")[1] == verdict


# Each a mistake that is easily made, as what is replaced in the script; the fixtures must notice it.
UTC_TWICE = ('os.date("%Y-%m-%dT%H:%M:%SZ", os.time(now)', 'os.date("!%Y-%m-%dT%H:%M:%SZ", os.time()')
CLOSED_LIBRARY = ("moved < ", 'string.format("%s", moved) < ')
FAULTS = {
    "UTC asked for with a time given": UTC_TWICE,
    "the string library used": CLOSED_LIBRARY,
    "the annotation ignored": ('annotations["gitops/wave-gate"] or mode', "mode"),
    "the bound forgotten": ('moved ~= ""', "false"),
    "objects without times thrown out": ('moved ~= "" and ', ""),
    "Suspended waited for": ('health.status == "Suspended"|health == "Suspended"', "false"),
    "the message of a failure lost": ('failure.message|operation.message or "no message"', '"no message"'),
}
APPLICATION_FAULTS = {
    "one direction compared": ("within(a, b) and within(b, a)", "within(b, a)"),
    "the other direction compared": ("within(a, b) and within(b, a)", "within(a, b)"),
    "empty fields told apart": ('not a or a == "" or a == b', "a == b"),
    "the destination not compared": ("not same(spec.destination, compared.destination)", "false"),
    "every failed operation counted": ("(same(tried, {}) or same(tried, {sync.revision, sync.revisions}))", "true"),
    "failed operations without a result not counted": ("same(tried, {}) or ", ""),
    "self-heals counted as movement for ever": ("<= 5", "<= 1000"),
    "no self-heal counted as movement": ("<= 5", "<= 0"),
    "a queued operation not waited for": ("elseif queued then", "elseif false then"),
    "a queued operation bound to older times": ("if queued or entry", "if entry"),
    "waiting for itself": ('annotations["argocd.argoproj.io/tracking-id"] == own', "false"),
    "waiting for nothing that is tracked": (
        'annotations["argocd.argoproj.io/tracking-id"] == own',
        'annotations["argocd.argoproj.io/tracking-id"]',
    ),
    "disabled automation taken for automation": (" or automated.enabled == false", ""),
    "an unknown sync status let through": ('sync.status ~= "Synced" and sync.status ~= "OutOfSync"', "false"),
}
SET_FAULTS = {
    "no settling": ("applied > ago(settle)", "false"),
    "new sets settling": ("(applied ~= created or #children == 0)", "true"),
    "new sets never settling": ("applied ~= created or #children == 0", "applied ~= created"),
    "settling after anybody's change": ('elseif entry.manager == "argocd-controller" then', "else"),
    "the status' own times ignored": ('entry.subresource == "status"', "false"),
    "sync not looked at": ('sync == "Synced" or mode == "health"', "true"),
    "exemptions ignored": ('annotations[key] ~= "off" and ', ""),
    "any annotation exempting": ('annotations[key] ~= "off"', "annotations[key] == nil"),
    "the last that waits named": ("waits and reason == nil", "waits"),
    "a cut list believed": ("(status.resourcesCount or 0) > #children", "false"),
    "errors that are over counted": ('failure.status == "True"', "failure.status ~= nil"),
}
TWINS = [
    *((kind, fault, change) for kind in KINDS for fault, change in FAULTS.items()),
    *(("Application", fault, change) for fault, change in APPLICATION_FAULTS.items()),
    *(("ApplicationSet", fault, change) for fault, change in SET_FAULTS.items()),
]


def faulty(kind: str, change: tuple[str, str]) -> str:
    """The script with one of the texts (divided by |) replaced; the test is void when none is there."""
    text, (olds, new) = script(kind), change
    old = next((old for old in olds.split("|") if old in text), None)
    assert old is not None, f"{olds!r} is no longer in the script of {kind}: this twin proves nothing"
    return text.replace(old, new)


@pytest.mark.parametrize(("kind", "fault", "change"), TWINS, ids=[f"{kind}: {fault}" for kind, fault, _ in TWINS])
def test_the_fixtures_notice(kind: str, fault: str, change: tuple[str, str], in_zone: Callable[[str], None]) -> None:
    in_zone("Asia/Tokyo")
    assert any(fails_in_lua(case, faulty(kind, change)) for case in cases(kind))


@each_kind
@pytest.mark.parametrize(
    ("change", "zone"),
    [(UTC_TWICE, "Asia/Tokyo"), (UTC_TWICE, "America/New_York"), (CLOSED_LIBRARY, "UTC")],
    ids=["UTC asked for with a time given, in Tokyo", "the same in New York", "the string library used"],
)
def test_argocd_fails_as_embedded_lua_does(
    kind: str, change: tuple[str, str], zone: str, tmp_path: Path, in_zone: Callable[[str], None]
) -> None:
    in_zone(zone)
    text = faulty(kind, change)
    noticed = next(case for case in cases(kind) if fails_in_lua(case, text))
    expected, answer = in_argocd(noticed, {kind: text}, tmp_path, zone)
    assert answer != expected


@pytest.mark.parametrize(("zone", "hours"), [("UTC", {0}), ("Asia/Tokyo", {9}), ("America/New_York", {-5, -4})])
def test_this_machine_knows_the_time_zones(zone: str, hours: set[int], in_zone: Callable[[str], None]) -> None:
    in_zone(zone)
    assert time.localtime().tm_gmtoff // 3600 in hours


@pytest.mark.parametrize("library", ["string", "math", "io", "debug", "coroutine", "os", "python"])
def test_the_sandbox_closes(library: str) -> None:
    assert run(f'return {{status = "Healthy", message = type({library})}}', {}).verdict.message == "nil"


@pytest.mark.parametrize("call", ['("x"):lower()', 'require("os").clock()', 'require("string")'])
def test_the_sandbox_refuses(call: str) -> None:
    with pytest.raises(LuaError, match=r"attempt to|not found"):
        run(f'local _ = {call} return {{status = "Healthy"}}', {})


def test_the_sandbox_forgets_utc_when_a_time_is_given(in_zone: Callable[[str], None]) -> None:
    in_zone("Asia/Tokyo")
    text = 'return {status = "Healthy", message = require("os").date("!%H:%M", 0)}'
    assert run(text, {}).verdict.message == "09:00"


def test_the_sandbox_stops_a_script_that_does_not_end() -> None:
    with pytest.raises(LuaError, match="deadline"):
        run("while true do end", {}, limit=0.1)


def test_the_sandbox_calls_an_unknown_status_unknown() -> None:
    assert run('return {status = "Fine"}', {}).verdict.status == "Unknown"
    with pytest.raises(LuaError, match="expect table output"):
        run('return "Healthy"', {})
