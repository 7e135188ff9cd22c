"""Every path that an Application names is a folder of this repository that can be built.

Argo CD reports a path that does not exist as a ComparisonError, and the wave of the Application waits.
"""

from collections.abc import Iterator

from gitops.documents import dig
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SOURCE01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in filter(lambda cluster: cluster.is_known, repository.clusters):
        for application in cluster.applications:
            for index, source in enumerate(application.sources):
                path = dig(source, "path")
                if (
                    dig(source, "repoURL") != cluster.own_url()
                    or not isinstance(path, str)
                    or path in repository.kustomizations
                ):
                    continue
                step = ("sources", index, "path") if dig(application.spec, "sources") else ("source", "path")
                what = "has no kustomization.yaml" if path in repository.exists else "does not exist"
                message = f"Application {application.name} of cluster {cluster.name} deploys {path}, which {what}"
                fix = f"add {path}/kustomization.yaml, as in another environment"
                yield Finding(ID, *application.at(*step), message, fix)
