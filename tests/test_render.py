"""`./gitops render` writes what clusters get, whole or with a word about what is missing."""

import shutil
from pathlib import Path

import yaml
from commands import gitops
from conftest import Bake


def test_it_writes_each_build_and_the_generated_applications(copy: Bake, tmp_path: Path) -> None:
    repository = copy(environments="dev, prod")
    # It would be fetched.
    shutil.rmtree(repository / "infrastructure/controllers/argocd/overlays")
    run = gitops(repository, "render", str(tmp_path / "rendered"))
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert sorted(str(file.relative_to(tmp_path / "rendered")) for file in (tmp_path / "rendered").rglob("*.yaml")) == [
        "clusters/dev.yaml",
        "clusters/dev/applications.yaml",
        "clusters/prod.yaml",
        "clusters/prod/applications.yaml",
        "infrastructure/cert-manager/overlays/dev.yaml",
        "infrastructure/cert-manager/overlays/prod.yaml",
        "infrastructure/envoy-gateway/overlays/dev.yaml",
        "infrastructure/envoy-gateway/overlays/prod.yaml",
        "my-apps/platform/hello-world/overlays/dev.yaml",
        "my-apps/platform/hello-world/overlays/prod.yaml",
    ]
    text = (tmp_path / "rendered/clusters/dev/applications.yaml").read_text(encoding="utf-8")
    applications = {item["metadata"]["name"]: item for item in yaml.safe_load_all(text)}
    assert {"loki", "metrics-server", "platform-hello-world"} <= applications.keys()
    assert applications["loki"]["metadata"]["labels"]["gitops/environment"] == "dev"
    assert "&id" not in text


def test_what_is_not_built_is_named_and_the_rest_is_written(copy: Bake, tmp_path: Path) -> None:
    repository = copy(environments="dev, prod")
    # It would be fetched.
    shutil.rmtree(repository / "infrastructure/controllers/argocd/overlays")
    (repository / "my-apps/platform/hello-world/overlays/dev/kustomization.yaml").write_text(
        "resources:\n  - nowhere\n", encoding="utf-8"
    )
    run = gitops(repository, "render", str(tmp_path / "rendered"))
    assert run.returncode == 1
    assert run.stderr.startswith("my-apps/platform/hello-world/overlays/dev was not built: ")
    assert not (tmp_path / "rendered/my-apps/platform/hello-world/overlays/dev.yaml").exists()
    assert (tmp_path / "rendered/my-apps/platform/hello-world/overlays/prod.yaml").exists()


def test_a_folder_that_holds_something_is_left_alone(bake: Bake, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    run = gitops(bake(), "render", str(tmp_path))
    assert run.returncode == 3
    assert "is not empty" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_without_kustomize_it_cannot_run(bake: Bake, tmp_path: Path) -> None:
    run = gitops(bake(), "render", str(tmp_path / "rendered"), PATH=str(tmp_path))
    assert run.returncode == 3
    assert "neither kustomize nor kubectl is on PATH" in run.stderr
