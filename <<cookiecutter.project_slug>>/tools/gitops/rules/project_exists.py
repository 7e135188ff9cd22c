"""Every Application is in a project that this repository defines.

In a project that does not exist an Application is an InvalidSpecError and its wave waits. A team's project is called
team-<team>.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PROJECT01"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            if application.project not in cluster.projects:
                message = (
                    f"Application {application.name} is in project {application.project or '(none)'}, "
                    "which does not exist"
                )
                fix = (
                    f"add {layout.APPS}/projects/{application.project}.yaml and name it in the kustomization.yaml there"
                )
                yield Finding(ID, *application.at("project"), message, fix)
