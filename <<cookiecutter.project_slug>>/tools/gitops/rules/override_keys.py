"""Every resource.customizations key of argocd-cm is well formed.

resource.customizations.<type>.<group>_<Kind>, with one of six types and one underscore (none for a kind of the
core). One bad key is an error for *all* of them: Argo CD then has no health check, no action and no ignored
difference of ours.
"""

import difflib
import re
from collections.abc import Iterator

from gitops import settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OVERRIDE01"
PREFIX = "resource.customizations."
TYPES = ("actions", "health", "ignoreDifferences", "ignoreResourceUpdates", "knownTypeFields", "useOpenLibs")
KIND = re.compile(r"all|[A-Z][A-Za-z0-9]*|(?:[a-z0-9-]+\.)*[a-z0-9-]+_[A-Z][A-Za-z0-9]*")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        for key, setting in settings.read(repository, folder, "argocd-cm").items():
            if not key.startswith(PREFIX):
                continue
            kind_of, _, target = key.removeprefix(PREFIX).partition(".")
            if kind_of not in TYPES:
                near = difflib.get_close_matches(kind_of, TYPES, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                fix = f"{hint}The types are {', '.join(TYPES)}"
                yield Finding(ID, *setting.place, f"{key}: there is no type {kind_of}", fix)
            elif not KIND.fullmatch(target):
                message = f"{key}: {target or '(nothing)'} is no <group>_<Kind>"
                yield Finding(
                    ID, *setting.place, message, "keep the dots of the group, and put exactly one _ before the Kind"
                )
