"""Whatever dies in the middle of a boot and comes back, the boot ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
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


def leave_locks(installation: Installation) -> None:
    """Make what Git leaves when it is killed in the middle of a checkout, while nobody can notice yet."""
    os.kill(victim(installation, "argocd-repo-server").pid, signal.SIGSTOP)
    repositories = installation.argocd.fetched()
    assert repositories, "nothing was fetched yet, so no checkout can be interrupted"
    for repository in repositories:
        for lock in ("index.lock", "HEAD.lock", "shallow.lock"):
            (repository / lock).touch()


def kill_everything(installation: Installation) -> None:
    """Kill every program and let it come back."""
    for name in PROGRAMS:
        process = victim(installation, name)
        if name == "argocd-repo-server":
            leave_locks(installation)
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
