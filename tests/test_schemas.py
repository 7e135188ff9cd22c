"""The schemas accept what Kubernetes accepts and refuse what it would silently drop.

So do those that a generated repository has: what kubeconform says of an object, they say too.
"""

import re
import runpy
from pathlib import Path

import pytest
import yaml
from conftest import Bake, objects
from gitops.repository import Repository
from gitops.schemas import Schemas
from pairs import TEMPLATE
from schemas import argocd_manifest, argocd_schemas, kubeconform, kubernetes_schemas, module_files

CACHE = Path(__file__).parent.parent / ".cache"
SHIPPED = TEMPLATE / "<<cookiecutter.project_slug>>/tools/gitops/schemas"
VERSION = "v3.6.1"

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: cert-manager
  namespace: argocd
  annotations:
    argocd.argoproj.io/sync-wave: "1"
spec:
  project: infrastructure
  destination:
    name: in-cluster
    namespace: cert-manager
  source:
    repoURL: https://example.com/repository.git
    targetRevision: main
    path: infrastructure/cert-manager/overlays/dev
    helm:
      valuesObject:
        anything: {goes: [here]}
  syncPolicy:
    automated:
      prune: true
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello-world
spec:
  selector:
    matchLabels: {app: hello-world}
  template:
    metadata:
      labels: {app: hello-world}
    spec:
      containers:
        - name: hello-world
          image: example.com/hello-world:1.0.0
          ports:
            - containerPort: 8080
"""


def problems(manifests: str) -> list[str]:
    return kubeconform(manifests, [kubernetes_schemas("1.35", CACHE), argocd_schemas(VERSION, CACHE)])


def faults(schemas: Schemas, manifests: str) -> list[str]:
    return [fault.message for each in objects(manifests) for fault in schemas.faults(each)]


@pytest.fixture(scope="module")
def shipped(bake: Bake) -> Schemas:
    return Repository(bake()).schemas


@pytest.mark.parametrize("manifest", [APPLICATION, DEPLOYMENT], ids=["Application", "Deployment"])
def test_a_good_object_passes(shipped: Schemas, manifest: str) -> None:
    assert problems(manifest) == faults(shipped, manifest) == []


@pytest.mark.parametrize(
    ("manifest", "before", "after", "reason", "message"),
    [
        (
            APPLICATION,
            "  syncPolicy:",
            "  syncWindows: []\n  syncPolicy:",
            "'syncWindows' not allowed",
            "has spec.syncWindows, and no such field is known",
        ),
        (
            APPLICATION,
            "prune: true",
            "prune: 'true'",
            "/spec/syncPolicy/automated/prune': got string, want boolean",
            'has "true" at spec.syncPolicy.automated.prune',
        ),
        (
            APPLICATION,
            'wave: "1"',
            "wave: 1",
            "/metadata/annotations/argocd.argoproj.io~1sync-wave': got number",
            "has 1 at metadata.annotations.argocd.argoproj.io/sync-wave",
        ),
        (APPLICATION, "  project: infrastructure\n", "", "missing property 'project'", "lacks spec.project"),
        (
            DEPLOYMENT,
            "          ports:",
            "          port:",
            "additional properties 'port' not allowed",
            "has spec.template.spec.containers[0].port, and no such field is known",
        ),
        (
            DEPLOYMENT,
            "8080",
            "http",
            "containerPort': got string",
            'has "http" at spec.template.spec.containers[0].ports[0].containerPort',
        ),
    ],
    ids=[
        "field that the kind does not have",
        "text for a yes or no",
        "annotation that is a number",
        "required field left out",
        "misspelt field deep inside",
        "name for a port number",
    ],
)
def test_a_fault_is_named(shipped: Schemas, manifest: str, before: str, after: str, reason: str, message: str) -> None:
    assert manifest.count(before) == 1
    broken = manifest.replace(before, after)
    (problem,) = problems(broken)
    assert reason in problem
    assert faults(shipped, broken) == [message]


def test_a_kind_that_nobody_knows_is_named(shipped: Schemas) -> None:
    unknown = APPLICATION.replace("kind: Application", "kind: Applikation")
    (problem,) = problems(unknown)
    assert "could not find schema for Applikation" in problem
    assert faults(shipped, unknown) == []
    assert "argoproj.io/v1alpha1/Applikation" in shipped.unknown


@pytest.mark.parametrize("high_availability", [False, True], ids=["plain", "high availability"])
def test_upstreams_own_manifest_passes(shipped: Schemas, high_availability: bool) -> None:
    manifest = argocd_manifest(VERSION, CACHE, high_availability=high_availability).read_text(encoding="utf-8")
    assert "kind: CustomResourceDefinition" in manifest
    assert problems(manifest) == faults(shipped, manifest) == []


def test_what_repositories_get_is_what_the_sources_say(tmp_path: Path) -> None:
    runpy.run_path(str(TEMPLATE / "tools/make_schemas.py"))["main"](tmp_path)
    made, shipped = ({file.name: file.read_bytes() for file in folder.glob("*.json")} for folder in (tmp_path, SHIPPED))
    assert made.keys() == shipped.keys()
    assert [name for name in made if made[name] != shipped[name]] == [], "run make update-schemas"


@pytest.mark.parametrize(("version", "known"), [("1.37", True), ("1.99", False)])
def test_a_later_kubernetes_may_have_fields_that_are_not_known_yet(copy: Bake, version: str, known: bool) -> None:
    repository = copy()
    settings = repository / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"1.35"', f'"{version}"'), encoding="utf-8")
    broken = DEPLOYMENT.replace("          ports:", "          port:").replace(
        "spec:\n  selector", "spec:\n  replicas: x\n  selector"
    )
    found = faults(Repository(repository).schemas, broken)
    assert 'has "x" at spec.replicas' in found
    assert len(found) == 1 + known


def test_a_chart_that_is_newer_than_its_schemas_may_have_fields_that_are_not_known_yet(copy: Bake) -> None:
    repository = copy()
    environments = repository / "infrastructure/controllers/argocd/apps/environments"
    issuer = "apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: {name: one}\nspec: {selfSign: {}, ca: 1}\n"
    assert len(faults(Repository(repository).schemas, issuer)) == 2
    for version, known in (("v1.21.9", 2), ("v1.22.0", 1)):
        for file in environments.glob("*/versions.yaml"):
            text = file.read_text(encoding="utf-8")
            file.write_text(re.sub(r"cert-manager: .*", f'cert-manager: "{version}"', text), encoding="utf-8")
        assert len(faults(Repository(repository).schemas, issuer)) == known


@pytest.mark.parametrize(
    "schema",
    [{"type": 7}, {"$ref": "http://127.0.0.1:9/schema.json"}, {"pattern": "("}, "text", {"properties": [1]}],
    ids=["no type", "a reference outwards", "no pattern", "no schema", "no properties"],
)
def test_a_crd_whose_schema_is_none_stops_nothing(copy: Bake, schema: object) -> None:
    repository = copy()
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Widget"}, "versions": [version]},
    }
    (repository / "infrastructure/cert-manager/base/crd.yaml").write_text(yaml.safe_dump(crd), encoding="utf-8")
    schemas = Repository(repository).schemas
    assert faults(schemas, "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: 1\n") == []


def test_a_version_that_does_not_exist_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"Kubernetes 1\.1: "):
        kubernetes_schemas("1.1", CACHE)


def test_a_file_that_a_module_does_not_hold_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no nowhere/\*\.yaml"):
        module_files("github.com/argoproj/argo-cd/v3", VERSION, "nowhere/*.yaml", CACHE)
