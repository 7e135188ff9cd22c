"""No object is of a version of its API that the clusters' Kubernetes no longer serves.

Its sync fails, and in a cluster that is upgraded, that of everything with it. Which Kubernetes that is, pyproject.toml
says.
"""

from collections.abc import Iterator

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
            api = document.get("apiVersion")
            since, instead, kinds = REMOVED.get(api if isinstance(api, str) else "", (minor + 1, "", frozenset()))
            if since <= minor and (not kinds or document.kind in kinds):
                message = f"{api} of {document} is not served since Kubernetes 1.{since}, and here runs {version}"
                fix = (
                    f"write it as {instead}, whose fields may differ" if instead else "write it in the version that is"
                )
                yield Finding(ID, *document.at("apiVersion"), message, fix)
