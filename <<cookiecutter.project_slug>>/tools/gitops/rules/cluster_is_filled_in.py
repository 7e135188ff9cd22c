"""No model word is left in what a cluster's root syncs.

CLUSTER, ENVIRONMENT, REVISION, DOMAIN and VERSION stand in apps/ for facts that apps/facts puts in their place. One
that is left over has no replacement, and Argo CD would look for a folder or a branch of that name.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.clusters import MODEL_WORD
from gitops.documents import strings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "CLUSTER04"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document in cluster.of_kind("Application", "ApplicationSet", "AppProject"):
            for path, text in strings(document.data):
                if "description" not in path and (match := MODEL_WORD.search(text)):
                    field = ".".join(map(str, path))
                    fix = (
                        f"add the fieldPath {field} to {layout.APPS}/facts/kustomization.yaml (VERSION: "
                        "and the version to versions.yaml)"
                    )
                    yield Finding(ID, *document.at(*path), f"{match[0]} is left in {field} of {document}", fix)
