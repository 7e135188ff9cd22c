"""A cluster boots from the README's commands alone, in the order that the files say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from installation import Installation

POLL = 90  # seconds
BUNDLES = ("gateway-api-crds", "prometheus-operator-crds")


def order_violations(installation: Installation) -> list[str]:
    """Return every Application that appeared before one of an earlier wave was ready for the first time."""
    waves = installation.expected()
    return [
        f"{name} (wave {waves[name]}) appeared before {earlier} (wave {waves[earlier]}) was ready"
        for name in waves
        for earlier in waves
        if "root" not in (name, earlier)
        and waves[earlier] < waves[name]
        and installation.appeared(name).order < installation.became_ready(earlier).order
    ]


def test_boots_from_the_readme_in_the_order_of_the_waves(booted: Installation) -> None:
    present = {item["metadata"]["name"] for item in booted.kube.list("applications")}
    assert present == set(booted.expected()), booted.story()
    started = sorted(present - {"root"}, key=lambda name: booted.appeared(name).order)
    waves = booted.expected()
    print("started:", ", ".join(f"{name} ({waves[name]})" for name in started))
    assert not order_violations(booted), booted.story()


def test_a_second_cluster_runs_from_the_same_repository(
    booted: Installation, install: Callable[..., Installation]
) -> None:
    """Production, whose Argo CD is highly available, beside dev, each with its own facts; booted by one command.

    It asks Git rarely, as clusters do: a bundle of CRDs is ready without that.
    """
    second = install(environment="prod", beside=booted, poll=POLL)
    second.argocd.start()
    said = second.run("./gitops bootstrap prod --yes")
    second.wait_ready()
    booted.wait_ready()
    for wave in sorted(set(second.expected().values())):
        assert f"wave {wave}: ready after " in said, said
    with pytest.raises(RuntimeError, match=r"(?s)ended 3:\n.*this cluster was booted from clusters/prod"):
        second.run("./gitops bootstrap dev --yes")
    assert not order_violations(second), second.story()
    took = {name: round(second.became_ready(name).at - second.appeared(name).at) for name in BUNDLES}
    assert max(took.values()) < POLL * 2 / 3, f"only a poll told Argo CD that CRDs are served: seconds {took}"
    for each, environment in ((booted, "dev"), (second, "prod")):
        labels = {
            item["metadata"]["labels"].get("gitops/environment")
            for item in each.kube.list("applications")
            if item["metadata"]["name"] != "root"
        }
        assert labels == {environment}, f"{environment}'s Applications say {labels}"
        text = yaml.safe_dump([item["spec"] for item in each.kube.list("applications")])
        other = {"dev": "prod", "prod": "dev"}[environment]
        assert f"overlays/{other}" not in text, f"{environment} reads {other}'s overlays"
