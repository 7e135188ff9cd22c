"""Whatever dies in the middle of a boot and comes back, the boot ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable

from installation import Installation
from processes import Process
from test_boot import order_violations

PROGRAMS = (
    "argocd-application-controller", "argocd-applicationset-controller", "argocd-repo-server", "redis",
    "kube-apiserver",
)  # fmt: skip


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


def kill_everything(installation: Installation) -> None:
    """Kill every program and let it come back."""
    for name in PROGRAMS:
        process = victim(installation, name)
        process.kill()
        if name in ("redis", "kube-apiserver"):  # The others are started anew as a kubelet would.
            process.start()
        if name == "kube-apiserver":
            process.wait_ready(installation.plane.ready)


def test_a_boot_survives_the_death_of_every_program(install: Callable[..., Installation]) -> None:
    """In a wave of the root's own Applications, in one of an ApplicationSet, and in the last that is awaited."""
    installation = install(answers={"profile": "minimal"})
    installation.boot()
    for started in ("cert-manager", "metrics-server", "kube-prometheus-stack"):
        installation.wait(
            f"{started} started",
            lambda started=started: installation.kube.get("applications", started, "argocd") is not None,
            180,
        )
        kill_everything(installation)
    installation.wait_ready(timeout=300)
    assert not order_violations(installation), installation.story()
