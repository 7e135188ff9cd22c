"""A remote resource is pinned to a version.

What a branch holds changes without a commit here, so the same commit delivers different things on different days.
"""

import re
from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "BUILD04"
BAD = """\
resources:
  - https://github.com/example/crds//config?ref=main
"""
GOOD = """\
resources:
  - https://github.com/example/crds//config?ref=v1.4.0
"""
PINNED = re.compile(r"(?:[/=@]|releases/download/)v?\d+(?:\.\d+)+[^/]*(?:/|&|$)|[0-9a-f]{40}")


def check(repository: Repository) -> Iterator[Finding]:
    for kustomization in repository.kustomizations.values():
        for reference in kustomization.remote:
            if not PINNED.search(reference.text):
                message = f"{reference.text} names no version"
                fix = "name a version tag or a whole commit in the address"
                yield Finding(ID, kustomization.document.file, reference.line, message, fix)
