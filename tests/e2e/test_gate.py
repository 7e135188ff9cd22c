"""Waves wait for what was started before them, and a wait never wedges the root."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import yaml
from chart_server import StandIn
from installation import Installation, documents
from kube import Json
from processes import NotReady

Install = Callable[..., Installation]

CERT_MANAGER = "infrastructure/controllers/argocd/apps/cert-manager.yaml"
GATE = "infrastructure/controllers/argocd/lua/gate.yaml"
# A chart of each of three waves, and the Application that comes of it.
SLOW = ("cert-manager", "metrics-server", "kube-prometheus-stack")
SLOW_CHARTS = [StandIn(name, "", gate=name) for name in SLOW]
MINIMAL = {"profile": "minimal"}
GOOD = "99.0.0"


def names(installation: Installation) -> set[str]:
    """Return the names of all Applications there are."""
    return {item["metadata"]["name"] for item in installation.kube.list("applications")}


def later_than(installation: Installation, name: str) -> set[str]:
    """Return the Applications of later waves; not the root, which exists from the start."""
    waves = installation.expected()
    return {other for other, wave in waves.items() if wave > waves[name] and other != "root"}


def not_later_than(installation: Installation, name: str) -> list[str]:
    """Return the other Applications of the same and of earlier waves."""
    return sorted(set(installation.expected()) - later_than(installation, name) - {name, "root"})


def set_chart_version(installation: Installation, name: str, version: str) -> None:
    """Change the chart version of a component of waves 4 or 5 and push it."""
    path = f"infrastructure/{name}/overlays/dev/app.yaml"
    (app,) = documents(installation.repository.folder / path)
    app["chart"]["version"] = version
    installation.repository.commit(f"{name} {version}", {path: yaml.safe_dump(app)})


def set_foundation_version(installation: Installation, name: str, version: str) -> None:
    """Change the chart version of a component of waves 0 to 2 and push it."""
    path = "infrastructure/controllers/argocd/apps/environments/dev/versions.yaml"
    (versions,) = documents(installation.repository.folder / path)
    versions["data"][name] = version
    installation.repository.commit(f"{name} {version}", {path: yaml.safe_dump(versions)})


def serve_again(installation: Installation, *charts: StandIn) -> None:
    """Serve further versions of charts, with the kinds that those in the catalogue's version bring."""
    for chart in charts:
        kinds = next(each.kinds for (name, _), each in installation.charts.charts.items() if name == chart.name)
        installation.charts.add(replace(chart, kinds=kinds))


def health(installation: Installation, name: str) -> str:
    """Return the health of an Application, as it says itself."""
    return str(installation.application(name).get("status", {}).get("health", {}).get("status"))


def root_operation(installation: Installation) -> Json:
    """Return the root's operation state."""
    found: Json = installation.application("root").get("status", {}).get("operationState", {})
    return found


def retries(installation: Installation) -> int:
    """Return how often the root's operation has failed and been tried again."""
    return int(root_operation(installation).get("retryCount", 0))


def test_a_slow_component_holds_everything_later_and_nothing_earlier(install: Install) -> None:
    installation = install(answers=MINIMAL, charts=SLOW_CHARTS)
    installation.boot()
    handovers = {}
    for slow in SLOW:
        installation.wait(f"{slow} started", lambda slow=slow: slow in names(installation), 180)
        installation.wait_ready(*not_later_than(installation, slow))
        held_from = time.monotonic()
        while time.monotonic() - held_from < 10:
            early = names(installation) & later_than(installation, slow)
            assert not early, f"{slow} has no running pod, yet {sorted(early)} started\n{installation.story()}"
            time.sleep(0.5)
        installation.plane.open_gate(slow)
        handovers[slow] = installation.wait(
            f"something after {slow}",
            lambda slow=slow: names(installation) & later_than(installation, slow),
            60,
        )
    print("seconds from the pod's release to the next wave:", {name: round(s, 1) for name, s in handovers.items()})
    assert max(handovers.values()) < 20, f"the next wave starts within seconds, but: {handovers}"
    installation.wait_ready()


