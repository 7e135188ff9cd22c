"""A hook is one that Argo CD knows, and so is what deletes it.

An object with a hook that Argo CD does not know is no part of any phase: it is never applied, and nothing says so. An
unknown delete policy leaves the object behind. Helm's own hooks have an annotation of their own.
"""

import difflib
from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "HOOK01"
BAD = """\
metadata:
  annotations:
    argocd.argoproj.io/hook: pre-sync
"""
GOOD = """\
metadata:
  annotations:
    argocd.argoproj.io/hook: PreSync
"""
# https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/; PreDelete since 3.3.
KNOWN = {
    "argocd.argoproj.io/hook": ("PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip"),
    "argocd.argoproj.io/hook-delete-policy": ("HookSucceeded", "HookFailed", "BeforeHookCreation"),
}


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        for annotation, known in KNOWN.items():
            value = document.annotation(annotation)
            for word in str(value).split(",") if value is not None else ():
                if (name := word.strip()) not in known:
                    place = document.at("metadata", "annotations", annotation)
                    near = difflib.get_close_matches(name.replace("-", ""), known, n=1, cutoff=0.5)
                    hint = f"did you mean {near[0]}? " if near else ""
                    what = annotation.rpartition("/")[2]
                    message = f"{name or '(nothing)'} is no {what} that Argo CD knows"
                    yield Finding(ID, *place, message, f"{hint}There are {', '.join(known)}")
