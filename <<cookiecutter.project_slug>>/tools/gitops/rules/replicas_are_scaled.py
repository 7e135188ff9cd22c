"""What an autoscaler scales has no number of replicas in Git.

Argo CD would set it back each time, and the autoscaler up again: pods come and go for ever. Leave replicas out, or
name the field in ignoreDifferences and add RespectIgnoreDifferences=true.
"""

from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.documents import Document, dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SCALE01"
# What scales, and the kind that it means where it names none.
SCALERS = {("autoscaling", "HorizontalPodAutoscaler"): "", ("keda.sh", "ScaledObject"): "Deployment"}


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application, folder, objects in cluster.rendered:
            for scaler in objects:
                if (scaler.group, scaler.kind) not in SCALERS:
                    continue
                kind = scaler.get("spec", "scaleTargetRef", "kind") or SCALERS[scaler.group, scaler.kind]
                name = scaler.get("spec", "scaleTargetRef", "name")
                for document in objects:
                    stated = document.kind == kind and document.name == name
                    if stated and document.get("spec", "replicas") is not None and not _ignores(application, document):
                        message = f"{document} says how many replicas it has, and {scaler} scales it"
                        fix = f"remove replicas from it, and from what patches it in {folder}"
                        yield Finding(ID, *document.at("spec", "replicas"), message, fix)


def _ignores(application: Application, document: Document) -> bool:
    return any(
        dig(entry, "kind") in (document.kind, "*")
        and dig(entry, "name") in (None, "", document.name)
        and (
            "/spec/replicas" in items(dig(entry, "jsonPointers"))
            or ".spec.replicas" in items(dig(entry, "jqPathExpressions"))
        )
        for entry in items(dig(application.spec, "ignoreDifferences"))
    )
