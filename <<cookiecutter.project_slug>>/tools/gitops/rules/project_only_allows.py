"""A project lists what it allows, never what it denies, and never everything.

A `!` does not bite where destinations go by cluster name, a blacklist lets through every kind that is invented later,
and a `*` makes the project no boundary at all.
"""

from collections.abc import Iterator

from gitops.documents import dig, items, strings
from gitops.findings import Finding
from gitops.projects import denies, is_everything
from gitops.repository import Repository

ID = "PROJECT06"
BAD = """\
kind: AppProject
spec:
  sourceRepos:
    - "*"
"""
GOOD = """\
kind: AppProject
spec:
  sourceRepos:
    - https://charts.example.com
"""
DENIES = ("clusterResourceBlacklist", "namespaceResourceBlacklist")
LISTS = ("sourceRepos", "destinations", "clusterResourceWhitelist", "namespaceResourceWhitelist")


def check(repository: Repository) -> Iterator[Finding]:
    for project in (p for cluster in repository.clusters for p in cluster.of_kind("AppProject")):
        for field in DENIES:
            if project.get("spec", field) is not None:
                fix = f"remove it, and list what is allowed under {field.replace('Blacklist', 'Whitelist')}"
                yield Finding(ID, *project.at("spec", field), f"project {project.name} denies, with {field}", fix)
        for field in LISTS:
            for path, text in strings(project.get("spec", field)):
                if denies(text):
                    message = f"project {project.name} denies {text[1:]} in {field}"
                    yield Finding(ID, *project.at("spec", field, *path), message, "list what is allowed instead")
        for index, repository_url in enumerate(items(project.get("spec", "sourceRepos"))):
            if is_everything(str(repository_url)):
                message = f"project {project.name} allows every repository"
                yield Finding(ID, *project.at("spec", "sourceRepos", index), message, "name the repositories")
        for index, destination in enumerate(items(project.get("spec", "destinations"))):
            if "*" in (dig(destination, "namespace"), dig(destination, "name")):
                message = f"project {project.name} allows every namespace or every cluster"
                yield Finding(
                    ID, *project.at("spec", "destinations", index), message, "name the cluster and the namespaces"
                )
        for index, kind in enumerate(items(project.get("spec", "clusterResourceWhitelist"))):
            if "*" in (dig(kind, "group"), dig(kind, "kind")):
                message = (
                    f"project {project.name} allows every cluster-scoped kind of {dig(kind, 'group') or 'the core'}"
                )
                yield Finding(
                    ID, *project.at("spec", "clusterResourceWhitelist", index), message, "name group and kind"
                )
