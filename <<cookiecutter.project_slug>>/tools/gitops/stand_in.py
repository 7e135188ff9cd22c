"""A stand-in for Argo CD's install manifest: enough of it for our part to be built without fetching it."""

import re
from pathlib import Path

from gitops.kustomizations import Kustomization

MANIFEST = re.compile(
    r"https://raw\.githubusercontent\.com/argoproj/argo-cd/(?P<version>[^/]+)/manifests/(?P<flavour>ha/)?install\.yaml"
)
NAME = "stand-in.yaml"

# What base/ and lua/ patch, in the plain and in the highly available manifest: names, and the containers of workloads.
CONFIG_MAPS = ("argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm", "argocd-notifications-cm")
CRDS = ("applications", "applicationsets", "appprojects")
WORKLOADS = {
    "argocd-application-controller": ("StatefulSet", "argocd-application-controller"),
    "argocd-applicationset-controller": ("Deployment", "argocd-applicationset-controller"),
    "argocd-dex-server": ("Deployment", "dex"),
    "argocd-notifications-controller": ("Deployment", "argocd-notifications-controller"),
    "argocd-redis": ("Deployment", "redis"),
    "argocd-repo-server": ("Deployment", "argocd-repo-server"),
    "argocd-server": ("Deployment", "argocd-server"),
}
HIGHLY_AVAILABLE = {
    "argocd-redis-ha-haproxy": ("Deployment", "haproxy"),
    "argocd-redis-ha-server": ("StatefulSet", "redis"),
}

_CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  labels:
    app.kubernetes.io/part-of: argocd
"""
_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {name}.argoproj.io
"""
_WORKLOAD = """\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
spec:{service}
  selector: {{}}
  template:
    spec:
      containers:
        - name: {container}
          image: quay.io/argoproj/argocd:{version}
"""


def manifest(version: str, highly_available: bool) -> str:
    """The stand-in for the manifest of `version`, as YAML."""
    workloads = dict(WORKLOADS)
    if highly_available:
        del workloads["argocd-redis"]
        workloads |= HIGHLY_AVAILABLE
    documents = [_CONFIG_MAP.format(name=name) for name in CONFIG_MAPS]
    documents += [_CRD.format(name=name) for name in CRDS]
    for name, (kind, container) in workloads.items():
        service = f"\n  serviceName: {name}" if kind == "StatefulSet" else ""
        documents.append(_WORKLOAD.format(kind=kind, name=name, service=service, container=container, version=version))
    return "---\n".join(documents)


def put(copy: Path, kustomization: Kustomization) -> None:
    """Lets `kustomization`, in the copy of the repository, name a stand-in instead of Argo CD's manifest."""
    for reference in kustomization.remote:
        if match := MANIFEST.fullmatch(reference.text):
            file = copy / kustomization.document.file
            file.write_text(file.read_text(encoding="utf-8").replace(reference.text, NAME), encoding="utf-8")
            text = manifest(match["version"], bool(match["flavour"]))
            (file.parent / NAME).write_text(text, encoding="utf-8")
