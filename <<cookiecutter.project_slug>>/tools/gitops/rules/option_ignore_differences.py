"""RespectIgnoreDifferences and ignoreDifferences go together.

Without the option Argo CD shows a field as equal and still resets it at each sync; without rules the option does
nothing.
"""

from collections.abc import Iterator

from gitops import options
from gitops.documents import Document, Path, dig
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OPTION04"
BAD = """\
ignoreDifferences:
  - kind: Deployment
    group: apps
    jsonPointers:
      - /spec/replicas
"""
GOOD = """\
ignoreDifferences:
  - kind: Deployment
    group: apps
    jsonPointers:
      - /spec/replicas
syncPolicy:
  syncOptions:
    - RespectIgnoreDifferences=true
"""
OPTION = "RespectIgnoreDifferences=true"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document, path, data in cluster.specs:
            ignores, respects = bool(dig(data, "spec", "ignoreDifferences")), OPTION in options.of_application(data)
            yield from _unequal(document, (*path, "spec"), ignores, respects)
            patch = document.get("spec", "templatePatch")
            if isinstance(patch, str):
                ignores, respects = "ignoreDifferences:" in patch, OPTION in options.in_patch(document)
                yield from _unequal(document, ("spec", "templatePatch"), ignores, respects)


def _unequal(document: Document, path: Path, ignores: bool, respects: bool) -> Iterator[Finding]:
    if ignores and not respects:
        message = f"{document} ignores differences, and resets them at each sync"
        yield Finding(ID, *document.at(*path, "ignoreDifferences"), message, f"add {OPTION} to syncOptions")
    if respects and not ignores:
        message = f"{document} respects ignoreDifferences, and has none"
        yield Finding(
            ID, *document.at(*path, "syncPolicy", "syncOptions"), message, f"add ignoreDifferences, or remove {OPTION}"
        )
