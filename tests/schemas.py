"""Strict JSON schemas for kubeconform, and those of CI files, without a network at validation time.

Kubernetes' own kinds come with the `kubernetes-validate` package; those of a controller are made from the CRDs in its
published Go module, which is downloaded once, as a zip, and neither unpacked nor built.
"""

import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml
from gitops import crds as crds_of

Json = dict[str, Any]

ARGOCD = "github.com/argoproj/argo-cd/v3"


def kubernetes_schemas(version: str, cache: Path) -> Path:
    """Return the folder with the strict schemas of Kubernetes `version`, such as 1.35; FileNotFoundError if unknown."""
    package = "kubernetes-validate"
    folder = _schema_folder(cache, f"kubernetes-{version}-{metadata.version(package)}")
    if not folder.is_dir():
        shipped = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{version}.0-local-strict"
        if not shipped.is_dir():
            raise FileNotFoundError(f"Kubernetes {version}: no schemas in {package}; make update-requirements")
        files = {}
        for source in shipped.glob("*.json"):
            schema = json.loads(source.read_bytes())
            # With its $id a schema looks for its neighbours on the web.
            schema.pop("$id", None)
            files[source.name] = json.dumps(schema).replace('"/api/_definitions.json#', '"_definitions.json#').encode()
        _publish(folder, files)
    return folder


def argocd_schemas(version: str, cache: Path) -> Path:
    """Return the folder with the strict schemas of Argo CD's kinds at `version`, such as v3.6.1."""
    return crd_schemas(ARGOCD, version, "manifests/crds/*-crd.yaml", cache)


def argocd_manifest(version: str, cache: Path, *, high_availability: bool = False) -> Path:
    """Return upstream's install manifest at `version`, as its module ships it."""
    inside = "manifests/ha/install.yaml" if high_availability else "manifests/install.yaml"
    return module_files(ARGOCD, version, inside, cache) / inside


def crd_schemas(module: str, version: str, crds: str, cache: Path) -> Path:
    """Return the folder with the strict schemas of the CRDs in those files of a Go module that match `crds`."""
    folder = _schema_folder(cache, f"{_flat(module)}-{version}")
    if not folder.is_dir():
        schemas: dict[str, Json] = {}
        for source in module_files(module, version, crds, cache).rglob("*.yaml"):
            for crd in yaml.load_all(source.read_text(encoding="utf-8"), yaml.CSafeLoader):
                if crd and crd["kind"] == "CustomResourceDefinition":
                    schemas |= {_file(api, kind): schema for api, kind, schema in crds_of.schemas(crd)}
        _publish(folder, {name: json.dumps(schema).encode() for name, schema in schemas.items()})
    return folder


def module_files(module: str, version: str, pattern: str, cache: Path) -> Path:
    """Return a folder with the files of a published Go module that match `pattern`, at their places in the module.

    Raises RuntimeError with Go's own words when that version cannot be had, FileNotFoundError when nothing matches.
    """
    folder = cache / "modules" / f"{_flat(module)}-{version}" / _flat(pattern)
    if not folder.is_dir():
        prefix = f"{module}@{version}/"
        with zipfile.ZipFile(_module_zip(module, version)) as archive:
            names = fnmatch.filter(archive.namelist(), prefix + pattern)
            if not names:
                raise FileNotFoundError(f"{module}@{version} holds no {pattern}")
            _publish(folder, {name.removeprefix(prefix): archive.read(name) for name in names})
    return folder


def kubeconform(manifests: str, folders: Iterable[Path]) -> list[str]:
    """Return one line a problem of the YAML documents in `manifests`; a kind without a schema is a problem too."""
    command = ["kubeconform", "-strict", "-output", "json"]
    for folder in folders:
        command += ["-schema-location", f"{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"]
    run = subprocess.run(command, input=manifests, capture_output=True, text=True, check=False)
    if not run.stdout:
        raise RuntimeError(f"kubeconform: {run.stderr.strip()}")
    return [f"{found['kind']} {found['name']}: {found['msg']}" for found in json.loads(run.stdout)["resources"]]


def schema_faults(schema: str, text: str, folder: Path) -> str:
    """Return what a schema that `check-jsonschema` brings along finds in a file with `text`; empty if nothing."""
    more = ["--data-transform", "gitlab-ci"] if schema == "gitlab-ci" else []
    return _check(text, folder, "--builtin-schema", f"vendor.{schema}", *more)


def faults_by_schema(schema: Path, text: str, folder: Path) -> str:
    """Return what the JSON schema in a file finds in a file with `text`; empty if nothing."""
    return _check(text, folder, "--schemafile", str(schema))


def sarif_schema(cache: Path) -> Path:
    """Return the file with the schema of SARIF 2.1.0 as OASIS publishes it; a Go module carries it as a constant."""
    inside = "pkg/report/v210/sarif/schema.go"
    source = module_files("github.com/owenrumney/go-sarif/v3", "v3.3.1", inside, cache) / inside
    schema = source.read_text(encoding="utf-8").partition("`")[2].rpartition("`")[0]
    folder = _schema_folder(cache, "sarif-2.1.0")
    if not folder.is_dir():
        _publish(folder, {"sarif.json": schema.encode()})
    return folder / "sarif.json"


def _check(text: str, folder: Path, *options: str) -> str:
    file = folder / f"file.{'json' if text.startswith('{') else 'yaml'}"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", *options, str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def _module_zip(module: str, version: str) -> Path:
    # Outside any module, or that module's go.mod would decide. An "Error" beside a "Zip" says that this Go is too old
    # to build the module, and is none of ours.
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off"}
    command = ["go", "mod", "download", "-json", f"{module}@{version}"]
    run = subprocess.run(
        command, cwd=tempfile.gettempdir(), env=environment, capture_output=True, text=True, check=False
    )
    answer = json.loads(run.stdout or "{}")
    if "Zip" not in answer:
        raise RuntimeError(f"{' '.join(command)}: {answer.get('Error') or run.stderr.strip()}")
    return Path(answer["Zip"])


def _file(api: str, kind: str) -> str:
    """kubeconform's own naming: the kind, the first word of the group, the version."""
    group, _, version = api.partition("/")
    return f"{kind.lower()}-{group.split('.')[0]}-{version}.json"


def _schema_folder(cache: Path, name: str) -> Path:
    # What an older state of this file made is no use.
    return (
        cache
        / "schemas"
        / hashlib.sha256(b"".join(Path(f).read_bytes() for f in (__file__, crds_of.__file__))).hexdigest()[:12]
        / name
    )


def _publish(folder: Path, files: dict[str, bytes]) -> None:
    """Make `folder` with `files` in one step: test processes that run side by side do this at the same time."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    for name, content in files.items():
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_bytes(content)
    try:
        scratch.rename(folder)
    except OSError:  # Another process was first.
        shutil.rmtree(scratch)
        if not folder.is_dir():
            raise


def _flat(name: str) -> str:
    return name.replace("/", "_").replace("*", "@")
