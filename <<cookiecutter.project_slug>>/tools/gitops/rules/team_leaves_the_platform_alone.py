"""No team's project reaches into a namespace of the platform.

A team's project allows the namespaces <team>-*: a team `cert` would own cert-manager, and could replace what runs
there.
"""

from collections.abc import Iterator

from gitops.documents import dig, items
from gitops.findings import Finding
from gitops.projects import allows_destination
from gitops.repository import Repository

ID = "TEAM02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        teams = [project for name, project in cluster.projects.items() if name.startswith("team-")]
        for application in cluster.applications:
            for team in teams:
                if application.project.startswith("team-") or not allows_destination(
                    team, application.cluster, application.namespace
                ):
                    continue
                allowed = [dig(d, "namespace") for d in items(team.get("spec", "destinations"))]
                message = (
                    f"{team.name} allows {', '.join(map(str, allowed))}, and so {application.namespace}, "
                    f"where {application.name} is"
                )
                yield Finding(
                    ID, *team.at("spec", "destinations"), message, "rename the team, or narrow its destinations"
                )
