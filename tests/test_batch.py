"""Folders that are built in one run give what each of them gives in a run of its own."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from conftest import Bake
from gitops import batch, kustomize
from gitops.repository import Repository

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.example.com\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:1
          envFrom:
            - configMapRef:
                name: settings
"""


def written(tree: Path, folder: str, kustomization: str, **files: str) -> Path:
    (tree / folder).mkdir(parents=True)
    (tree / folder / "kustomization.yaml").write_text(dedent(kustomization), encoding="utf-8")
    for name, text in files.items():
        (tree / folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tree / folder


def alone_and_together(folders: Sequence[Path]) -> tuple[list[object], list[object], int]:
    """What comes of each folder alone and in a batch, without order, and how many runs the batch took."""
    builder = kustomize.find()
    assert builder is not None
    runs: list[Path] = []

    def run(folder: Path) -> batch.Result:
        runs.append(folder)
        return kustomize._run(builder, folder)

    together = [readable(result) for result in batch.build(run, folders)]
    count = len(runs)
    return [readable(run(folder)) for folder in folders], together, count


def readable(result: batch.Result) -> object:
    code, text = result
    return text if code else sorted(yaml.safe_load_all(text), key=repr)


def test_the_same_names_in_two_folders_are_kept_apart(tmp_path: Path) -> None:
    lists = "resources: [namespace.yaml, crd.yaml, deployment.yaml]\n"
    settings = "configMapGenerator: [{name: settings, literals: [a=%s]}]\nnamespace: shop\n"
    folders = [
        written(tmp_path, name, lists + settings % name, namespace=NAMESPACE, crd=CRD, deployment=DEPLOYMENT)
        for name in ("dev", "prod")
    ]
    alone, together, runs = alone_and_together(folders)
    assert together == alone
    assert runs == 1


def test_what_one_folder_has_is_not_taken_for_what_another_refers_to(tmp_path: Path) -> None:
    has = written(tmp_path, "has", "configMapGenerator: [{name: settings, literals: [a=b]}]")
    refers = written(tmp_path, "refers", "resources: [deployment.yaml]", deployment=DEPLOYMENT)
    alone, together, _ = alone_and_together([has, refers])
    assert together == alone
    assert "name: settings\n" in yaml.safe_dump(together[1])


@pytest.mark.parametrize("name", ["1", "1e3", "true", "0x1f", "-1", "no", "on-1"])
def test_a_name_that_looks_like_a_number_stays_a_name(tmp_path: Path, name: str) -> None:
    folders = [
        written(tmp_path, folder, "resources: [deployment.yaml]", deployment=DEPLOYMENT.replace("NAME", f"'{name}'"))
        for folder in ("dev", "prod")
    ]
    alone, together, _ = alone_and_together(folders)
    assert together == alone


def test_a_folder_that_fails_says_so_in_its_own_words_and_spoils_no_other(tmp_path: Path) -> None:
    folders = [
        written(
            tmp_path,
            str(number),
            f"resources: [{'namespace.yaml' if number != 3 else 'nowhere.yaml'}]\n",
            namespace=NAMESPACE,
        )
        for number in range(6)
    ]
    alone, together, _ = alone_and_together(folders)
    assert together == alone
    assert [isinstance(result, str) for result in together] == [number == 3 for number in range(6)]


def test_objects_without_a_name_and_folders_without_an_object(tmp_path: Path) -> None:
    job = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: migrate-\n"
    folders = [
        written(tmp_path, "a", "resources: [job.yaml]", job=job),
        written(tmp_path, "b", "resources: [job.yaml]", job=job),
        written(tmp_path, "c", "resources: []\nnamespace: shop\n"),
        written(tmp_path, "d", "resources: [namespace.yaml]", namespace=NAMESPACE),
    ]
    alone, together, _ = alone_and_together(folders)
    assert together == alone


def test_what_would_change_the_others_is_built_alone(bake: Bake, copy: Bake) -> None:
    sound = bake()
    changed = copy()
    overlay = "my-apps/platform/hello-world/overlays"
    for environment in ("dev", "prod"):
        file = changed / overlay / environment / "kustomization.yaml"
        file.write_text(file.read_text(encoding="utf-8") + "buildMetadata: [originAnnotations]\n", encoding="utf-8")
    builds = {root: Repository(root, kustomize.find()).builds for root in (sound, changed)}
    for folder, build in builds[sound].items():
        is_changed = folder in (f"{overlay}/dev", f"{overlay}/prod")
        annotations = [
            document.annotation("config.kubernetes.io/origin") for document in builds[changed][folder].objects
        ]
        assert all(bool(annotation) == is_changed for annotation in annotations), folder
        assert len(annotations) == len(build.objects)
