"""A pinned revision moves through a cluster wave by wave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml
from chart_server import StandIn
from installation import Installation, documents
from kube import Event, Json

REPETITIONS = 20
RENDERING = 1  # seconds
GATE = "infrastructure/controllers/argocd/lua/gate.yaml"
PARAMETERS = "infrastructure/controllers/argocd/base/parameters.env"
CLUSTER = "clusters/dev/cluster.yaml"
EARLIER = ("metrics-server", "infrastructure/metrics-server/overlays/dev/app.yaml")
LATER = ("kube-prometheus-stack", "monitoring/kube-prometheus-stack/overlays/dev/app.yaml")


def pin(installation: Installation, revision: str) -> str:
    """Commit `revision` as what the cluster runs and return the commit."""
    (cluster,) = documents(installation.repository.folder / CLUSTER)
    cluster["data"]["revision"] = revision
    return installation.repository.commit(f"run {revision}", {CLUSTER: yaml.safe_dump(cluster)})


def slow_rendering(installation: Installation, seconds: float) -> None:
    """Make every chart take `seconds` longer to render, so that an Application's status is stale for that long."""
    link: Path = installation.argocd.tools / "helm"
    real = link.resolve()
    link.unlink()
    link.write_text(f'#!/bin/sh\n[ "$1" = template ] && sleep {seconds}\nexec "{real}" "$@"\n')
    link.chmod(0o755)


def runs(deployment: Json, version: str) -> bool:
    """Whether a Deployment asks for `version` and runs nothing else."""
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    status = deployment.get("status", {})
    seen = status.get("observedGeneration") == deployment["metadata"]["generation"]
    replicas = {status.get(each) for each in ("readyReplicas", "replicas", "updatedReplicas")}
    return bool(image.endswith(f":{version}") and seen and replicas == {1})


def asks_for(deployment: Json, version: str) -> bool:
    """Whether a Deployment asks for `version`."""
    return bool(deployment["spec"]["template"]["spec"]["containers"][0]["image"].endswith(f":{version}"))


def root_is_idle(installation: Installation) -> bool:
    """Whether the root's last operation succeeded and none is going on."""
    root = installation.application("root")
    return "operation" not in root and bool(root["status"]["operationState"]["phase"] == "Succeeded")


def root_runs(installation: Installation, commit: str) -> bool:
    """Whether the root's last operation brought a commit."""
    operation = installation.application("root")["status"]["operationState"]
    return bool(operation["phase"] == "Succeeded" and operation["syncResult"]["revision"] == commit)


def first(installation: Installation, name: str, accept: Callable[[Json, str], bool], version: str) -> Event | None:
    """Return the first event of a Deployment that `accept` takes, None if there is none yet."""
    events = installation.history.of("deployments", name)
    return next((event for event in events if accept(event.object, version)), None)


def test_a_pinned_update_goes_wave_by_wave(install: Callable[..., Installation]) -> None:
    components = "prometheus-operator-crds, cert-manager, metrics-server, kube-prometheus-stack"
    installation = install(answers={"components": components}, poll=3)
    # As generated, it is longer than the slowest chart takes to render; so it is here, where that is RENDERING.
    text = installation.repository.read(GATE)
    assert 'settle-seconds: "30"' in text
    settles_sooner = text.replace('settle-seconds: "30"', f'settle-seconds: "{5 * RENDERING}"')
    # The two seconds that Argo CD takes between waves would hide much of what is stale.
    no_pause = installation.repository.read(PARAMETERS) + "controller.sync.wave.delay.seconds=0\n"
    installation.repository.commit("settle sooner", {GATE: settles_sooner, PARAMETERS: no_pause})
    for number in range(REPETITIONS):
        for name, _ in (EARLIER, LATER):
            installation.charts.add(StandIn(name, f"99.0.{number}"))
    installation.boot()
    installation.wait_ready()
    # As long as it is not pinned, the sets follow the branch, and nothing is in order.
    pinned = pin(installation, installation.repository.head())
    installation.wait("the pin arrives", partial(root_runs, installation, pinned), timeout=60)
    installation.wait_ready()
    slow_rendering(installation, RENDERING)
    early = []
    for number in range(REPETITIONS):
        version = f"99.0.{number}"
        files: dict[str, str | None] = {}
        for _, path in (EARLIER, LATER):
            (app,) = documents(installation.repository.folder / path)
            app["chart"]["version"] = version
            files[path] = yaml.safe_dump(app)
        pin(installation, installation.repository.commit(version, files))
        installation.wait(
            f"{LATER[0]} runs {version}", partial(first, installation, LATER[0], runs, version), timeout=180
        )
        ready, begun = first(installation, EARLIER[0], runs, version), first(installation, LATER[0], asks_for, version)
        assert ready is not None, f"{LATER[0]} runs {version}, {EARLIER[0]} (a wave earlier) does not"
        assert begun is not None
        print(f"{version}: wave 5 began {begun.at - ready.at:+.1f} s after wave 4 was ready")
        if begun.order < ready.order:
            early.append(version)
        installation.wait("the root's operation ends", partial(root_is_idle, installation), timeout=120)
    assert not early, f"{LATER[0]} (wave 5) was updated before {EARLIER[0]} (wave 4) ran the new version: {early}"
