"""Every file and folder that a kustomization names is in this repository.

kustomize takes a name that does not exist for the address of a Git repository and tries to fetch it, so a typing error
ends in a message about Git. Files for patches and generators may not be fetched at all: what is at an address changes
without a commit.
"""

import difflib
import posixpath
from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "BUILD01"


def check(repository: Repository) -> Iterator[Finding]:
    for folder, kustomization in repository.kustomizations.items():
        file = kustomization.document.file
        for reference in kustomization.references:
            if reference.target is None:
                if reference.field not in ("resources", "components", "bases"):
                    message = f"{reference.field} names {reference.text}, which is not in this repository"
                    yield Finding(ID, file, reference.line, message, "keep a copy of it here and name the copy")
            elif reference.target not in repository.exists:
                message = f"{reference.field} names {reference.text}, and there is no {reference.target}"
                beside = [
                    path for path in repository.exists if posixpath.dirname(path) == posixpath.dirname(reference.target)
                ]
                near = difflib.get_close_matches(reference.target, beside, n=1)
                hint = f"did you mean {posixpath.relpath(near[0], folder or '.')}? " if near else ""
                yield Finding(
                    ID, file, reference.line, message, f"{hint}Correct the name, add what it names, or remove the line"
                )
