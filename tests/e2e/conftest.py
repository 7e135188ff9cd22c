"""Fixtures of the end-to-end tests: where the programs are, and installations that are gone afterwards.

Several tests run side by side: they wait as much as they work. Those that share an installation stay together.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from installation import TEMPLATE, Installation, Tools
from processes import make_accessible
from xdist.scheduler import LoadScopeScheduling

Install = Callable[..., Installation]
# The modules whose tests use `booted`, in two parts, each of which stays together. What is in none installs its own.
SHARES = {
    "test_boot": "booted", "test_running_cluster": "booted", "test_safety": "booted",
    "test_expansion": "booted, for teams", "test_tenancy": "booted, for teams",
}  # fmt: skip
# What takes longest begins, so that no worker waits for it at the end.
LONGEST = ("test_pinned_update", "test_boot", "test_running_cluster", "test_safety", "test_gate")
_PROGRAMS = (
    "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok", "kustomize", "helm",
    "redis-server",
)  # fmt: skip


def _module(folder: str, module: str) -> Path:
    """Return where Go keeps a module; raises CalledProcessError if it is not there."""
    command = ["go", "list", "-m", "-f", "{{.Dir}}", module]
    done = subprocess.run(command, cwd=TEMPLATE / "tools" / folder, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


class SharedInstallation(LoadScopeScheduling):  # type: ignore[misc]
    """Sends the tests that share a booted installation to one worker, and each other test to any."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARES.get(Path(nodeid.partition("::")[0]).stem, nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedInstallation:
    """Return what shares out the tests, in their order: by itself it begins where most of them stay together."""
    config.option.loadscopereorder = False
    return SharedInstallation(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The programs in .bin; ARGOCD names a folder with another `argocd`, its `install.yaml` and `ha/install.yaml`."""
    binaries = TEMPLATE / ".bin"
    missing = [name for name in _PROGRAMS if not (binaries / name).exists()]
    assert not missing, f"not in {binaries}: {', '.join(missing)}; `make e2e` builds them"
    if "ARGOCD" in os.environ:
        other = Path(os.environ["ARGOCD"]).resolve()
        argocd, manifests = other / "argocd", other
    else:
        argocd = binaries / "argocd"
        manifests = _module("argocd", "github.com/argoproj/argo-cd/v3") / "manifests"
    stages = _module("controlplane", "sigs.k8s.io/kwok") / "kustomize/stage"
    files = ("node/fast/node-initialize", "pod/fast/pod-ready", "pod/fast/pod-complete", "pod/fast/pod-delete")
    return Tools(binaries, argocd, manifests, tuple(stages / f"{name}.yaml" for name in files))


@pytest.fixture(autouse=True)
def _since(request: pytest.FixtureRequest, tools: Tools) -> None:
    """Skips what is marked `since(version)` on an older Argo CD."""
    mark = request.node.get_closest_marker("since")
    if mark and [int(part) for part in tools.version[1:].split(".")] < [int(p) for p in mark.args[0][1:].split(".")]:
        pytest.skip(f"holds from {mark.args[0]} on, and this is {tools.version}")


def _installer(request: pytest.FixtureRequest, factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Install]:
    failed_before = request.session.testsfailed
    made: list[Installation] = []

    def install(**options: Any) -> Installation:
        made.append(Installation(factory.mktemp("e2e"), tools, **options))
        return made[-1]

    yield install
    for installation in reversed(made):
        installation.__exit__()
        if request.session.testsfailed == failed_before:
            make_accessible(installation.folder)
            shutil.rmtree(installation.folder)
        else:
            print(f"\nlogs kept in {installation.processes.logs}")


@pytest.fixture
def install(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tools: Tools
) -> Iterator[Install]:
    """`install(answers=…, charts=…)`: an installation of the test's own, not yet booted."""
    yield from _installer(request, tmp_path_factory, tools)


@pytest.fixture(scope="session")
def booted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tools: Tools
) -> Iterator[Installation]:
    """One installation, booted and quiet, for the tests that each put back what they change."""
    for install in _installer(request, tmp_path_factory, tools):
        # With a store, whose kind comes with the very Application that holds it.
        installation = install(answers={"secrets_backend": "fake"})
        installation.boot()
        installation.wait_ready()
        yield installation
