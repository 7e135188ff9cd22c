"""The project `default` exists and allows nothing.

Argo CD makes it, open to everything, where nobody defines it, and puts every Application without a project there.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "PROJECT07"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        default = cluster.projects.get("default")
        if default is None:
            fix = f"add {layout.APPS}/projects/default.yaml with three empty lists"
            yield Finding(
                ID, f"{layout.APPS}/projects", None, f"cluster {cluster.name} has no project default of ours", fix
            )
            continue
        for field in ("sourceRepos", "destinations", "clusterResourceWhitelist"):
            if default.get("spec", field) != []:
                message = f"project default does not lock {field}"
                yield Finding(ID, *default.at("spec", field), message, f"write {field}: []")
