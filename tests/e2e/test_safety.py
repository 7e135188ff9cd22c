"""What leaves Git: an app goes with its folder, and nothing else ever takes a workload with it."""

from __future__ import annotations

import yaml
from installation import Installation, documents
from kube import Json
from test_running_cluster import deployment

APPS = "infrastructure/controllers/argocd/apps"
SECOND = "my-apps/platform/second/overlays/dev"


def gone(installation: Installation, *names: str) -> bool:
    """Whether none of these Applications exists."""
    return all(installation.kube.get("applications", name, "argocd") is None for name in names)


def workloads(installation: Installation) -> dict[str, str]:
    """Return each Deployment and StatefulSet -> its uid, which a deletion would change."""
    return {
        f"{item['metadata']['namespace']}/{item['metadata']['name']}": item["metadata"]["uid"]
        for plural in ("deployments", "statefulsets")
        for item in installation.kube.list(plural)
    }


def second_app() -> dict[str, str | None]:
    """Return the files of one more app of the first team, with data of its own."""
    claim = {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }  # fmt: skip
    return {
        f"{SECOND}/app.yaml": "{}\n",
        f"{SECOND}/kustomization.yaml": "resources: [objects.yaml]\n",
        f"{SECOND}/objects.yaml": yaml.safe_dump_all([{
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"},
        }, claim]),
    }  # fmt: skip


def test_removing_an_apps_folder_removes_that_app_only(booted: Installation) -> None:
    before = workloads(booted)
    applications = {item["metadata"]["name"] for item in booted.kube.list("applications")}
    booted.repository.commit("a second app", second_app())
    booted.wait("the second app", lambda: booted.kube.get("configmaps", "settings", "platform-second") is not None, 90)
    booted.repository.commit("no second app", {"my-apps/platform/second": None})
    booted.wait("the second app is gone", lambda: gone(booted, "platform-second"), 90)
    booted.wait(
        "its objects are gone", lambda: booted.kube.get("configmaps", "settings", "platform-second") is None, 30
    )
    assert booted.kube.get("namespaces", "platform-second") is not None, "a Namespace was deleted unasked"
    assert {item["metadata"]["name"] for item in booted.kube.list("applications")} == applications
    assert workloads(booted) == before, "removing one app's folder touched other workloads"


def test_a_removed_component_keeps_running_and_is_adopted_again(booted: Installation) -> None:
    before = deployment(booted, "metrics-server")["metadata"]
    booted.repository.commit("no metrics-server", {"infrastructure/metrics-server": None})
    booted.wait("the Application is gone", lambda: gone(booted, "metrics-server"), 90)
    live = booted.kube.get("deployments", before["name"], before["namespace"])
    assert live is not None, "removing the folder of a component deleted its workload"
    assert "deletionTimestamp" not in live["metadata"]
    booted.repository.revert()
    booted.wait_ready(timeout=90)
    assert deployment(booted, "metrics-server")["metadata"]["uid"] == before["uid"], "it was not adopted but made anew"


def test_a_generator_that_yields_nothing_removes_no_workload(booted: Installation) -> None:
    before = workloads(booted)
    components = [path.parts[-4] for path in booted.repository.folder.glob("monitoring/*/overlays/dev/app.yaml")]
    assert components
    booted.repository.commit("no monitoring", {f"monitoring/{name}/overlays/dev/app.yaml": None for name in components})
    booted.wait("the Applications are gone", lambda: gone(booted, *components), 120)
    assert workloads(booted) == before, "an empty generator deleted workloads"
    booted.repository.revert()
    booted.wait_ready(timeout=120)
    assert workloads(booted) == before, "what was put back was not adopted"


def test_what_the_root_no_longer_lists_stays_and_is_named(booted: Installation) -> None:
    """An ApplicationSet, a project and a foundation Application at once; later commits and the revert arrive."""
    before = workloads(booted)
    applications = {item["metadata"]["name"] for item in booted.kube.list("applications")}
    head = booted.repository.head()
    apps, projects = f"{APPS}/kustomization.yaml", f"{APPS}/projects/kustomization.yaml"
    (kustomization,) = documents(booted.repository.folder / apps)
    (project_list,) = documents(booted.repository.folder / projects)
    kustomization["resources"] = [
        name for name in kustomization["resources"] if name not in ("monitoring-appset.yaml", "kyverno.yaml")
    ]
    project_list["resources"] = [name for name in project_list["resources"] if name != "monitoring.yaml"]
    booted.repository.commit(
        "remove three objects", {apps: yaml.safe_dump(kustomization), projects: yaml.safe_dump(project_list)}
    )

    def root_status() -> Json:
        status: Json = booted.application("root")["status"]
        return status

    def left_over() -> set[str]:
        return {each["name"] for each in root_status()["resources"] if each.get("requiresPruning")}

    booted.wait("the root names what is left over", lambda: left_over() == {"monitoring", "kyverno"}, 120)
    assert root_status()["sync"]["status"] == "OutOfSync"
    path = f"{APPS}/projects/infrastructure.yaml"
    (project,) = documents(booted.repository.folder / path)
    project["spec"]["description"] = "later"
    booted.repository.commit("a later commit", {path: yaml.safe_dump(project)})
    booted.wait(
        "a later commit",
        lambda: (booted.kube.get("appprojects", "infrastructure", "argocd") or {})["spec"]["description"] == "later",
        120,
    )
    assert workloads(booted) == before, "removing what the root lists deleted workloads"
    assert {item["metadata"]["name"] for item in booted.kube.list("applications")} == applications
    booted.repository.restore(head, "put them back")
    booted.wait("the root is whole again", lambda: booted.is_ready("root") and not left_over(), 120)
    booted.wait_ready(timeout=120)


def test_deleting_the_root_deletes_no_workload(booted: Installation) -> None:
    before = workloads(booted)
    applications = {item["metadata"]["name"] for item in booted.kube.list("applications")} - {"root"}
    booted.run("kubectl delete application root --namespace argocd --timeout 30s")
    booted.wait("the root is gone", lambda: gone(booted, "root"), 30)
    booted.argocd.settle(5)
    assert {item["metadata"]["name"] for item in booted.kube.list("applications")} == applications
    assert workloads(booted) == before, "deleting the root deleted workloads"
    booted.run(booted.boot_commands()[-1])
    booted.wait_ready(timeout=120)
    assert workloads(booted) == before, "the new root did not adopt what runs"


def test_a_claim_that_leaves_git_keeps_its_data(booted: Installation) -> None:
    files = second_app()
    booted.repository.commit("an app with data", files)
    booted.wait(
        "the claim", lambda: booted.kube.get("persistentvolumeclaims", "data", "platform-second") is not None, 90
    )
    (settings, _) = yaml.safe_load_all(str(files[f"{SECOND}/objects.yaml"]))
    settings["data"] = {"now": "without the claim"}
    booted.repository.commit("no claim", {f"{SECOND}/objects.yaml": yaml.safe_dump(settings)})
    booted.wait(
        "the commit",
        lambda: "data" in (booted.kube.get("configmaps", "settings", "platform-second") or {}),
        90,
    )
    booted.argocd.settle(10)
    claim = booted.kube.get("persistentvolumeclaims", "data", "platform-second")
    booted.repository.commit("no second app", {"my-apps/platform/second": None})
    booted.wait("the second app is gone", lambda: gone(booted, "platform-second"), 90)
    assert claim is not None, "a PersistentVolumeClaim was pruned unasked"
    assert "deletionTimestamp" not in claim["metadata"], "a PersistentVolumeClaim was pruned unasked"
