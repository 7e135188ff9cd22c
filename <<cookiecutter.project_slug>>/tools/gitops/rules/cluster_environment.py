"""A cluster belongs to one environment, and cluster.yaml and kustomization.yaml name the same.

cluster.yaml decides which overlays are delivered, the component in kustomization.yaml which chart versions. When they
differ, a cluster runs one environment's settings with another's versions.
"""

import difflib
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "CLUSTER02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        kustomization = repository.kustomizations.get(cluster.folder)
        if cluster.facts is None or not cluster.environment or kustomization is None:
            continue
        if not cluster.is_known:
            near = difflib.get_close_matches(cluster.environment, repository.environments, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            message = f"there is no environment {cluster.environment}"
            fix = (
                f"{hint}The environments are {', '.join(repository.environments)}, the folders of {layout.ENVIRONMENTS}"
            )
            yield Finding(ID, *cluster.facts.at("data", "environment"), message, fix)
            continue
        expected = f"{layout.ENVIRONMENTS}/{cluster.environment}"
        parts = [r for r in kustomization.references if r.target and r.target.startswith(f"{layout.ENVIRONMENTS}/")]
        for part in parts:
            if part.target != expected:
                message = f"this component is not that of {cluster.environment}, the environment in cluster.yaml"
                fix = f"name ../../{expected}, or change the environment in cluster.yaml"
                yield Finding(ID, kustomization.document.file, part.line, message, fix)
        if not parts:
            message = (
                f"no component of an environment is named, so the chart versions of {cluster.environment} are unknown"
            )
            yield Finding(ID, *kustomization.document.at("components"), message, f"add ../../{expected} to components")
