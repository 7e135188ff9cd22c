"""The schemas accept what Kubernetes accepts and refuse what it would silently drop."""

from pathlib import Path

import pytest
from schemas import argocd_manifest, argocd_schemas, kubeconform, kubernetes_schemas, module_files

CACHE = Path(__file__).parent.parent / ".cache"
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


@pytest.mark.parametrize("manifest", [APPLICATION, DEPLOYMENT], ids=["Application", "Deployment"])
def test_a_good_object_passes(manifest: str) -> None:
    assert problems(manifest) == []


@pytest.mark.parametrize(
    ("manifest", "before", "after", "reason"),
    [
        (APPLICATION, "  syncPolicy:", "  syncWindows: []\n  syncPolicy:", "'syncWindows' not allowed"),
        (APPLICATION, "prune: true", "prune: 'true'", "/spec/syncPolicy/automated/prune': got string, want boolean"),
        (APPLICATION, 'wave: "1"', "wave: 1", "/metadata/annotations/argocd.argoproj.io~1sync-wave': got number"),
        (APPLICATION, "  project: infrastructure\n", "", "missing property 'project'"),
        (APPLICATION, "kind: Application", "kind: Applikation", "could not find schema for Applikation"),
        (DEPLOYMENT, "          ports:", "          port:", "additional properties 'port' not allowed"),
        (DEPLOYMENT, "8080", "http", "containerPort': got string"),
    ],
    ids=[
        "field that the kind does not have",
        "text for a yes or no",
        "annotation that is a number",
        "required field left out",
        "kind nobody knows",
        "misspelt field deep inside",
        "name for a port number",
    ],
)
def test_a_fault_is_named(manifest: str, before: str, after: str, reason: str) -> None:
    assert manifest.count(before) == 1
    (problem,) = problems(manifest.replace(before, after))
    assert reason in problem


@pytest.mark.parametrize("high_availability", [False, True], ids=["plain", "high availability"])
def test_upstreams_own_manifest_passes(high_availability: bool) -> None:
    manifest = argocd_manifest(VERSION, CACHE, high_availability=high_availability).read_text(encoding="utf-8")
    assert "kind: CustomResourceDefinition" in manifest
    assert problems(manifest) == []


def test_a_version_that_does_not_exist_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"Kubernetes 1\.1: "):
        kubernetes_schemas("1.1", CACHE)


def test_a_file_that_a_module_does_not_hold_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no nowhere/\*\.yaml"):
        module_files("github.com/argoproj/argo-cd/v3", VERSION, "nowhere/*.yaml", CACHE)
