"""The objects of a cluster: what its root syncs, in which wave, with which facts."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, Object, build, environments, of_kind
from gitops import kustomize
from gitops.repository import Repository
from pairs import TEMPLATE

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
MODEL_WORDS = {"CLUSTER", "ENVIRONMENT", "PRODUCTION", "REVISION", "DOMAIN", "VERSION"}
NINE = "a, b2, c-3, test, 1, true, uat, pre-prod, production"


def scalars(value: Any) -> list[str]:
    """Every scalar in an object, as text."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in scalars(item)]
    if isinstance(value, list):
        return [text for item in value for text in scalars(item)]
    return [str(value)]


def wave(item: Object) -> str:
    return str(item["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])


def set_facts(repository: Path, cluster: str, **facts: str) -> None:
    path = repository / "clusters" / cluster / "cluster.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["data"] |= facts
    path.write_text(yaml.safe_dump(data), encoding="utf-8")


def test_default_cluster_holds_one_root_the_projects_the_components_and_three_sets_in_their_waves(bake: Bake) -> None:
    found = build(bake() / "clusters/dev")
    assert [item["metadata"]["name"] for item in found if "root" in item["metadata"]["name"]] == ["root"]
    assert of_kind("AppProject", found).keys() >= {
        "default",
        "infrastructure",
        "monitoring",
        "platform",
        "team-platform",
    }
    applications = of_kind("Application", found)
    assert len(applications) >= 7
    assert {name: wave(item) for name, item in of_kind("ApplicationSet", found).items()} == {
        "infrastructure": "4",
        "monitoring": "5",
        "my-apps": "6",
    }
    assert wave(applications["root"]) == "6"
    assert {item["kind"] for item in found} == {"AppProject", "Application", "ApplicationSet"}


@pytest.mark.parametrize("profile", ["minimal", "standard", "full"])
def test_applications_are_those_of_the_catalogue_in_its_waves(bake: Bake, profile: str) -> None:
    profiles = ["minimal", "standard", "full"]
    chosen = [name for name, facts in CATALOGUE.items() if facts["profile"] in profiles[: profiles.index(profile) + 1]]
    applications = of_kind("Application", build(bake(profile=profile) / "clusters/dev"))
    assert {name: wave(item) for name, item in applications.items() if name != "root"} == {
        name: str(CATALOGUE[name]["wave"]) for name in chosen if CATALOGUE[name]["wave"] < 3
    }


@pytest.mark.parametrize("names", ["dev, staging, prod", "lab", NINE])
def test_every_fact_arrives_and_no_model_word_is_left(bake: Bake, names: str) -> None:
    repository = bake(environments=names, revision="release/1.10")
    assert sorted(environments(repository)) == sorted(name.strip() for name in names.split(","))
    for environment in environments(repository):
        found = build(repository / "clusters" / environment)
        left = {word for item in found for text in scalars(item) for word in MODEL_WORDS if word in text.split("/")}
        assert left == set()
        applications = of_kind("Application", found)
        assert applications["argocd"]["spec"]["source"] == {
            "repoURL": "https://github.com/example/platform-gitops.git",
            "path": f"infrastructure/controllers/argocd/overlays/{environment}",
            "targetRevision": "release/1.10",
        }
        chart, values, overlay = applications["cert-manager"]["spec"]["sources"]
        assert chart["targetRevision"] == CATALOGUE["cert-manager"]["version"]
        assert chart["helm"]["valueFiles"] == [
            "$values/infrastructure/cert-manager/values.yaml",
            f"$values/infrastructure/cert-manager/overlays/{environment}/values.yaml",
        ]
        assert values["targetRevision"] == overlay["targetRevision"] == "release/1.10"
        assert overlay["path"] == f"infrastructure/cert-manager/overlays/{environment}"
        for item in of_kind("ApplicationSet", found).values():
            (generator,) = item["spec"]["generators"]
            production = environment == [name.strip() for name in names.split(",")][-1]
            assert generator["git"]["values"] == {
                "cluster": environment,
                "environment": environment,
                "revision": "release/1.10",
                "domain": "example.com" if production else f"{environment}.example.com",
            }
            assert generator["git"]["revision"] == "release/1.10"
            assert f"/overlays/{environment}/app.yaml" in generator["git"]["files"][0]["path"]


def test_only_the_last_environment_is_production(bake: Bake) -> None:
    repository = bake()
    facts = {
        name: yaml.safe_load((repository / "clusters" / name / "cluster.yaml").read_text(encoding="utf-8"))["data"]
        for name in environments(repository)
    }
    assert {name: fact["production"] for name, fact in facts.items()} == {
        "dev": "false",
        "staging": "false",
        "prod": "true",
    }


def test_version_of_a_wave_1_component_changed_in_dev_leaves_prod_as_it_was(copy: Bake) -> None:
    repository = copy()
    before = {name: build(repository / "clusters" / name) for name in ("dev", "prod")}
    path = repository / "infrastructure/controllers/argocd/apps/environments/dev/versions.yaml"
    versions = yaml.safe_load(path.read_text(encoding="utf-8"))
    versions["data"]["cert-manager"] = "v9.9.9"
    path.write_text(yaml.safe_dump(versions), encoding="utf-8")
    assert build(repository / "clusters/prod") == before["prod"]
    changed = [
        after["metadata"]["name"]
        for after, then in zip(build(repository / "clusters/dev"), before["dev"], strict=True)
        if after != then
    ]
    assert changed == ["cert-manager"]


def test_moving_the_pin_moves_everything_but_the_root(copy: Bake) -> None:
    repository = copy()
    set_facts(repository, "dev", revision="0123456789012345678901234567890123456789")
    found = build(repository / "clusters/dev")
    revisions = {
        item["metadata"]["name"]: {text for text in scalars(item) if text in ("main", "0123456789" * 4)}
        for item in found
        if item["kind"] in ("Application", "ApplicationSet")
    }
    assert revisions.pop("root") == {"main"}
    assert set(map(frozenset, revisions.values())) == {frozenset({"0123456789" * 4})}


def test_kubectl_s_kustomize_builds_the_same(bake: Bake) -> None:
    repository = bake(profile="full")
    folders = [path.parent for path in repository.rglob("kustomization.yaml") if "argocd" not in path.parts[-4:]]
    kinds = {
        path: yaml.safe_load((path / "kustomization.yaml").read_text(encoding="utf-8"))["kind"] for path in folders
    }
    for folder in (path for path, kind in kinds.items() if kind == "Kustomization"):
        key = "{kind}/{metadata[name]}".format_map
        assert sorted(build(folder, "kubectl", "kustomize"), key=key) == sorted(build(folder), key=key), folder


@pytest.mark.parametrize("profile", ["minimal", "standard", "full"])
def test_sets_generate_what_the_tree_holds_and_nothing_else(bake: Bake, profile: str) -> None:
    repository = bake(profile=profile)
    for cluster in Repository(repository, kustomize.find()).clusters:
        assert [expansion.reason for expansion in cluster.expansions] == ["", "", ""]
        generated = {
            made.document.file: (
                (made.parent.name, made.name, made.project, made.namespace),
                made.paths(cluster.own_url()),
                len(made.sources),
            )
            for expansion in cluster.expansions
            for made in expansion.applications
        }
        expected = {}
        for path in repository.glob(f"*/**/overlays/{cluster.environment}/app.yaml"):
            file = path.relative_to(repository)
            area, *names = file.parts[:-3]
            facts = CATALOGUE.get(names[-1])
            name = names[-1] if facts else "-".join(names)
            project = area if facts else f"team-{names[0]}"
            identity = (area, name, project, facts["namespace"] if facts else name)
            # A chart, its values and an overlay; the first app has no chart.
            expected[str(file)] = (identity, [str(file.parent)], 3 if facts else 1)
        assert generated == expected
        assert {file.split("/")[0] for file in expected} == {"infrastructure", "monitoring", "my-apps"}
