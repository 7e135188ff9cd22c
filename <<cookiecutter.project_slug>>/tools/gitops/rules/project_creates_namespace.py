"""Where Argo CD creates the namespace of an Application, the project allows that Namespace.

CreateNamespace=true adds a Namespace to the sync, and the project's clusterResourceWhitelist is asked about it like
about any other cluster-scoped object.
"""

from collections.abc import Iterator

from gitops import options
from gitops.documents import dig
from gitops.findings import Finding
from gitops.projects import EVERYWHERE, allows_cluster_object
from gitops.repository import Repository

ID = "PROJECT04"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            project = cluster.projects.get(application.project)
            if not project or "CreateNamespace=true" not in options.of_application({"spec": application.spec}):
                continue
            if application.namespace in EVERYWHERE and not dig(
                application.spec, "syncPolicy", "managedNamespaceMetadata"
            ):
                continue
            if not allows_cluster_object(project, "", "Namespace", application.namespace):
                message = (
                    f"{application.name} creates Namespace {application.namespace}, which project "
                    f"{project.name} does not allow"
                )
                fix = (
                    f'add {{group: "", kind: Namespace, name: {application.namespace}}} to '
                    f"clusterResourceWhitelist in {project.file}"
                )
                yield Finding(ID, *application.at("destination", "namespace"), message, fix)
