"""No object is of a kind that Argo CD leaves out.

Argo CD comes with a list of kinds that it neither shows nor applies (resource.exclusions), and base/exclusions.yaml of
its own component adds to it. One of these in Git is never delivered, and only a warning on the Application says so.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "EXCLUDE01"
_REPORTS = {
    "AdmissionReport",
    "BackgroundScanReport",
    "ClusterAdmissionReport",
    "ClusterBackgroundScanReport",
    "ClusterEphemeralReport",
    "ClusterPolicyReport",
    "EphemeralReport",
    "PolicyReport",
    "UpdateRequest",
}
_TRIVY = {
    "ClusterConfigAuditReport",
    "ClusterInfraAssessmentReport",
    "ClusterRbacAssessmentReport",
    "ClusterSbomReport",
    "ClusterVulnerabilityReport",
    "ConfigAuditReport",
    "ExposedSecretReport",
    "InfraAssessmentReport",
    "RbacAssessmentReport",
    "SbomReport",
    "VulnerabilityReport",
}
_REVIEWS = {
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
    "TokenReview",
}
EXCLUDED = {
    "": {"Endpoints", "EndpointSlice"},
    "discovery.k8s.io": {"Endpoints", "EndpointSlice"},
    "coordination.k8s.io": {"Lease"},
    "aquasecurity.github.io": _TRIVY,
    "authentication.k8s.io": _REVIEWS,
    "authorization.k8s.io": _REVIEWS,
    "certificates.k8s.io": {"CertificateSigningRequest"},
    "cert-manager.io": {"CertificateRequest"},
    "cilium.io": {"CiliumEndpoint", "CiliumEndpointSlice", "CiliumIdentity"},
    "kyverno.io": _REPORTS,
    "reports.kyverno.io": _REPORTS,
    "wgpolicyk8s.io": _REPORTS,
}


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        if document.kind in EXCLUDED.get(document.group, ()):
            message = f"Argo CD does not deliver {document}: {document.kind} is in its resource.exclusions"
            yield Finding(ID, *document.at("kind"), message, "remove it; its controller makes such objects itself")
