"""Every repository that an Application takes something from is allowed by its project.

Argo CD refuses the whole Application otherwise. The ApplicationSets' own repository counts as well.
"""

from collections.abc import Iterator

from gitops.documents import dig
from gitops.findings import Finding
from gitops.projects import allows_source
from gitops.repository import Repository

ID = "PROJECT02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            project = cluster.projects.get(application.project)
            for index, source in enumerate(application.sources):
                url = dig(source, "repoURL")
                if project and not allows_source(project, str(url)):
                    step = ("sources", index) if dig(application.spec, "sources") else ("source",)
                    message = (
                        f"Application {application.name} takes from {url}, which its project "
                        f"{project.name} does not allow"
                    )
                    fix = f"add the repository to sourceRepos in {project.file}"
                    yield Finding(ID, *application.at(*step, "repoURL"), message, fix)
