"""Every object of Kubernetes' own APIs is of a version and a kind that the clusters' Kubernetes serves.

Its sync fails, and in a cluster that is upgraded, that of everything with it. Which Kubernetes that is, pyproject.toml
says.
"""

import difflib
from collections.abc import Iterator

from gitops import schemas
from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "API02"
BAD = """\
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
"""
GOOD = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
"""
# https://kubernetes.io/docs/reference/using-api/deprecation-guide/: by apiVersion, the minor version of Kubernetes 1
# that no longer serves it, what takes its place, and the kinds, where others of that version are still served.
REMOVED: dict[str, tuple[int, str, frozenset[str]]] = {
    "extensions/v1beta1": (22, "", frozenset()),
    "apps/v1beta1": (16, "apps/v1", frozenset()),
    "apps/v1beta2": (16, "apps/v1", frozenset()),
    "admissionregistration.k8s.io/v1beta1": (
        22,
        "admissionregistration.k8s.io/v1",
        frozenset({"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}),
    ),
    "apiextensions.k8s.io/v1beta1": (22, "apiextensions.k8s.io/v1", frozenset()),
    "apiregistration.k8s.io/v1beta1": (22, "apiregistration.k8s.io/v1", frozenset()),
    "autoscaling/v2beta1": (25, "autoscaling/v2", frozenset()),
    "autoscaling/v2beta2": (26, "autoscaling/v2", frozenset()),
    "batch/v1beta1": (25, "batch/v1", frozenset()),
    "batch/v2alpha1": (21, "batch/v1", frozenset()),
    "discovery.k8s.io/v1beta1": (25, "discovery.k8s.io/v1", frozenset()),
    "events.k8s.io/v1beta1": (25, "events.k8s.io/v1", frozenset()),
    "flowcontrol.apiserver.k8s.io/v1beta1": (26, "flowcontrol.apiserver.k8s.io/v1", frozenset()),
    "flowcontrol.apiserver.k8s.io/v1beta2": (29, "flowcontrol.apiserver.k8s.io/v1", frozenset()),
    "flowcontrol.apiserver.k8s.io/v1beta3": (32, "flowcontrol.apiserver.k8s.io/v1", frozenset()),
    "networking.k8s.io/v1beta1": (22, "networking.k8s.io/v1", frozenset({"Ingress", "IngressClass"})),
    "node.k8s.io/v1beta1": (25, "node.k8s.io/v1", frozenset()),
    "policy/v1beta1": (25, "policy/v1", frozenset()),
    "rbac.authorization.k8s.io/v1beta1": (22, "rbac.authorization.k8s.io/v1", frozenset()),
    "scheduling.k8s.io/v1beta1": (22, "scheduling.k8s.io/v1", frozenset()),
    "storage.k8s.io/v1beta1": (
        22,
        "storage.k8s.io/v1",
        frozenset({"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"}),
    ),
}


def check(repository: Repository) -> Iterator[Finding]:
    version = repository.kubernetes_version
    minor = int(version.partition(".")[2]) if version.startswith("1.") and version[2:].isdigit() else None
    if minor is None:
        return
    for folder in repository.built_folders:
        for document in repository.built(folder):
            if said := _removed(document, minor) or _unknown(document, version):
                yield Finding(ID, *document.at("apiVersion"), f"{said[0]}, and here runs {version}", said[1])


def _removed(document: Document, minor: int) -> tuple[str, str] | None:
    """The message and the fix where an API was once served and is not any more."""
    api = str(document.get("apiVersion"))
    since, instead, kinds = REMOVED.get(api, (minor + 1, "", frozenset()))
    if since > minor or (kinds and document.kind not in kinds):
        return None
    fix = f"write it as {instead}, whose fields may differ" if instead else "write it in the version that is"
    return f"{api} of {document} is not served since Kubernetes 1.{since}", fix


def _unknown(document: Document, version: str) -> tuple[str, str] | None:
    """The message and the fix where a version of Kubernetes has no such kind; it may have come later, or never."""
    book = schemas.book("kubernetes")
    kinds = book.kinds
    kind = f"{document.get('apiVersion')}/{document.kind}"
    if not schemas.is_built_in(document.group) or not book.covers(version):
        return None
    if kind not in kinds:
        near = difflib.get_close_matches(kind, kinds, 1)
        fix = f"write {near[0].rpartition('/')[2]} of {near[0].rpartition('/')[0]}" if near else "correct the two"
        return f"Kubernetes has no {document.kind} of {document.get('apiVersion')}", fix
    if book.definition(kind, version) is None:
        served = [since for since, name in kinds[kind].items() if name]
        return f"{kind} of {document} is served from Kubernetes {served[0]} on", "write it in a version that is served"
    return None
