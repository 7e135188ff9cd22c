"""A booted cluster follows Git: one app at a time, against changes made by hand, and in what manages itself."""

from __future__ import annotations

import yaml
from chart_server import StandIn
from installation import Installation, documents
from kube import Json

APP = "platform-hello-world"
APP_DEPLOYMENT = "my-apps/platform/hello-world/base/deployment.yaml"
ARGOCD = "infrastructure/controllers/argocd"


def operations(installation: Installation) -> dict[str, str]:
    """Return each Application -> when its last operation began."""
    return {
        item["metadata"]["name"]: str(item["status"].get("operationState", {}).get("startedAt"))
        for item in installation.kube.list("applications")
    }


def deployment(installation: Installation, application: str) -> Json:
    """Return the first Deployment that an Application owns, live."""
    resources = installation.application(application)["status"]["resources"]
    own = next(each for each in resources if each["kind"] == "Deployment")
    found = installation.kube.get("deployments", own["name"], own["namespace"])
    assert found is not None
    return found


def patch(installation: Installation, application: str, change: Json) -> None:
    """Change an Application's Deployment by hand."""
    meta = deployment(installation, application)["metadata"]
    installation.kube.patch("deployments", meta["name"], change, meta["namespace"], "strategic-merge-patch")


def test_a_change_to_one_app_touches_that_app_alone(booted: Installation) -> None:
    before = operations(booted)
    (app,) = documents(booted.repository.folder / APP_DEPLOYMENT)
    app["spec"]["template"].setdefault("metadata", {}).setdefault("annotations", {})["e2e"] = "changed"
    booted.repository.commit("change one app", {APP_DEPLOYMENT: yaml.safe_dump(app)})

    def arrived() -> bool:
        return "e2e" in deployment(booted, APP)["spec"]["template"]["metadata"].get("annotations", {})

    booted.wait("the change arrives", arrived, 60)
    booted.wait_ready()
    changed = {name for name, started in operations(booted).items() if started != before.get(name)}
    booted.repository.revert()
    booted.wait("the revert arrives", lambda: not arrived(), 60)
    assert changed == {APP}, f"{APP} was changed, and these were synced: {sorted(changed)}"


def test_a_change_made_by_hand_is_reverted(booted: Installation) -> None:
    wanted = deployment(booted, "metrics-server")["spec"]["template"]["spec"]["containers"][0]
    by_hand = {"name": wanted["name"], "image": "registry.invalid/by-hand:1"}
    patch(booted, "metrics-server", {"spec": {"template": {"spec": {"containers": [by_hand]}}}})
    booted.wait(
        "the image that Git names",
        lambda: deployment(booted, "metrics-server")["spec"]["template"]["spec"]["containers"][0] == wanted,
        90,
    )
    booted.wait_ready("metrics-server")


def test_what_others_own_is_left_alone(booted: Installation) -> None:
    """An annotation of another field manager, and the number of replicas where Git does not say one."""
    name = "metrics-server"
    stand_in = StandIn(name, "1.0.0").files()["templates/deployment.yaml"]
    assert "replicas:" not in stand_in, "the stand-in must not say how many replicas it has"
    patch(booted, name, {"metadata": {"annotations": {"e2e": "another manager's"}}, "spec": {"replicas": 3}})
    booted.wait_ready(name)
    before = operations(booted)[name]
    booted.kube.patch(
        "applications", name, {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "hard"}}}, "argocd"
    )
    booted.wait(
        "the comparison",
        lambda: "argocd.argoproj.io/refresh" not in booted.application(name)["metadata"].get("annotations", {}),
        30,
    )
    booted.wait_ready(name)
    live = deployment(booted, name)
    patch(booted, name, {"metadata": {"annotations": {"e2e": None}}, "spec": {"replicas": 1}})
    assert live["metadata"]["annotations"].get("e2e") == "another manager's", "a field that others own was removed"
    assert live["spec"]["replicas"] == 3, "replicas that a HorizontalPodAutoscaler would own were reset"
    assert operations(booted)[name] == before, "fields that others own started a sync"


def test_argo_cd_and_the_root_manage_themselves(booted: Installation) -> None:
    """A change to argocd-cm, to the Lua and to root.yaml arrives; the root is done although a team's app is broken."""
    lua = f"{ARGOCD}/lua/argoproj.io/Application/health.lua"
    root = "clusters/dev/root.yaml"
    apps = f"{ARGOCD}/apps/kustomization.yaml"
    broken = booted.repository.read(APP_DEPLOYMENT).replace(
        "    spec:\n", "    spec:\n      nodeSelector: {e2e/gate: never}\n", 1
    )
    extra = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "e2e", "namespace": "argocd"}}
    (kustomization,) = documents(booted.repository.folder / apps)
    head = booted.repository.head()
    booted.repository.commit(
        "change what manages itself",
        {
            f"{ARGOCD}/base/argocd-cm.yaml": booted.repository.read(f"{ARGOCD}/base/argocd-cm.yaml")
            + "  e2e: changed\n",
            lua: booted.repository.read(lua) + "-- e2e\n",
            root: booted.repository.read(root).replace("maxDuration: 1m", "maxDuration: 59s"),
            f"{ARGOCD}/apps/e2e.yaml": yaml.safe_dump(extra),
            apps: yaml.safe_dump({**kustomization, "resources": [*kustomization["resources"], "e2e.yaml"]}),
            APP_DEPLOYMENT: broken,
        },
    )

    def settings() -> Json:
        data: Json = (booted.kube.get("configmaps", "argocd-cm", "argocd") or {})["data"]
        return data

    def root_back_off() -> str:
        return str(booted.application("root")["spec"]["syncPolicy"]["retry"]["backoff"]["maxDuration"])

    def root_is_done() -> bool:
        status = booted.application("root")["status"]
        done = (status["sync"]["status"], status["operationState"]["phase"]) == ("Synced", "Succeeded")
        return done and bool(status["sync"]["revision"] == booted.repository.head())

    booted.wait("argocd-cm", lambda: settings().get("e2e") == "changed", 120)
    booted.wait("the Lua", lambda: "-- e2e" in settings()["resource.customizations.health.argoproj.io_Application"], 60)
    booted.wait("root.yaml", lambda: root_back_off() == "59s", 120)
    booted.wait("the root is done, with a team's app broken", root_is_done, 120)
    assert not booted.is_ready(APP), f"{APP} was to be broken, or this proves nothing"
    booted.repository.commit("prune something", {f"{ARGOCD}/apps/e2e.yaml": None, apps: yaml.safe_dump(kustomization)})
    booted.wait("the prune", lambda: booted.kube.get("configmaps", "e2e", "argocd") is None, 120)
    booted.wait("the root is done after a sync that prunes", root_is_done, 120)
    booted.repository.restore(head, "put everything back")
    booted.wait("the Lua as it was", lambda: "-- e2e" not in str(settings()), 120)
    booted.wait_ready()
