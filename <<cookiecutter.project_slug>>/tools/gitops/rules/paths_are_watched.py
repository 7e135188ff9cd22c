"""manifest-generate-paths of an Application covers everything that its folder reaches.

A commit outside of these paths does not make Argo CD look again: a change in a shared base would arrive hours
later, or with somebody else's commit.
"""

import posixpath
from collections.abc import Iterator

from gitops.applicationsets import Application
from gitops.documents import dig
from gitops.findings import Finding
from gitops.patterns import glob
from gitops.repository import Repository

ID = "PATHS01"
ANNOTATION = "argocd.argoproj.io/manifest-generate-paths"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application, folder, _ in cluster.rendered:
            watched = _watched(application, folder)
            if watched is None:
                continue
            for kustomization in repository.reached(folder):
                for reference in kustomization.references:
                    if reference.target in repository.exists and not _covers(watched, reference.target or ""):
                        message = (
                            f"Application {application.name} reaches {reference.target}, and its "
                            f"{ANNOTATION} does not cover that"
                        )
                        fix = (
                            f"keep it in the component's own folder, or add /{reference.target} to the "
                            f"annotation in {application.parent.file}"
                        )
                        yield Finding(ID, kustomization.document.file, reference.line, message, fix)


def _watched(application: Application, folder: str) -> list[str] | None:
    """The paths from the root that Argo CD watches; None where the Application does not say, and it watches all."""
    value = dig(application.metadata, "annotations", ANNOTATION)
    if not isinstance(value, str):
        return None
    return [
        path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
        for path in filter(None, value.split(";"))
    ]


def _covers(watched: list[str], target: str) -> bool:
    return any(target == path or target.startswith(f"{path}/") or glob(path)(target) for path in watched)
