"""An operator that was generated from an API: what is made for it, and that nothing is where none was asked for."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, Object, build, changed, contents, environments, gitops, objects, of_kind
from gitops import add_operator, operators
from gitops.cli import Wrong
from pairs import FOLLOWS
from schemas import kubeconform, kubernetes_schemas
from test_schemas import CACHE

GROUP = "petstore.example.com"
KINDS = FOLLOWS["operator_kinds"][1]
ASKED = {"operator_group": GROUP, "operator_kinds": KINDS}
FOLDER = "infrastructure/petstore-operator"
LUA = "infrastructure/controllers/argocd/lua"
PROJECTS = "infrastructure/controllers/argocd/apps/projects"
WAVE = "argocd.argoproj.io/sync-wave"


def named(repository: Path) -> set[str]:
    """The files that say anything of the operator, the tools and the documents about them left out."""
    return {
        path
        for path, content in contents(repository).items()
        if not path.startswith("tools/") and (b"petstore" in content or "petstore" in path)
    }


def deployed(repository: Path, environment: str, tmp_path: Path) -> list[Object]:
    """What is in an environment once its overlay names the samples."""
    overlay = repository / FOLDER / "overlays" / environment
    kustomization = overlay / "kustomization.yaml"
    text = kustomization.read_text(encoding="utf-8").replace("  - ../../base\n", "  - ../../base\n  - ../../samples\n")
    assert "../../samples\n" in text
    kustomization.write_text(text, encoding="utf-8")
    return build(overlay)


def test_nothing_is_there_unless_it_is_asked_for(bake: Bake) -> None:
    # The README says how one is added.
    assert named(bake()) == {"README.md"}
    assert len(named(bake(**ASKED))) > 100


@pytest.mark.parametrize(
    "answers",
    [{}, {"components": "cert-manager"}, {"argocd_version": "v3.2.11"}],
    ids=["standard", "few", "Argo CD 3.2"],
)
def test_an_added_operator_is_that_of_a_fresh_bake(copy: Bake, bake: Bake, answers: dict[str, str]) -> None:
    repository, kinds = copy(**answers), [item.strip() for item in KINDS.split(",")]
    done = gitops(repository, "add", "operator", GROUP, *kinds)
    assert changed(contents(repository), contents(bake(**ASKED, **answers))) == set()
    assert f"A  {FOLDER}/\n" in done.stdout
    assert "then name its image" in done.stderr
    again = gitops(repository, "add", "operator", GROUP, *kinds, sound=False)
    assert (again.returncode, again.stdout) == (0, "nothing to do: it is all there\n")


def test_kinds_may_come_later_and_what_was_changed_stays(copy: Bake, bake: Bake) -> None:
    repository = copy(operator_group=GROUP, operator_kinds="Pet:resource, PetFindByStatusQuery:query")
    overlay = repository / FOLDER / "overlays/dev/kustomization.yaml"
    overlay.write_text(overlay.read_text(encoding="utf-8").replace("count: 0", "count: 1"), encoding="utf-8")
    gitops(repository, "add", "operator", GROUP, *[item.strip() for item in KINDS.split(",")])
    assert changed(contents(repository), contents(bake(**ASKED))) == {overlay.relative_to(repository).as_posix()}


def test_what_an_owner_took_out_does_not_come_back(copy: Bake) -> None:
    repository = copy(operator_group=GROUP, operator_kinds="Pet:resource")
    for file in ("samples/pet.yaml", "samples/kustomization.yaml", "overlays/dev/app.yaml"):
        (repository / FOLDER / file).unlink()
    (repository / FOLDER / "samples").rmdir()
    changes, notes = add_operator.plan(repository, GROUP, ["Pet:resource", "Order:resource"])
    assert notes == []
    assert {path for path in changes if path.startswith(FOLDER)} == {
        f"{FOLDER}/base/kustomization.yaml",
        f"{FOLDER}/base/crds/{GROUP}_orders.yaml",
    }


def test_it_goes_as_every_component_does(copy: Bake) -> None:
    repository = copy(**ASKED)
    gitops(repository, "remove", "component", "petstore-operator", "--yes")
    left = {path for path in named(repository) if not path.startswith(f"{LUA}/")}
    assert left == {"README.md", f"{PROJECTS}/team-platform.yaml"}
    assert "petstore-operator" not in (repository / "README.md").read_text(encoding="utf-8")


def test_the_waves_inside_are_in_order(copy: Bake, tmp_path: Path) -> None:
    found = deployed(copy(**ASKED), "dev", tmp_path)
    waves: dict[str, set[str]] = {}
    for item in found:
        waves.setdefault(item["metadata"]["annotations"][WAVE], set()).add(item["kind"])
    assert waves == {
        "-2": {"CustomResourceDefinition"},
        "-1": {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"},
        "0": {"Deployment", "Service"},
        "1": {"ServiceMonitor"},
        "2": {item.strip().partition(":")[0] for item in KINDS.split(",")},
    }


def test_the_parts_fit_together(copy: Bake, tmp_path: Path) -> None:
    found = deployed(copy(**ASKED), "prod", tmp_path)
    (deployment,), (service,) = of_kind("Deployment", found).values(), of_kind("Service", found).values()
    (account,), (monitor,) = of_kind("ServiceAccount", found).values(), of_kind("ServiceMonitor", found).values()
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert account["metadata"]["name"] == pod["spec"]["serviceAccountName"] == "petstore-controller-manager"
    for kind in ("ClusterRoleBinding", "RoleBinding"):
        (binding,) = of_kind(kind, found).values()
        assert binding["roleRef"]["name"] in of_kind(binding["roleRef"]["kind"], found)
        subject = {
            "kind": "ServiceAccount",
            "name": account["metadata"]["name"],
            "namespace": "petstore-operator-system",
        }
        assert binding["subjects"] == [subject]
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    (port,), (endpoint,) = service["spec"]["ports"], monitor["spec"]["endpoints"]
    assert endpoint["port"] == port["name"] == "metrics"
    assert port["targetPort"] in {named["name"] for named in container["ports"]}
    # Without an image that is there, it would hold its wave.
    assert (deployment["spec"]["replicas"], container["image"]) == (0, "ghcr.io/example/petstore-operator:0.1.0")
    assert {
        item["metadata"].get("namespace") for item in found if not item["kind"].startswith(("Cluster", "Custom"))
    } == {"petstore-operator-system"}


def test_kubernetes_accepts_what_is_deployed(bake: Bake) -> None:
    found = build(bake(**ASKED) / FOLDER / "overlays/dev")
    own = [item for item in found if item["kind"] not in ("CustomResourceDefinition", "ServiceMonitor")]
    assert len(own) > 6
    assert kubeconform(yaml.safe_dump_all(own), [kubernetes_schemas("1.35", CACHE)]) == []


def test_every_sample_is_of_a_kind_that_is_defined(copy: Bake, tmp_path: Path) -> None:
    found = deployed(copy(**ASKED), "dev", tmp_path)
    defined = {}
    for crd in of_kind("CustomResourceDefinition", found).values():
        (version,) = crd["spec"]["versions"]
        assert crd["metadata"]["name"] == f"{crd['spec']['names']['plural']}.{crd['spec']['group']}"
        assert crd["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=false"
        schema = version["schema"]["openAPIV3Schema"]
        defined[f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"]] = schema
    samples = [item for item in found if item["apiVersion"].startswith(GROUP)]
    assert {(item["apiVersion"], item["kind"]) for item in samples} == defined.keys()
    for sample in samples:
        assert set(sample) <= set(defined[sample["apiVersion"], sample["kind"]]["properties"])


@pytest.mark.parametrize(("components", "monitored"), [("", True), ("cert-manager", False)])
def test_it_is_measured_where_there_is_something_that_measures(bake: Bake, components: str, monitored: bool) -> None:
    repository = bake(**ASKED, components=components)
    for environment in environments(repository):
        found = build(repository / FOLDER / "overlays" / environment)
        assert bool(of_kind("ServiceMonitor", found)) is monitored
    (component,) = objects((repository / FOLDER / "component.yaml").read_text(encoding="utf-8"))
    assert component["provides"] == [f"crds/{GROUP}"]
    assert component["needs"] == (["crds/monitoring.coreos.com"] if monitored else [])


def test_argocd_is_told_of_every_kind(bake: Bake) -> None:
    repository = bake(**ASKED)
    (component,) = objects((repository / LUA / "kustomization.yaml").read_text(encoding="utf-8"))
    files = dict(line.split("=") for line in component["configMapGenerator"][0]["files"])
    for item in KINDS.split(","):
        kind, _, kind_class = item.strip().partition(":")
        wanted = {"health": "health.lua", "ignoreDifferences": "ignore-differences.yaml"}
        if kind_class in ("resource", "bundle"):
            wanted["actions"] = "actions.yaml"
        keys = {key.split(".")[2]: file for key, file in files.items() if key.endswith(f".{GROUP}_{kind}")}
        assert keys == {key: f"{GROUP}/{kind}/{file}" for key, file in wanted.items()}
        assert all((repository / LUA / file).is_file() for file in keys.values())


def kinds_of(repository: Path, project: str, key: str) -> list[dict[str, Any]]:
    (document,) = objects((repository / PROJECTS / project).read_text(encoding="utf-8"))
    return list(document["spec"][key])


@pytest.mark.parametrize(("version", "names"), [("v3.6.1", {"name": "petstore-operator-system"}), ("v3.2.11", {})])
def test_projects_allow_what_it_needs_and_no_more(bake: Bake, version: str, names: dict[str, str]) -> None:
    before, after = bake(argocd_version=version), bake(**ASKED, argocd_version=version)
    added: dict[str, list[dict[str, Any]]] = {}
    for project, key in (
        ("infrastructure.yaml", "destinations"),
        ("infrastructure.yaml", "clusterResourceWhitelist"),
        ("team-platform.yaml", "namespaceResourceWhitelist"),
    ):
        old, new = kinds_of(before, project, key), kinds_of(after, project, key)
        assert [entry for entry in new if entry in old] == old
        added[key] = [entry for entry in new if entry not in old]
    assert added["destinations"] == [{"name": "in-cluster", "namespace": "petstore-operator-system"}]
    namespace = {"group": "", "kind": "Namespace", **names}
    assert added["clusterResourceWhitelist"] == ([namespace] if names else [])
    kinds = sorted(item.strip().partition(":")[0] for item in KINDS.split(","))
    assert added["namespaceResourceWhitelist"] == [{"group": GROUP, "kind": kind} for kind in kinds]


@pytest.mark.parametrize(
    ("group", "kinds", "reason"),
    [
        ("", ["Pet:resource"], "must be an API group"),
        (GROUP, ["Pet"], "must be Kind:class"),
        (GROUP, ["Pet:query"], "has scripts of another class"),
        ("platform.example.com", ["Pet:resource"], "team platform owns platform-*"),
        ("cert-manager.io", ["Pet:resource"], "is the API group of cert-manager"),
        ("petstore.example.org", ["Pet:resource"], "makes petstore-operator, which is a component's name"),
    ],
)
def test_what_cannot_be_added_is_said(bake: Bake, group: str, kinds: list[str], reason: str) -> None:
    with pytest.raises(Wrong) as raised:
        add_operator.plan(bake(**ASKED), group, kinds)
    assert reason in raised.value.message


@pytest.mark.parametrize(
    ("kind", "plural"),
    [("Pet", "pets"), ("PetQuery", "petqueries"), ("Day", "days"), ("Class", "classes"), ("Batch", "batches")],
)
def test_plurals_are_those_of_the_usual_generators(kind: str, plural: str) -> None:
    assert operators.plural(kind) == plural
