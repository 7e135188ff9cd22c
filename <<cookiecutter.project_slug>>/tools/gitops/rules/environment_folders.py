"""Every overlay is called after an environment.

What lies in a folder of another name is delivered to no cluster, and nothing says so.
"""

import difflib
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ENV02"


def check(repository: Repository) -> Iterator[Finding]:
    for folder in sorted(repository.exists):
        overlay = layout.overlay(folder)
        if overlay and overlay[1] not in repository.environments and folder not in repository.files:
            near = difflib.get_close_matches(overlay[1], repository.environments, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            fix = (
                f"{hint}The environments are {', '.join(repository.environments)}, the folders of {layout.ENVIRONMENTS}"
            )
            yield Finding(
                ID, folder, None, f"there is no environment {overlay[1]}, so nothing delivers this folder", fix
            )
