"""Every namespace that something is applied to is allowed by the project.

Argo CD refuses the whole Application otherwise: its own destination, and each object that names another namespace.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.projects import allows_destination, is_cluster_scoped
from gitops.repository import Repository

ID = "PROJECT03"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            project = cluster.projects.get(application.project)
            if project and not allows_destination(project, application.cluster, application.namespace):
                message = (
                    f"Application {application.name} goes to namespace {application.namespace} of "
                    f"{application.cluster}, "
                    f"which its project {project.name} does not allow"
                )
                yield Finding(
                    ID,
                    *application.at("destination", "namespace"),
                    message,
                    f"add it to destinations in {project.file}",
                )
        for application, _, objects in cluster.rendered:
            project = cluster.projects.get(application.project)
            for document in objects:
                if not project or not document.namespace or is_cluster_scoped(project, document.group, document.kind):
                    continue
                if not allows_destination(project, application.cluster, document.namespace):
                    message = (
                        f"{document} goes to namespace {document.namespace}, which project {project.name} "
                        "does not allow"
                    )
                    fix = f"add it to destinations in {project.file}, or put the object where {application.name} goes"
                    yield Finding(ID, *document.at("metadata", "namespace"), message, fix)
