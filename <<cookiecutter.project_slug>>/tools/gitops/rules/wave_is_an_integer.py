"""Every object of Argo CD's own kinds under the root has a wave, and every wave is an integer in quotes.

Without the annotation an object is in wave 0. What is no integer Argo CD silently takes for 0 as well; what is not in
quotes is no string, and the API server refuses the object.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE01"
BAD = """\
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: 1
"""
GOOD = """\
metadata:
  annotations:
    argocd.argoproj.io/sync-wave: "1"
"""
WAVE = "argocd.argoproj.io/sync-wave"


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        value = document.annotation(WAVE)
        ours = document.group == "argoproj.io" and document.file.startswith((f"{layout.CLUSTERS}/", f"{layout.APPS}/"))
        if value is None and ours:
            fix = f'add the annotation {WAVE}: "<wave>": -1 for projects, 0 to 2 for Applications, 4 to 6 for sets'
            yield Finding(ID, *document.at("metadata", "annotations"), f"{document} has no wave", fix)
        elif value is not None and not (isinstance(value, str) and re.fullmatch(r"-?\d+", value)):
            said = (
                "an integer, but not in quotes" if type(value) is int else f"{value!r}, which is no integer in quotes"
            )
            fix = f'write {WAVE}: "{value}"' if type(value) is int else f'write {WAVE}: "<integer>"'
            yield Finding(ID, *document.at("metadata", "annotations", WAVE), f"the wave of {document} is {said}", fix)
