"""Whatever dies in the middle of a boot and comes back, the boot ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from installation import Installation
from processes import Process
from test_boot import order_violations


def victim(installation: Installation, name: str) -> Process:
    """Return the process called `name`."""
    if name == "redis":
        found = installation.argocd.redis
    elif name in installation.plane.running:
        found = installation.plane.running[name]
    else:
        found = installation.argocd.workload(name).process
    assert found is not None, f"{name} was never started"
    return found


@pytest.mark.parametrize("during", ["cert-manager", "metrics-server"])
def test_a_boot_survives_the_death_of_every_program(install: Callable[..., Installation], during: str) -> None:
    installation = install(answers={"profile": "minimal"})
    installation.boot()
    installation.wait(
        f"{during} started",
        lambda: installation.kube.get("applications", during, "argocd") is not None,
        180,
    )
    for name in (
        "argocd-application-controller", "argocd-applicationset-controller", "argocd-repo-server", "redis",
        "kube-apiserver",
    ):  # fmt: skip
        process = victim(installation, name)
        process.kill()
        if name in ("redis", "kube-apiserver"):  # The others are started anew as a kubelet would.
            process.start()
        if name == "kube-apiserver":
            process.wait_ready(installation.plane.ready)
    installation.wait_ready(timeout=300)
    assert not order_violations(installation), installation.story()
