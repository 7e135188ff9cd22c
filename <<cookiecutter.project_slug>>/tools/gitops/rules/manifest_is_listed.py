"""Every manifest is named by a kustomization.

A file that no kustomization lists is not delivered, and nothing says so.
"""

import posixpath
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "BUILD03"


def check(repository: Repository) -> Iterator[Finding]:
    named = {reference.target for k in repository.kustomizations.values() for reference in k.references}
    for document in repository.objects:
        folder = posixpath.dirname(document.file)
        if document.file in named or layout.component(document.file) is None:
            continue
        if document.annotation("config.kubernetes.io/local-config") == "true" or document.file.endswith("/app.yaml"):
            continue
        nearest = next(
            (parent for parent in layout.parents(document.file) if parent in repository.kustomizations), None
        )
        where = repository.kustomizations[nearest].document.file if nearest else f"a kustomization.yaml in {folder}"
        fix = f"name it under resources (or patches) in {where}, or remove it"
        yield Finding(ID, *document.at(), f"no kustomization names this file, so {document} is not delivered", fix)
