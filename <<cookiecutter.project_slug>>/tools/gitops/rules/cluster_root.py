"""A cluster has a root Application that syncs the cluster's own folder.

root.yaml is applied once by hand and syncs itself from then on. One that names another folder turns this cluster into
that one.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "CLUSTER05"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        if cluster.root is None:
            message = (
                f"cluster {cluster.name} has no root: no Application in root.yaml that its kustomization.yaml names"
            )
            fix = (
                "copy root.yaml from another cluster, write this cluster's folder in its path, and name "
                "it under resources"
            )
            yield Finding(ID, f"{cluster.folder}/root.yaml", None, message, fix)
            continue
        path = cluster.root.get("spec", "source", "path")
        if path != cluster.folder:
            message = f"the root of cluster {cluster.name} syncs {path}"
            yield Finding(ID, *cluster.root.at("spec", "source", "path"), message, f"write path: {cluster.folder}")
