"""What an AppProject allows."""

from typing import Any

from gitops.documents import Document, items
from gitops.patterns import glob, plain_url

# The namespaces that every cluster has: nothing creates them.
EVERYWHERE = {"default", "kube-node-lease", "kube-public", "kube-system"}

# Cluster-scoped kinds, by group: Kubernetes' own, and those of operators that are common.
CLUSTER_KINDS = {
    "": {"Namespace", "Node", "PersistentVolume"},
    "admissionregistration.k8s.io": {
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    },
    "apiextensions.k8s.io": {"CustomResourceDefinition"},
    "apiregistration.k8s.io": {"APIService"},
    "certificates.k8s.io": {"CertificateSigningRequest", "ClusterTrustBundle"},
    "flowcontrol.apiserver.k8s.io": {"FlowSchema", "PriorityLevelConfiguration"},
    "networking.k8s.io": {"IngressClass"},
    "node.k8s.io": {"RuntimeClass"},
    "rbac.authorization.k8s.io": {"ClusterRole", "ClusterRoleBinding"},
    "resource.k8s.io": {"DeviceClass"},
    "scheduling.k8s.io": {"PriorityClass"},
    "storage.k8s.io": {"CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"},
    "cert-manager.io": {"ClusterIssuer"},
    "external-secrets.io": {"ClusterExternalSecret", "ClusterPushSecret", "ClusterSecretStore"},
    "gateway.networking.k8s.io": {"GatewayClass"},
    "kyverno.io": {"ClusterCleanupPolicy", "ClusterPolicy"},
    "snapshot.storage.k8s.io": {"VolumeSnapshotClass", "VolumeSnapshotContent"},
}


def allows_source(project: Document, url: str) -> bool:
    """Whether an Application of `project` may take anything from the repository at `url`."""
    return any(glob(plain_url(allowed))(plain_url(url)) for allowed in items(project.get("spec", "sourceRepos")))


def allows_destination(project: Document, cluster: str, namespace: str) -> bool:
    return any(
        _matches(_entry(destination, "name"), cluster) and _matches(_entry(destination, "namespace"), namespace)
        for destination in items(project.get("spec", "destinations"))
    )


def denies(pattern: str) -> bool:
    return pattern.startswith("!")


def is_everything(pattern: str) -> bool:
    """Whether a pattern leaves nothing out: `*`, `**`, `*/*`."""
    return set(pattern) <= set("*/")


def is_cluster_scoped(project: Document, group: str, kind: str) -> bool:
    """Whether the kind has no namespace: known here, or listed by the project and not known."""
    listed = items(project.get("spec", "clusterResourceWhitelist"))
    exactly = any(_entry(e, "group") == group and _entry(e, "kind") == kind for e in listed)
    return kind in CLUSTER_KINDS.get(group, ()) or exactly


def allows_kind(project: Document, document: Document) -> bool:
    """Whether an Application of `project` may apply an object of this kind; a cluster-scoped one also by its name."""
    return allows_cluster_object(project, document.group, document.kind, document.name) or (
        not is_cluster_scoped(project, document.group, document.kind)
        and _allows_namespaced(project, document.group, document.kind)
    )


def allows_cluster_object(project: Document, group: str, kind: str, name: str) -> bool:
    return any(
        _matches(_entry(entry, "group"), group)
        and _matches(_entry(entry, "kind"), kind)
        and _matches(_entry(entry, "name") or "*", name)
        for entry in items(project.get("spec", "clusterResourceWhitelist"))
    )


def _allows_namespaced(project: Document, group: str, kind: str) -> bool:
    listed = project.get("spec", "namespaceResourceWhitelist")
    return listed is None or any(
        _matches(_entry(entry, "group"), group) and _matches(_entry(entry, "kind"), kind) for entry in items(listed)
    )


def _entry(entry: Any, key: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _matches(pattern: str, text: str) -> bool:
    return glob(pattern)(text)
