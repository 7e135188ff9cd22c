"""Within a cluster every object comes from one Application.

Two that state the same object undo each other's changes at every sync, and the one that goes takes it from the other.
Argo CD tells it as a SharedResourceWarning, when it has happened.
"""

from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.documents import Document
from gitops.findings import Finding
from gitops.projects import is_cluster_scoped
from gitops.repository import Repository

ID = "NAME03"
# Argo CD makes the namespace of each of its Applications, and who labels it has a rule of its own.
SHARED = {"Namespace"}


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        owners: dict[tuple[str, ...], tuple[Application, str, Document]] = {}
        for application, folder, objects in cluster.rendered:
            project = cluster.projects.get(application.project)
            for document in objects:
                if not document.name or document.kind in SHARED:
                    continue
                scoped = project is not None and is_cluster_scoped(project, document.group, document.kind)
                namespace = "" if scoped else document.namespace or application.namespace
                key = application.cluster, document.group, document.kind, namespace, document.name
                other, owner, first = owners.setdefault(key, (application, folder, document))
                # A folder that is deployed twice has a finding of its own.
                if owner != folder:
                    where = f" in namespace {namespace}" if namespace else ""
                    message = f"{document}{where} comes from {application.name} and from {other.name}"
                    fix = f"keep it in one of the two ({first.file})"
                    if namespace:
                        fix += ", or give one of them a namespace of its own"
                    yield Finding(ID, *document.at("metadata", "name"), message, fix)
