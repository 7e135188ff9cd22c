"""A `*` in the old map of overrides stands only where Argo CD looks for one.

Under resource.customizations, health and ignoreDifferences are found by a pattern of group/Kind, and the rest by the
exact name only. Where several patterns with a health check match a kind, Argo CD takes any of them.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from gitops import settings
from gitops.documents import parse
from gitops.findings import Finding
from gitops.repository import Repository
from gitops.settings import Setting

ID = "OVERRIDE02"
KEY = "resource.customizations"
EXACT = ("actions", "ignoreResourceUpdates", "knownTypeFields")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        if (setting := settings.read(repository, folder, "argocd-cm").get(KEY)) is None:
            continue
        for _, data in parse(setting.value)[0]:
            if isinstance(data, dict):
                yield from _check(data, setting)


def _check(data: dict[str, object], setting: Setting) -> Iterator[Finding]:
    patterns = {str(kind): entry for kind, entry in data.items() if "*" in str(kind) and isinstance(entry, dict)}
    for kind, entry in patterns.items():
        for name in EXACT:
            if name in entry:
                fix = "write it for each Kind by its exact name"
                yield Finding(
                    ID, *setting.place, f"{name} of {kind} is never found: Argo CD takes the * as it stands", fix
                )
    healthy = sorted(kind for kind, entry in patterns.items() if "health.lua" in entry)
    for index, kind in enumerate(healthy):
        for other in healthy[index + 1 :]:
            if fnmatchcase(kind, other) or fnmatchcase(other, kind):
                message = f"{kind} and {other} match the same kinds, and Argo CD takes the health check of any"
                yield Finding(ID, *setting.place, message, "keep one of them, or write the kinds by their exact names")
