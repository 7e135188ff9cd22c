"""Argo CD's kinds are of argoproj.io/v1alpha1.

`argocd.io` looks right and does not exist: no cluster takes the object.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "API01"
BAD = """\
apiVersion: argocd.io/v1alpha1
kind: Application
"""
GOOD = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
"""
KINDS = ("Application", "ApplicationSet", "AppProject")


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        version = document.get("apiVersion")
        meant = document.kind in KINDS and "argo" in document.group
        if (meant or document.group == "argocd.io") and version != "argoproj.io/v1alpha1":
            message = f"{document} is of {version}, which does not exist"
            yield Finding(ID, *document.at("apiVersion"), message, "write apiVersion: argoproj.io/v1alpha1")
