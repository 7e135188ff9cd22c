"""Argo CD's own scripts pass their own tests in embedded Lua; and those of its kinds that it checks are known."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gitops.lua import built_in, fixtures, runner
from gitops.lua.fixtures import Case
from lua import upstream
from lua.health_cases import outcome

# Argo CD opens all libraries to its own health checks; these would fail in argocd-cm without useOpenLibs.
NEED_OPEN_LIBRARIES = {
    "*.cnrm.cloud.google.com/*",
    "apps.kruise.io/AdvancedCronJob",
    "core.spinkube.dev/SpinApp",
    "kubernetes-client.io/ExternalSecret",
    "microgateway.airlock.com/*",
    "minio.min.io/Tenant",
    "opentelemetry.io/OpenTelemetryCollector",
    "promoter.argoproj.io/ChangeTransferPolicy",
    "promoter.argoproj.io/PromotionStrategy",
}


def cases(opened: bool) -> Iterator[Case]:
    """Their tests. As there, the object and not the folder says which script it is for."""
    root = upstream.scripts()
    keys = fixtures.kinds(root)
    for key in keys:
        for case in fixtures.cases(root, key, keys if opened else ()):
            own = fixtures.kind_of(case.obj)
            if case.what == "health" and own != key and own in keys:
                case = replace(case, script=fixtures.scripts(root, own, keys if opened else ())["health"])
            yield case


def test_health_checks_pass_with_open_libraries() -> None:
    tests = [case for case in cases(opened=True) if case.what == "health"]
    assert len(tests) > 1300
    assert [(case.file, found) for case in tests if (found := outcome(case)) != case.expected] == []


def test_health_checks_pass_in_the_sandbox_but_for_those_that_need_open_libraries() -> None:
    failed = {case.key for case in cases(opened=False) if case.what == "health" and outcome(case) != case.expected}
    assert {key.replace("_", "*") for key in failed} == NEED_OPEN_LIBRARIES


def test_discoveries_pass_in_the_sandbox() -> None:
    tests = [case for case in cases(opened=False) if case.what == "discovery"]
    assert len(tests) > 90
    assert [(case.file, found) for case in tests if (found := outcome(case)) != case.expected] == []


def test_actions_pass_in_the_sandbox() -> None:
    tests = [case for case in cases(opened=False) if case.what == "action"]
    assert len(tests) > 110
    assert [(case.file, case.action) for case in tests if not _as_expected(case)] == []


def _as_expected(case: Case) -> bool:
    """Compared as upstream does: what the file does not name, when it was and names made of the time do not count."""
    found = outcome(case)
    if isinstance(found, dict) or isinstance(case.expected, dict):
        return bool(found == case.expected)
    return len(found) == len(case.expected) and all(
        ours["operation"] == theirs["operation"] and _holds(ours["resource"], _plain(theirs["resource"]))
        for ours, theirs in zip(found, case.expected, strict=True)
    )


def _plain(resource: dict[str, Any]) -> dict[str, Any]:
    """An expected object without what differs by accident: it was taken from a cluster later than its twin."""
    if resource["kind"] == "Deployment":
        metadata = {k: v for k, v in resource["metadata"].items() if k not in ("creationTimestamp", "generation")}
        return {key: value for key, value in {**resource, "metadata": metadata}.items() if key != "status"}
    return resource


def _holds(found: Any, expected: Any) -> bool:
    """Whether `found` has all of `expected`; Lua's empty table is an empty list and an empty mapping."""
    if isinstance(expected, dict):
        return isinstance(found, (dict, list)) and all(
            value is None or (_holds(found[key], value) if isinstance(found, dict) and key in found else not value)
            for key, value in expected.items()
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_holds, found, expected))
    if isinstance(expected, str):
        return _timeless(str(found)) == _timeless(expected)
    return bool(found == expected)


def _timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?|-\d{10,12}$", "(time)", text)


def test_the_list_of_kinds_that_argocd_checks_is_made_from_its_source() -> None:
    written = built_in.FILE.read_text(encoding="utf-8")
    assert written == upstream.built_in(), f"cd tests && python -m lua.upstream > {built_in.FILE}"
    assert built_in.has_health("cert-manager.io/Certificate")
    assert built_in.has_health("ec2.services.k8s.aws/VPC")
    assert built_in.has_health("Pod")
    assert not built_in.has_health("example.com/Widget")


def test_lines_of_upstreams_scripts_are_counted() -> None:
    root = upstream.scripts()
    key = "cert-manager.io/Certificate"
    report = runner.run_kinds(root, [key], {key}, with_argocd=False)
    assert report.passed
    assert [(one.script, one.lines > 5) for one in report.coverage] == [(f"{key}/health.lua", True)]
