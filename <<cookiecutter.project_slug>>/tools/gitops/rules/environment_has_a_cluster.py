"""Every environment has a cluster.

Without one nothing in its overlays is delivered, or checked here.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ENV03"


def check(repository: Repository) -> Iterator[Finding]:
    used = {cluster.environment for cluster in repository.clusters}
    for environment in repository.environments:
        if environment not in used:
            folder = f"{layout.ENVIRONMENTS}/{environment}"
            fix = (
                f"add a folder in {layout.CLUSTERS}/ whose cluster.yaml says environment: {environment}, "
                "or remove the environment"
            )
            yield Finding(ID, folder, None, f"no cluster belongs to environment {environment}", fix)
