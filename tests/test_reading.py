"""The verbs that read: apps, waves and diff say what the objects of the clusters say."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import edit, gitops
from conftest import Bake, build, environments, of_kind
from gitops import kustomize
from gitops.applicationsets import expand
from gitops.repository import Repository
from pairs import TEMPLATE

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
IN_FULL = {name: facts for name, facts in CATALOGUE.items() if facts["profile"] != "named"}
ARGOCD = "infrastructure/controllers/argocd"
VERSIONS = f"{ARGOCD}/apps/environments/{{}}/versions.yaml"


def read(repository: Path, *arguments: str) -> Any:
    """What a verb prints as JSON."""
    run = gitops(repository, *arguments, "--json")
    assert run.returncode in (0, 1), run.stderr
    return json.loads(run.stdout)


# apps


def test_apps_are_those_of_the_build_and_of_the_folders(bake: Bake) -> None:
    repository = bake(profile="full")
    apps = read(repository, "apps")
    assert {app["cluster"] for app in apps} == {*environments(repository)}
    here = {app["name"]: app for app in apps if app["cluster"] == "prod"}
    explicit = of_kind("Application", build(repository / "clusters/prod"))
    folders = {path.parts[-4] for path in repository.glob("*/**/overlays/prod/app.yaml")}
    assert here.keys() == {*explicit, *(folders - {"hello-world"}), "platform-hello-world"}
    assert {name: app["wave"] for name, app in here.items() if name in CATALOGUE} == {
        name: facts["wave"] for name, facts in IN_FULL.items()
    }
    url = "https://github.com/example/platform-gitops.git"
    assert here["cert-manager"] == {
        "name": "cert-manager",
        "environment": "prod",
        "cluster": "prod",
        "wave": 1,
        "project": "infrastructure",
        "namespace": "cert-manager",
        "sources": [
            {
                "repository": CATALOGUE["cert-manager"]["repository"],
                "chart": "cert-manager",
                "version": CATALOGUE["cert-manager"]["version"],
            },
            {"repository": url, "path": "infrastructure/cert-manager/overlays/prod", "revision": "main"},
        ],
    }
    assert here["platform-hello-world"]["project"] == "team-platform"
    assert here["loki"]["sources"][0]["version"] == CATALOGUE["loki"]["version"]


def test_table_of_apps_has_a_whole_line_for_each(bake: Bake) -> None:
    header, *lines = gitops(bake(), "apps", "--environment", "staging").stdout.splitlines()
    apps = [app for app in read(bake(), "apps") if app["environment"] == "staging"]
    assert header.split() == ["CLUSTER", "WAVE", "NAME", "PROJECT", "NAMESPACE", "SOURCES"]
    assert [line.split()[:5] for line in lines] == [
        [app["cluster"], str(app["wave"]), app["name"], app["project"], app["namespace"]] for app in apps
    ]
    (line,) = (line for line in lines if " cert-manager " in line)
    version = CATALOGUE["cert-manager"]["version"]
    assert line.endswith(f"cert-manager@{version}, infrastructure/cert-manager/overlays/staging@main")


def test_apps_need_no_kustomize(bake: Bake, tmp_path: Path) -> None:
    run = gitops(bake(), "apps", "--json", PATH=str(tmp_path))
    assert json.loads(run.stdout) == read(bake(), "apps")
    assert "note: neither kustomize nor kubectl" in run.stderr


# waves


def test_waves_hold_what_the_catalogue_says_and_needs_are_named(bake: Bake) -> None:
    found = read(bake(profile="full"), "waves")
    members = {wave["wave"]: wave["members"] for wave in found["waves"]}
    assert list(members) == [-1, 0, 1, 2, 4, 5, 6]
    for wave in (0, 1, 2):
        assert {member["name"] for member in members[wave]} == {
            name for name, facts in IN_FULL.items() if facts["wave"] == wave
        }
        assert all(member["environments"] == ["dev", "staging", "prod"] for member in members[wave])
    (monitoring,) = members[5]
    assert {made["name"] for made in monitoring["generates"]} == {
        name for name, facts in IN_FULL.items() if facts["wave"] == 5
    }
    providers = {(edge["application"], edge["need"]): edge["providers"] for edge in found["needs"]}
    assert providers["metrics-server", "certificates"] == ["cert-manager"]
    assert all(providers.values())


def test_waves_say_where_something_is_missing(copy: Bake) -> None:
    repository = copy()
    shutil.rmtree(repository / "monitoring/loki/overlays/prod")
    edit(repository / "monitoring/loki/component.yaml", "  - crds/monitoring.coreos.com", "  - something")
    text = gitops(repository, "waves").stdout
    assert re.search(r"^5 +loki +dev, staging +something \(missing\)$", text, re.MULTILINE)
    assert re.search(r"^5 +tempo +dev, staging, prod +prometheus-operator-crds$", text, re.MULTILINE)


def test_flowchart_is_whole(bake: Bake) -> None:
    lines = gitops(bake(), "waves", "--mermaid").stdout.splitlines()
    assert lines[0] == "flowchart LR"
    assert sum(line.strip().startswith("subgraph ") for line in lines) == sum(line.strip() == "end" for line in lines)
    nodes = dict(re.findall(r'^\s+(?:subgraph )?(n\d+)\["(.+)"\]$', "\n".join(lines), re.MULTILINE))
    arrows = [match for line in lines if (match := re.match(r'  (n\d+) (?:==>|-->\|"(.+)"\|) (n\d+)$', line))]
    assert {nodes[match[1]] for match in arrows} <= {*nodes.values()}
    assert ("cert-manager", "certificates", "metrics-server") in {(nodes[m[1]], m[2], nodes[m[3]]) for m in arrows}
    assert next((nodes[m[1]], nodes[m[3]]) for m in arrows if not m[2]) == ("wave -1", "wave 0")
    assert "Applications: 1" in nodes.values()
    assert gitops(bake(), "waves", "--mermaid", "--json").returncode == 2


# diff


def test_environments_that_are_made_from_one_model_do_not_differ(bake: Bake) -> None:
    run = gitops(bake(profile="full", revision="release/1.10"), "diff", "dev", "staging")
    assert (run.returncode, run.stdout) == (0, "")


def test_differences_are_told_app_by_app(copy: Bake) -> None:
    repository = copy()
    edit(repository / VERSIONS.format("staging"), CATALOGUE["cert-manager"]["version"], "v9.9.9")
    edit(repository / "clusters/staging/cluster.yaml", 'revision: "main"', 'revision: "v1"')
    app = repository / "my-apps/platform/hello-world"
    edit(app / "overlays/staging/kustomization.yaml", "\nresources:", "\nnamePrefix: new-\nresources:")
    (repository / "infrastructure/cert-manager/overlays/staging/values.yaml").write_text(
        "# Another.\nreplicaCount: 7\nwebhook: {replicaCount: null}\n", encoding="utf-8"
    )
    shutil.rmtree(repository / "monitoring/loki/overlays/staging")
    shutil.rmtree(repository / "monitoring/tempo/overlays/dev")
    run = gitops(repository, "diff", "dev", "staging")
    assert run.returncode == 1, run.stderr
    apps = dict(re.findall(r"^# (\S+)\n((?:(?!# ).*\n)+)", run.stdout, re.MULTILINE))
    assert apps.keys() == {"cert-manager", "loki", "platform-hello-world", "root", "tempo"}
    changed = {
        name: [line for line in text.splitlines() if re.match(r"[-+](?![-+])", line)] for name, text in apps.items()
    }
    version = CATALOGUE["cert-manager"]["version"]
    assert f"-      targetRevision: {version}" in changed["cert-manager"]
    assert "+      targetRevision: v9.9.9" in changed["cert-manager"]
    assert "+replicaCount: 7" in changed["cert-manager"]
    assert "+  replicaCount: null" in changed["cert-manager"]
    assert changed["root"] == ["-revision: main", "+revision: v1"]
    assert (apps["loki"], apps["tempo"]) == ("Only in dev: loki\n", "Only in staging: tempo\n")
    assert "--- dev: Deployment.apps platform-hello-world/hello-world\n+++ /dev/null\n" in apps["platform-hello-world"]
    assert "+  name: new-hello-world" in changed["platform-hello-world"]
    assert "\x1b" not in run.stdout


@pytest.mark.parametrize(
    ("what", "apps"),
    [
        (["cert-manager"], {"cert-manager"}),
        (["monitoring/"], {"kube-prometheus-stack", "loki", "tempo"}),
        (["my-apps/platform/hello-world", "kyverno"], {"platform-hello-world", "kyverno"}),
        (["root"], set()),
    ],
    ids=["a name", "an area", "two", "the root"],
)
def test_difference_of_what_is_named(bake: Bake, what: list[str], apps: set[str]) -> None:
    assert {found["app"] for found in read(bake(), "diff", "dev", "prod", *what)} == apps


def test_what_cannot_be_compared_is_one_sentence(copy: Bake, tmp_path: Path) -> None:
    repository = copy()
    unknown = gitops(repository, "diff", "dev", "prod", "cert-manger")
    assert unknown.returncode == 2
    assert "nothing called cert-manger runs in dev or prod" in unknown.stderr
    without = gitops(repository, "diff", "dev", "prod", PATH=str(tmp_path))
    assert (without.returncode, without.stdout) == (3, "")
    assert "neither kustomize nor kubectl" in without.stderr
    edit(repository / "my-apps/platform/hello-world/overlays/prod/kustomization.yaml", "kind: Kust", "kind: Cust")
    broken = gitops(repository, "diff", "dev", "prod")
    assert (broken.returncode, broken.stdout) == (3, "")
    assert "my-apps/platform/hello-world/overlays/prod does not build" in broken.stderr


def test_only_what_is_asked_for_is_built(bake: Bake) -> None:
    def overlay_of_dev(folder: str) -> bool:
        return folder.endswith("/overlays/dev")

    repository = Repository(bake(), kustomize.find(), overlay_of_dev)
    assert repository.builds
    assert all(map(overlay_of_dev, repository.builds))
    cluster = repository.clusters[0]
    assert expand(cluster.of_kind("ApplicationSet")[0], repository, cluster.own_url()).applications
