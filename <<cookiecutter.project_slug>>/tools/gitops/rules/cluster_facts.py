"""cluster.yaml states the five facts of its cluster, as strings.

kustomize copies them into every Application and ApplicationSet. A fact that is missing fails the build of the whole
cluster; `true` or `1.10` without quotes is no string, and a ConfigMap with it is refused.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "CLUSTER01"
FACTS = ("name", "environment", "revision", "domain", "production")


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        file = f"{cluster.folder}/cluster.yaml"
        if cluster.facts is None or cluster.facts.kind != "ConfigMap" or cluster.facts.name != "cluster":
            fix = "copy cluster.yaml from another cluster and state this one's facts in it"
            yield Finding(ID, file, None, "there is no ConfigMap `cluster` with the facts of this cluster", fix)
            continue
        if cluster.facts.annotation("config.kubernetes.io/local-config") != "true":
            message = (
                'without the annotation config.kubernetes.io/local-config: "true" this object is applied to the cluster'
            )
            yield Finding(ID, *cluster.facts.at("metadata", "annotations"), message, "add the annotation")
        for fact in FACTS:
            value = cluster.facts.get("data", fact)
            if not isinstance(value, str) or not value:
                said = "missing" if value is None else "empty" if value == "" else "no string"
                fix = f'write {fact}: "{str(value).lower() if value else "…"}" under data'
                yield Finding(ID, *cluster.facts.at("data", fact), f"the fact {fact} is {said}", fix)
        production = cluster.fact("production")
        if production and production not in ("true", "false"):
            message = f"production is {production!r}, which is neither true nor false"
            yield Finding(ID, *cluster.facts.at("data", "production"), message, 'write "true" or "false"')
        if cluster.fact("name") and cluster.fact("name") != cluster.name:
            message = f"this cluster says it is {cluster.fact('name')}, and its folder is {cluster.name}"
            yield Finding(
                ID, *cluster.facts.at("data", "name"), message, f'write name: "{cluster.name}", or rename the folder'
            )
