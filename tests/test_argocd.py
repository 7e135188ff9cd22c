"""Argo CD's installation: upstream's real manifest with our parts over it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from commands import LIKE_ANYBODY
from conftest import Bake, Object, build, environments, objects, of_kind
from gitops.rules.excluded_kinds import EXCLUDED
from pairs import TEMPLATE
from schemas import argocd_manifest, argocd_schemas, kubeconform, kubernetes_schemas

CACHE = TEMPLATE / ".cache"
ARGOCD = "infrastructure/controllers/argocd"
WORKLOADS = ("Deployment", "StatefulSet")


def overlay(repository: Path, environment: str) -> Path:
    return repository / ARGOCD / "overlays" / environment


Installed = Callable[..., list[Object]]


def over_upstream(repository: Path, environment: str) -> list[Object]:
    """The build of an environment's Argo CD, over upstream's manifest as its Go module ships it."""
    path = overlay(repository, environment) / "kustomization.yaml"
    text = path.read_text(encoding="utf-8")
    match = re.search(r"https://raw\S+/argo-cd/(?P<version>[^/]+)/manifests/(?P<ha>ha/)?install\.yaml", text)
    assert match, text
    manifest = argocd_manifest(match["version"], CACHE, high_availability=bool(match["ha"]))
    (path.parent / "install.yaml").write_text(manifest.read_text(encoding="utf-8"), encoding="utf-8")
    path.write_text(text.replace(match[0], "install.yaml"), encoding="utf-8")
    return build(path.parent)


@pytest.fixture(scope="session")
def installed(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """`installed(environment, answer=value, …)`: that build, made once a session. Do not change it."""
    known: dict[str, list[Object]] = {}

    def installed(environment: str, **answers: str) -> list[Object]:
        key = json.dumps([environment, answers], sort_keys=True)
        if key not in known:
            folder = tmp_path_factory.mktemp("argocd") / "repository"
            known[key] = over_upstream(Path(shutil.copytree(bake(**answers), folder)), environment)
        return known[key]

    return installed


def argocd(*arguments: str) -> str:
    run = subprocess.run(["argocd", "admin", "settings", *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def write(path: Path, item: Object) -> str:
    path.write_text(yaml.safe_dump(item), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("answers", "highly_available"),
    [
        ({}, ["prod"]),
        ({"high_availability": "all", "argocd_version": "v3.2.11"}, ["dev", "prod", "staging"]),
        ({"high_availability": "none"}, []),
    ],
    ids=["production", "all", "none"],
)
def test_redis_is_highly_available_where_it_was_asked_for(
    installed: Installed, answers: dict[str, str], highly_available: list[str]
) -> None:
    found = {name: of_kind("StatefulSet", installed(name, **answers)) for name in ("dev", "prod", "staging")}
    assert [name for name, sets in found.items() if "argocd-redis-ha-server" in sets] == highly_available


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_upstream_s_settings_survive_beside_ours(installed: Installed, environment: str) -> None:
    found = of_kind("ConfigMap", installed(environment))
    settings = found["argocd-cm"]["data"]
    assert {"resource.exclusions", "resource.customizations.ignoreResourceUpdates.all"} <= settings.keys()
    assert "WAVE_GATE" not in str(settings)
    # Cilium makes and removes these by itself, thousands of them.
    for kind in ("CiliumIdentity", "CiliumEndpoint", "CiliumEndpointSlice"):
        assert f"- {kind}\n" in settings["resource.exclusions"]
    for kind in ("Application", "ApplicationSet"):
        assert '"strict", "900"' in settings[f"resource.customizations.health.argoproj.io_{kind}"]
    parameters = found["argocd-cmd-params-cm"]["data"]
    assert parameters.get("redis.server") == ("argocd-redis-ha-haproxy:6379" if environment == "prod" else None)
    assert parameters["controller.diff.server.side"] == "true"
    assert parameters["applicationsetcontroller.enable.progressive.syncs"] == "true"
    assert parameters["applicationsetcontroller.enable.new.git.file.globbing"] == "true"
    for name in ("argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm"):
        assert found[name]["metadata"]["labels"]["app.kubernetes.io/part-of"] == "argocd"
        assert found[name]["metadata"]["namespace"] == "argocd"


@pytest.mark.parametrize("version", ["v3.6.1", "v3.2.11"])
def test_kinds_are_left_out_by_upstream_s_list_and_ours(installed: Installed, version: str) -> None:
    settings = of_kind("ConfigMap", installed("dev", argocd_version=version))["argocd-cm"]["data"]
    upstream = of_kind("ConfigMap", objects(argocd_manifest(version, CACHE).read_text(encoding="utf-8")))
    ours, *theirs = yaml.safe_load(settings["resource.exclusions"])
    assert theirs == yaml.safe_load(upstream["argocd-cm"]["data"]["resource.exclusions"])
    assert ours["apiGroups"] == ["aquasecurity.github.io"]
    # What the chart itself applies would otherwise never be delivered.
    assert "ClusterComplianceReport" not in ours["kinds"]
    left_out: dict[str, set[str]] = {}
    for entry in (ours, *theirs):
        for group in entry["apiGroups"]:
            left_out.setdefault(group, set()).update(entry["kinds"])
    assert left_out == EXCLUDED


def test_first_apply_holds_no_object_of_argo_cd_s_own_kinds(installed: Installed) -> None:
    found = installed("dev")
    assert [item["kind"] for item in found if item["apiVersion"].startswith("argoproj.io/")] == []
    assert found[0]["kind"] == "Namespace"
    assert len(of_kind("CustomResourceDefinition", found)) == 3


def test_only_the_crds_and_the_namespace_are_kept_whatever_happens(installed: Installed) -> None:
    protected = {
        f"{item['kind']}/{item['metadata']['name']}"
        for item in installed("dev")
        if (item["metadata"].get("annotations") or {}).get("argocd.argoproj.io/sync-options")
        == "Prune=false,Delete=false"
    }
    assert protected == {
        "CustomResourceDefinition/applications.argoproj.io",
        "CustomResourceDefinition/applicationsets.argoproj.io",
        "CustomResourceDefinition/appprojects.argoproj.io",
        "Namespace/argocd",
    }


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_reads_parameters_at_its_start_restarts_when_they_change(copy: Bake, environment: str) -> None:
    repository = copy()
    before = over_upstream(repository, environment)
    with (repository / ARGOCD / "base/parameters.env").open("a", encoding="utf-8") as file:
        file.write("server.insecure=true\n")
    after = build(overlay(repository, environment))
    changed = {
        name
        for kind in WORKLOADS
        for name, item in of_kind(kind, after).items()
        if item["spec"]["template"] != of_kind(kind, before)[name]["spec"]["template"]
    }
    # Every workload of upstream's that reads argocd-cmd-params-cm.
    readers = {
        name
        for kind in WORKLOADS
        for name, item in of_kind(kind, before).items()
        if "argocd-cmd-params-cm" in yaml.safe_dump(item)
    }
    assert readers
    assert readers <= changed
    assert not {name for name in changed if "redis" in name}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_workload_has_resources_and_a_priority(installed: Installed, environment: str) -> None:
    found = installed(environment)
    for kind in WORKLOADS:
        for name, item in of_kind(kind, found).items():
            pod = item["spec"]["template"]["spec"]
            assert pod["priorityClassName"] == "system-cluster-critical", name
            assert all(container.get("resources") for container in pod["containers"]), name


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_repo_server_starts_without_what_it_fetched_before(
    installed: Installed, tmp_path: Path, environment: str
) -> None:
    server = of_kind("Deployment", installed(environment))["argocd-repo-server"]
    (container,) = server["spec"]["template"]["spec"]["containers"]
    tini, dashes, *command = container["command"]
    assert (tini, dashes) == ("/usr/bin/tini", "--")
    assert container["args"] == ["/usr/local/bin/argocd-repo-server"]
    fetched = tmp_path / "_argocd-repo"

    def starts() -> None:
        program = [*LIKE_ANYBODY, *command, "echo", "--port", "a b"]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        started = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
        assert (started.stdout, started.stderr) == ("--port a b\n", "")
        assert not fetched.exists()

    starts()
    (fetched / "a-repository/.git").mkdir(parents=True)
    (fetched / "a-repository/.git/index.lock").touch()
    # As the repo server leaves them: nobody may enter the one or list the other.
    (fetched / "a-repository").chmod(0o000)
    fetched.chmod(0o300)
    starts()


def test_argo_cd_accepts_its_settings(installed: Installed, tmp_path: Path) -> None:
    found = of_kind("ConfigMap", installed("dev"))
    settings = write(tmp_path / "argocd-cm.yaml", found["argocd-cm"])
    accounts = argocd("validate", "--argocd-cm-path", settings, "--group", "resource-overrides")
    assert "✅" in accounts
    assert "❌" not in accounts
    broken = found["argocd-cm"] | {"data": {"resource.customizations.healthcheck.a_B": "return {}"}}
    assert "❌" in argocd(
        "validate", "--argocd-cm-path", write(tmp_path / "broken.yaml", broken), "--group", "resource-overrides"
    )


def test_argo_cd_accepts_its_roles_and_nobody_sees_anything_unasked(installed: Installed, tmp_path: Path) -> None:
    settings = of_kind("ConfigMap", installed("dev"))["argocd-rbac-cm"]
    roles = write(tmp_path / "argocd-rbac-cm.yaml", settings)
    server = ("--server", "http://127.0.0.1:1")
    assert "Policy is empty" in argocd("rbac", "validate", "--policy-file", roles, *server)
    data = settings["data"] | {"policy.csv": "p, role:deployer, applications, sync, */*, allow\n"}
    roles = write(tmp_path / "with-a-role.yaml", settings | {"data": data})
    assert "Policy is valid" in argocd("rbac", "validate", "--policy-file", roles, *server)
    assert (
        argocd("rbac", "can", "somebody", "get", "applications", "*/*", "--policy-file", roles, *server).strip() == "No"
    )


@pytest.mark.parametrize("version", ["v3.6.1", "v3.2.11"])
def test_every_object_of_the_clusters_fits_the_schemas_of_its_argo_cd(bake: Bake, version: str) -> None:
    repository = bake(argocd_version=version, profile="full")
    for environment in environments(repository):
        manifests = yaml.safe_dump_all(build(repository / "clusters" / environment))
        assert kubeconform(manifests, [argocd_schemas(version, CACHE)]) == []
        broken = manifests.replace("kind: Application\n", "kind: Application\nsyncWindows: []\n", 1)
        assert kubeconform(broken, [argocd_schemas(version, CACHE)]) != []


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_object_of_the_installation_fits_the_schemas_of_kubernetes(
    installed: Installed, environment: str
) -> None:
    found = [item for item in installed(environment) if item["kind"] != "CustomResourceDefinition"]
    assert kubeconform(yaml.safe_dump_all(found), [kubernetes_schemas("1.35", CACHE)]) == []


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_kubectl_installs_what_kustomize_builds(copy: Bake, environment: str) -> None:
    repository = copy()
    key = "{kind}/{metadata[name]}".format_map
    expected = sorted(over_upstream(repository, environment), key=key)
    assert sorted(build(overlay(repository, environment), "kubectl", "kustomize"), key=key) == expected