def test_with_the_gate_off_nothing_waits(install: Install) -> None:
    """The twin of the test above: if this one fails, that one proves nothing."""
    installation = install(answers={**MINIMAL, "wave_gate": "off"}, charts=SLOW_CHARTS)
    installation.boot()
    # What needs CRDs of a chart that is held still has to wait for them, so only the sets are looked at.
    installation.wait(
        "the last wave started, though three charts have no running pod",
        lambda: "platform-hello-world" in names(installation),
        180,
    )
    assert not any(installation.is_ready(name) for name in SLOW), installation.story()


def test_a_degraded_component_stops_later_waves_until_git_repairs_it(install: Install) -> None:
    """One of the root's own Applications, and then one of an ApplicationSet."""
    broken = {"cert-manager": set_foundation_version, "metrics-server": set_chart_version}
    installation = install(answers=MINIMAL, charts=[StandIn(name, "", gate="never", broken=True) for name in broken])
    # Issuers wait for the pods of cert-manager, so its sync fails, and keeps its chart version as long as it is tried.
    text = installation.repository.read(CERT_MANAGER)
    assert "limit: 10" in text
    (installation.repository.folder / CERT_MANAGER).write_text(text.replace("limit: 10", "limit: 2"))
    serve_again(installation, *(StandIn(name, GOOD) for name in broken))
    installation.boot()
    for chart, repair in broken.items():
        installation.wait(f"{chart} Degraded", lambda chart=chart: health(installation, chart) == "Degraded", 180)
        installation.wait("the root's operation fails", lambda: retries(installation) > 0, 60)
        early = names(installation) & later_than(installation, chart)
        assert not early, f"{chart} is Degraded, yet {sorted(early)} started\n{installation.story()}"
        repair(installation, chart, GOOD)
        installation.wait_ready(chart, timeout=300)
    installation.wait_ready(timeout=300)


def test_a_commit_arrives_although_a_wave_waits_for_ever(install: Install) -> None:
    bound = 40
    installation = install(answers=MINIMAL, charts=[StandIn("metrics-server", "", gate="slow")])
    text = installation.repository.read(GATE)
    assert 'bound-seconds: "900"' in text, f"{GATE} no longer says bound-seconds as this test knows it"
    (installation.repository.folder / GATE).write_text(
        text.replace('bound-seconds: "900"', f'bound-seconds: "{bound}"')
    )
    installation.boot()
    installation.wait("metrics-server started", lambda: "metrics-server" in names(installation), 180)
    path = "infrastructure/controllers/argocd/apps/projects/monitoring.yaml"
    (project,) = documents(installation.repository.folder / path)
    project["spec"]["description"] = "repaired"
    installation.repository.commit("repair what the root owns", {path: yaml.safe_dump(project)})
    # The bound, one back-off at its cap, one poll; the rest is the time this machine takes.
    limit = bound + 60 + installation.argocd.polling.applications + 20

    def repaired() -> bool:
        live = installation.kube.get("appprojects", "monitoring", "argocd")
        return live is not None and live["spec"].get("description") == "repaired"

    try:
        took = installation.wait("the repair arrived", repaired, limit)
    except NotReady as error:
        raise AssertionError(f"a wave that waits for ever kept a later commit out: {error}") from None
    early = names(installation) & later_than(installation, "metrics-server")
    assert not early, f"the bound let {sorted(early)} start\n{installation.story()}"

    installation.plane.open_gate("slow")
    installation.wait_ready("metrics-server")
    handover = installation.wait("wave 5", lambda: names(installation) & later_than(installation, "metrics-server"), 90)
    print(f"repair after {took:.0f} s; next wave {handover:.0f} s after the slow component was ready")
    assert handover < 60 + 10, "slower than the bound, so the next wave comes with the next retry, within one back-off"
    installation.wait_ready()
    assert root_operation(installation)["phase"] == "Succeeded", installation.story()

    # Everything has been there for longer than the bound, so a wait that did not count from the update would end now.
    serve_again(installation, StandIn("cert-manager", GOOD, gate="update"))
    pushed = time.monotonic()
    set_foundation_version(installation, "cert-manager", GOOD)
    installation.wait("the update arrives", lambda: health(installation, "cert-manager") == "Progressing", 60)
    installation.wait("the bound ends the wait", lambda: retries(installation) > 0, bound + 60)
    waited = time.monotonic() - pushed
    print(f"the root gave up {waited:.0f} s after the push of the update")
    assert waited >= bound, f"the bound of {bound} s ended the wait for an update {waited:.0f} s after its push"
    installation.plane.open_gate("update")
    installation.wait_ready()
