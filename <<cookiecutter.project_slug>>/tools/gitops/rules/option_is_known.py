"""Every sync option is one that Argo CD knows, spelled exactly.

Argo CD compares options as strings: `ServerSideApply=True` or a space inside does nothing, and nobody is told.
"""

import difflib
from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OPTION01"
SWITCHES = (
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "CreateNamespace",
    "FailOnSharedResource",
    "Force",
    "IgnoreMissingTemplate",
    "PruneLast",
    "Replace",
    "RespectIgnoreDifferences",
    "ServerSideApply",
    "SkipDryRunOnMissingResource",
    "Validate",
)
KNOWN = (
    *(f"{name}={value}" for name in SWITCHES for value in ("true", "false")),
    *(f"{name}={value}" for name in ("Prune", "Delete") for value in ("true", "false", "confirm")),
    *(f"PrunePropagationPolicy={value}" for value in ("foreground", "background", "orphan")),
)


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document, path, option in options.written(cluster):
            if option not in KNOWN:
                near = difflib.get_close_matches(option, KNOWN, n=1)
                fix = (
                    f"did you mean {near[0]}?"
                    if near
                    else "remove it, or correct it from Argo CD's page on sync options"
                )
                yield Finding(ID, *document.at(*path), f"{option!r} of {document} is no sync option of Argo CD", fix)
