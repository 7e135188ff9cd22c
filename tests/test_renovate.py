"""Renovate finds each version once, with where it comes from, and moves those of the first environment alone."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, environments
from gitops.patterns import glob
from pairs import TEMPLATE
from schemas import schema_faults

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
Found = list[dict[str, str]]
MIRRORS = {
    "no mirror": "",
    "chart repository": "https://charts.example.com/all",
    "registry": "registry.example.com:5000/charts",
}
VERSIONS = "infrastructure/controllers/argocd/apps/environments/dev/versions.yaml"


def config(repository: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((repository / "renovate.json").read_text(encoding="utf-8"))
    return loaded


def files(repository: Path) -> list[str]:
    return sorted(str(path.relative_to(repository)) for path in repository.rglob("*") if path.is_file())


def matches(pattern: str) -> Callable[[str], bool]:
    """A test for paths, as Renovate reads managerFilePatterns: `/…/` is a regular expression."""
    regexp = re.compile(pattern.removeprefix("/").removesuffix("/"))
    return lambda file: regexp.search(file) is not None


def found(repository: Path, file: str) -> Found:
    """What the custom managers of a repository find in one of its files, as Renovate puts it together."""
    text = (repository / file).read_text(encoding="utf-8")
    dependencies = []
    for manager in config(repository)["customManagers"]:
        assert manager["matchStringsStrategy"] == "any"
        if any(matches(pattern)(file) for pattern in manager["managerFilePatterns"]):
            for expression in manager["matchStrings"]:
                assert not re.search(r"\(\?[=!<][=!]?(?![a-zA-Z])|\\\d", expression), "RE2 looks neither ahead nor back"
                for match in re.finditer(expression.replace("(?<", "(?P<"), text):
                    dependencies.append(_dependency(manager, match.groupdict()))
    return dependencies


def _dependency(manager: dict[str, str], groups: dict[str, str]) -> dict[str, str]:
    fields = dict(groups)
    for key, template in manager.items():
        if key.endswith("Template"):
            fields[key.removesuffix("Template")] = re.sub(
                r"\{\{\{(\w+)\}\}\}", lambda match: groups[match[1]], template
            )
    return fields


def source(found: dict[str, str]) -> tuple[str, str, str]:
    """Datasource, where the package is, and its version."""
    package = found.get("packageName", found["depName"])
    return found["datasource"], " ".join(filter(None, [found.get("registryUrl"), package])), found["currentValue"]


def chart(repository: str, name: str, version: str) -> tuple[str, str, str]:
    if repository.startswith("http"):
        return "helm", f"{repository} {name}", version
    return "docker", f"{repository}/{name}", version


def test_the_file_is_what_renovate_reads(bake: Bake, tmp_path: Path) -> None:
    text = (bake() / "renovate.json").read_text(encoding="utf-8")
    assert schema_faults("renovate", text, tmp_path) == ""
    wrong = text.replace('"matchStringsStrategy": "any"', '"matchStringsStrategy": "most"')
    assert "Schema validation errors were encountered" in schema_faults("renovate", wrong, tmp_path)


@pytest.mark.parametrize("mirror", MIRRORS.values(), ids=MIRRORS)
def test_each_chart_is_found_once_with_the_repository_that_argo_cd_takes_it_from(bake: Bake, mirror: str) -> None:
    repository = bake(profile="full", chart_mirror=mirror)
    for environment in environments(repository):
        file = VERSIONS.replace("dev", environment)
        written = yaml.safe_load((repository / file).read_text(encoding="utf-8"))["data"]
        expected = []
        for name in written:
            application = repository / f"infrastructure/controllers/argocd/apps/{name}.yaml"
            first = yaml.safe_load(application.read_text(encoding="utf-8"))["spec"]["sources"][0]
            expected.append(chart(first["repoURL"], first["chart"], written[name]))
        assert len(expected) > 5
        dependencies = found(repository, file)
        assert sorted(source(dependency) for dependency in dependencies) == sorted(expected)
        assert sorted(dependency["depName"] for dependency in dependencies) == sorted(written)
    charts = [file for file in files(repository) if file.endswith("/app.yaml")]
    with_one = 0
    for file in charts:
        said = (yaml.safe_load((repository / file).read_text(encoding="utf-8")) or {}).get("chart")
        expected = [chart(said["repository"], said["name"], str(said["version"]))] if said else []
        assert [source(dependency) for dependency in found(repository, file)] == expected, file
        with_one += len(expected)
    assert with_one == 3 * sum(facts["wave"] > 2 and facts["profile"] != "named" for facts in CATALOGUE.values())


def test_a_chart_of_an_app_is_found_as_the_file_says_to_write_it(copy: Bake) -> None:
    repository = copy()
    file = "my-apps/platform/hello-world/overlays/dev/app.yaml"
    text = (repository / file).read_text(encoding="utf-8")
    assert found(repository, file) == []
    (repository / file).write_text(text.replace("#   ", "", 4).replace("{}\n", ""), encoding="utf-8")
    (dependency,) = found(repository, file)
    assert source(dependency) == chart("https://charts.example.com", "my-chart", "1.2.3")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" # https://charts.jetstack.io cert-manager", ""),
        ("https://charts.jetstack.io ", "https://charts.jetstack.io/"),
    ],
    ids=["no repository", "no chart"],
)
def test_a_line_that_does_not_say_where_it_comes_from_is_not_found(copy: Bake, before: str, after: str) -> None:
    repository = copy()
    text = (repository / VERSIONS).read_text(encoding="utf-8")
    assert "cert-manager" in [dependency["depName"] for dependency in found(repository, VERSIONS)]
    assert before in text
    (repository / VERSIONS).write_text(text.replace(before, after), encoding="utf-8")
    assert "cert-manager" not in [dependency["depName"] for dependency in found(repository, VERSIONS)]


@pytest.mark.parametrize("high_availability", ["all", "none"])
def test_argo_cd_is_found_plain_and_highly_available(bake: Bake, high_availability: str) -> None:
    repository = bake(high_availability=high_availability)
    for environment in environments(repository):
        (dependency,) = found(
            repository, f"infrastructure/controllers/argocd/overlays/{environment}/kustomization.yaml"
        )
        assert source(dependency) == ("github-releases", "argoproj/argo-cd", "v3.6.1")


def test_the_tools_of_ci_are_found_with_their_checksums(bake: Bake) -> None:
    file = "tools/ci/versions.txt"
    lines = (bake() / file).read_text(encoding="utf-8").splitlines()
    checksums = {line.split()[-1] for line in lines if line.startswith(("kubeconform ", "crds-catalog "))}
    dependencies = found(bake(), file)
    assert {dependency["currentDigest"] for dependency in dependencies} == checksums
    assert {source(dependency) for dependency in dependencies} == {
        ("github-release-attachments", "yannh/kubeconform", "v0.8.0"),
        ("git-refs", "https://github.com/datreeio/CRDs-catalog", "main"),
    }
    assert len(dependencies) == len(checksums) == 5


def moves(repository: Path, file: str) -> bool:
    """Whether Renovate may change a file: the last rule that names it and says so decides."""
    enabled = True
    for rule in config(repository)["packageRules"]:
        if any(glob(pattern)(file) for pattern in rule.get("matchFileNames", [])):
            enabled = rule.get("enabled", enabled)
    return enabled


@pytest.mark.parametrize("names", ["dev, staging, prod", "lab", "a, b2, c-3, test, 1, true, uat, pre-prod, production"])
def test_only_what_lies_in_the_first_environments_folders_moves(bake: Bake, names: str) -> None:
    repository = bake(environments=names, profile="full")
    first = names.split(", ")[0]
    delivered = [
        file for file in files(repository) if file.split("/")[0] in ("infrastructure", "monitoring", "my-apps")
    ]
    assert {file for file in delivered if moves(repository, file)} == {
        file for file in delivered if f"/overlays/{first}/" in file or f"/environments/{first}/" in file
    }
    assert not any(moves(repository, file) for file in files(repository) if file.startswith("clusters/"))
    assert moves(repository, f"infrastructure/controllers/argocd/apps/environments/{first}/versions.yaml")


def test_an_environment_that_is_added_does_not_move_by_itself(bake: Bake) -> None:
    assert not moves(bake(), "my-apps/platform/hello-world/overlays/qa/kustomization.yaml")


def test_what_only_ci_runs_moves_but_what_the_template_updates_does_not(bake: Bake) -> None:
    assert moves(bake(), ".github/workflows/validate.yaml")
    assert moves(bake(), "tools/ci/versions.txt")
    assert not moves(bake(), "tools/requirements.txt")
    assert not moves(bake(), "tools/requirements-update.txt")
    assert not moves(bake(), "tools/ci/requirements.txt")
