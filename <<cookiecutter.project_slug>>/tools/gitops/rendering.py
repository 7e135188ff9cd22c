"""What clusters get from this repository, as files: to be checked by others, and compared with another state of it."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from gitops import kustomize
from gitops.clusters import Cluster
from gitops.repository import Repository

API_VERSION = "argoproj.io/v1alpha1"


def render(root: Path, builder: kustomize.Builder, target: Path) -> list[str]:
    """Writes the objects of the repository at `root` into `target`, and returns what could not be built, and why.

    That is a file for each folder that kustomize builds, where unlike in the validator what is remote is fetched, and
    `applications.yaml` for the Applications that the sets of a cluster generate. Charts are not rendered.
    """
    repository = Repository(root)
    folders = [folder for folder in repository.built_folders if not repository.kustomizations[folder].is_empty]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        built = list(threads.map(lambda folder: kustomize.run(builder, root, folder), folders))
    errors = []
    for folder, (code, text) in zip(folders, built, strict=True):
        if code:
            errors.append(f"{folder} was not built: {text}")
        else:
            _write(target / f"{folder}.yaml", text)
    for cluster in repository.clusters:
        _write(target / cluster.folder / "applications.yaml", _generated(cluster))
    return errors


def _generated(cluster: Cluster) -> str:
    """The Applications that the sets of a cluster generate, as YAML."""
    generated = [application for application in cluster.applications if application.generated]
    objects = [
        {"apiVersion": API_VERSION, "kind": "Application", "metadata": application.metadata, "spec": application.spec}
        for application in sorted(generated, key=lambda application: application.name)
    ]
    # What was read knows its lines, and two Applications may share a part: neither is for YAML.
    return yaml.safe_dump_all(json.loads(json.dumps(objects, default=str)), sort_keys=False)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
