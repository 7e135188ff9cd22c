"""The health scripts answer as their fixtures say: in Lua 5.1 and in Argo CD's own, wherever the clock hangs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gitops.lua import argocd, fixtures, runner
from gitops.lua.fixtures import Case
from lua.health_cases import GATE, cases, outcome, script, tree

KINDS = fixtures.kinds(tree())
each_kind = pytest.mark.parametrize("key", KINDS)
each_gate = pytest.mark.parametrize("key", GATE)


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Moves this process, and with it embedded Lua, to a time zone for the length of a test."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def failures(report: runner.Report) -> list[runner.Result]:
    assert len(report.results) > 90
    return [result for result in report.results if not result.passed]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_embedded_lua_answers_as_the_fixtures_say(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    assert failures(runner.run_kinds(tree(), KINDS, (), with_argocd=False)) == []


def test_argocd_answers_as_the_fixtures_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    report = runner.run_kinds(tree(), KINDS, (), with_argocd=True)
    assert report.engine == "argocd"
    assert failures(report) == []


@each_kind
def test_every_line_is_reached(key: str) -> None:
    found = runner.run_kinds(tree(), [key], (), with_argocd=False).coverage
    assert found
    assert {one.script: one.missed for one in found if one.missed} == {}
    assert min(one.lines for one in found) > 0


@each_kind
def test_every_fixture_is_a_test(key: str) -> None:
    found = {case.file for case in cases(key)}
    assert found
    assert found == {file.relative_to(tree()).as_posix() for file in (tree() / key / "testdata").iterdir()}


@each_gate
@pytest.mark.parametrize(
    ("mode", "out_of_sync", "progressing"),
    [("strict", "Progressing", "Progressing"), ("health", "Healthy", "Progressing"), ("off", "Healthy", "Healthy")],
)
def test_an_object_without_the_annotation_has_the_default_mode(
    key: str, mode: str, out_of_sync: str, progressing: str
) -> None:
    names = {
        "argoproj.io/Application": ("out-of-sync", "health-progressing"),
        "argoproj.io/ApplicationSet": ("waiting-for-sync", "waiting-for-health"),
    }
    for name, expected in zip(names[key], (out_of_sync, progressing), strict=True):
        [case] = [case for case in cases(key) if Path(case.file).stem == name]
        assert case.obj["metadata"]["annotations"].pop("gitops/wave-gate") == "strict"
        plain = replace(case, script=script(key, mode))
        found = outcome(plain)
        assert found["status"] == expected
        assert argocd.ask([plain], {key: {"health": plain.script}})[0].outcome == found


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
    "what is healthy by now not believed": ("and failed_by_health_alone()", "and false"),
    "a sync that left something out forgotten": ('sync.status == "Synced" and failed_by', "failed_by"),
    "a hook that failed forgotten": ('(resource.hookType or "") ~= ""', "false"),
    "a failure of nobody's health forgotten": ("return found", "return true"),
    "self-heals counted as movement for ever": ("<= 5", "<= 1000"),
    "no self-heal counted as movement": ("<= 5", "<= 0"),
    "an operation that is retried in vain waited for": (" and (operation.retryCount or 0) > 0", " and false"),
    "the first attempt not waited for": (" and (operation.retryCount or 0) > 0", ""),
    "a retry that goes well not waited for": ('running and health.status == "Degraded" and', "running and"),
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
    *((key, fault, change) for key in GATE for fault, change in FAULTS.items()),
    *((GATE[0], fault, change) for fault, change in APPLICATION_FAULTS.items()),
    *((GATE[1], fault, change) for fault, change in SET_FAULTS.items()),
]


def faulty(key: str, change: tuple[str, str]) -> list[Case]:
    """The tests, with one of the texts (divided by |) replaced in the script; void when none is there."""
    found, (olds, new) = cases(key), change
    text = found[0].script.text
    old = next((old for old in olds.split("|") if old in text), None)
    assert old is not None, f"{olds!r} is no longer in the script of {key}: this twin proves nothing"
    wrong = replace(found[0].script, text=text.replace(old, new))
    return [replace(case, script=wrong) for case in found]


@pytest.mark.parametrize(("key", "fault", "change"), TWINS, ids=[f"{key}: {fault}" for key, fault, _ in TWINS])
def test_the_fixtures_notice(key: str, fault: str, change: tuple[str, str], in_zone: Callable[[str], None]) -> None:
    in_zone("Asia/Tokyo")
    assert any(outcome(case) != case.expected for case in faulty(key, change))


@each_gate
@pytest.mark.parametrize(
    ("change", "zone"),
    [(UTC_TWICE, "Asia/Tokyo"), (UTC_TWICE, "America/New_York"), (CLOSED_LIBRARY, "UTC")],
    ids=["UTC asked for with a time given, in Tokyo", "the same in New York", "the string library used"],
)
def test_argocd_fails_as_embedded_lua_does(
    key: str, change: tuple[str, str], zone: str, in_zone: Callable[[str], None]
) -> None:
    in_zone(zone)
    noticed = next(case for case in faulty(key, change) if outcome(case) != case.expected)
    assert argocd.ask([noticed], {key: {"health": noticed.script}})[0].outcome != noticed.expected


@pytest.mark.parametrize(("zone", "hours"), [("UTC", {0}), ("Asia/Tokyo", {9}), ("America/New_York", {-5, -4})])
def test_this_machine_knows_the_time_zones(zone: str, hours: set[int], in_zone: Callable[[str], None]) -> None:
    in_zone(zone)
    assert time.localtime().tm_gmtoff // 3600 in hours
