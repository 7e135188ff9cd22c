"""What the policies of a repository ask of whom: they refuse in production only, and a restore check fails open."""

from typing import Any

import pytest
import yaml
from conftest import Bake, Object, environments
from pairs import TEMPLATE

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
POLICIES = "infrastructure/kyverno-policies"


def values(bake: Bake, component: str, **answers: str) -> dict[str, Any]:
    """What all environments share of a component's values."""
    text = (bake(**answers) / f"infrastructure/{component}/values.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def restore_checks(bake: Bake, **answers: str) -> list[Object]:
    """The policies that change volume claims."""
    return [
        policy
        for policy in values(bake, "kyverno-policies", **answers).get("customPolicies", ())
        if policy["spec"]["matchConstraints"]["resourceRules"][0]["resources"] == ["persistentvolumeclaims"]
    ]


def test_pods_are_refused_in_production_only(bake: Bake) -> None:
    repository = bake()
    shared = values(bake, "kyverno-policies")["validationFailureAction"]
    actions = {}
    for environment in environments(repository):
        text = (repository / POLICIES / f"overlays/{environment}/values.yaml").read_text(encoding="utf-8")
        actions[environment] = yaml.safe_load(text).get("validationFailureAction", shared)
    assert actions == {"dev": "Audit", "staging": "Audit", "prod": "Enforce"}


@pytest.mark.parametrize("profile", ["standard", "full"])
def test_nothing_of_the_platform_is_refused(bake: Bake, profile: str) -> None:
    excluded = values(bake, "kyverno-policies", profile=profile)["vpolExclude"]["excludeNamespaces"]
    sections = [bake(profile=profile) / section for section in ("infrastructure", "monitoring")]
    chosen = {path.parent.name for section in sections for path in section.rglob("component.yaml")}
    assert set(excluded) == {CATALOGUE[component]["namespace"] for component in chosen} | {"kube-system"}


def test_the_restore_check_fails_open_and_asks_who_answers(bake: Bake) -> None:
    (policy,) = restore_checks(bake, components="+pvc-plumber")
    assert policy["spec"]["failurePolicy"] == "Ignore"
    assert policy["spec"]["matchConstraints"]["resourceRules"][0]["operations"] == ["CREATE"]
    (port,) = values(bake, "pvc-plumber", components="+pvc-plumber")["service"]["ports"]
    address = f"http://pvc-plumber.{CATALOGUE['pvc-plumber']['namespace']}.svc:{port['port']}/exists/"
    assert [variable["expression"].count(address) for variable in policy["spec"]["variables"]] == [1]


def test_nobody_is_asked_where_nobody_answers(bake: Bake) -> None:
    assert restore_checks(bake) == []
