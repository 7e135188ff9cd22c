"""A health check takes the place of one that Argo CD has only for a reason.

Argo CD's own checks know their kinds and are kept up by others; one in argocd-cm hides them. Where it has to be (a
check that waits for what a later wave brings, say), a comment in the script says what is wrong with
`Argo CD's own check`.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.lua import built_in, overrides
from gitops.repository import Repository

ID = "LUA04"
REASON = "Argo CD's own check"


def check(repository: Repository) -> Iterator[Finding]:
    for script in overrides.read(repository):
        if script.is_health and built_in.has_health(script.kind) and REASON not in script.text:
            message = f"{script.what} hides Argo CD's own, and does not say why"
            fix = f'remove it, or begin it with a comment: "-- {REASON} …", and what is wrong with it'
            yield Finding(ID, *script.at(1), message, fix)
