"""No team's name is another's with `-` and more behind it.

A team's project allows the namespaces <team>-*: with teams `data` and `data-science`, data would also own what is
data-science's.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "TEAM01"


def check(repository: Repository) -> Iterator[Finding]:
    teams = repository.folders("my-apps")
    for team in teams:
        for other in teams:
            if other.startswith(f"{team}-"):
                message = f"team {team} owns the namespaces {team}-*, and so those of team {other}"
                fix = (
                    f"rename one of the two: my-apps/{other}, its project in {layout.APPS}/projects and its namespaces"
                )
                yield Finding(ID, f"my-apps/{other}", None, message, fix)
