"""Exactly one environment is production, and all of its clusters say so.

The last environment in the order of promotion is production. What is done more carefully there looks at this fact.
"""

from collections.abc import Iterator

from gitops.clusters import Cluster
from gitops.findings import Finding
from gitops.repository import Repository

ID = "CLUSTER03"


def check(repository: Repository) -> Iterator[Finding]:
    clusters = [c for c in repository.clusters if c.is_known]
    production = {c.environment: c for c in clusters if c.is_production}
    for cluster in clusters:
        if cluster.environment in production and cluster.fact("production") == "false":
            other = production[cluster.environment].name
            yield _finding(cluster, f"{cluster.environment} is production in cluster {other}, and not here")
        elif len(production) > 1 and cluster.is_production:
            yield _finding(
                cluster, f"{' and '.join(sorted(production))} are both production, and only the last environment is"
            )
    if clusters and not production and all(c.fact("production") for c in clusters):
        yield _finding(clusters[0], "no cluster is production: neither this one nor another")


def _finding(cluster: Cluster, message: str) -> Finding:
    assert cluster.facts is not None
    fix = 'write production: "true" in every cluster of the last environment, and "false" in all others'
    return Finding(ID, *cluster.facts.at("data", "production"), message, fix)
