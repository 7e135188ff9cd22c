"""Every kind in an overlay is allowed by the project.

Argo CD refuses the sync otherwise. What a chart brings is not seen here.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.projects import allows_kind, is_cluster_scoped
from gitops.repository import Repository

ID = "PROJECT05"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application, _, objects in cluster.rendered:
            project = cluster.projects.get(application.project)
            for document in objects:
                if project and not allows_kind(project, document):
                    scoped = is_cluster_scoped(project, document.group, document.kind)
                    listed = "clusterResourceWhitelist" if scoped else "namespaceResourceWhitelist"
                    message = f"project {project.name} does not allow {document} ({document.group or 'core'})"
                    fix = f"add the kind to {listed} in {project.file}, or remove the object"
                    yield Finding(ID, *document.at("kind"), message, fix)
