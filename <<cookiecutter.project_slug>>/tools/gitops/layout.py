"""Where things lie in this repository."""

import re
from collections.abc import Iterator

CLUSTERS = "clusters"
TOOLS = "tools/gitops"
ARGOCD = "infrastructure/controllers/argocd"
APPS = f"{ARGOCD}/apps"
ENVIRONMENTS = f"{APPS}/environments"
MY_APPS = "my-apps"
LUA = f"{ARGOCD}/lua"
UPSTREAM = f"{ARGOCD}/upstream"

AREAS = {"infrastructure": 4, "monitoring": 5, MY_APPS: 6}
"""The wave of each area's ApplicationSet."""
ROOT_WAVE = 6

_COMPONENT = re.compile(rf"({ARGOCD}|infrastructure/(?!controllers/)[^/]+|monitoring/[^/]+|my-apps/[^/]+/[^/]+)/(.+)")
_OVERLAY = re.compile(r"(.+)/overlays/([^/]+)")


def parents(path: str) -> Iterator[str]:
    """The folders that `path` lies in, the nearest first; the root is none of them."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def component(path: str) -> str | None:
    """The folder of the component or app that `path` lies in."""
    match = _COMPONENT.match(path)
    return match[1] if match else None


def overlay(path: str) -> tuple[str, str] | None:
    """The folder of the component and the environment, if `path` is the folder of an overlay."""
    match = _OVERLAY.fullmatch(path)
    return (match[1], match[2]) if match and component(path) == match[1] else None


def is_copy(file: str) -> bool:
    """Whether `file` is what others wrote and `./gitops vendor` put here."""
    return file.startswith(f"{UPSTREAM}/") and not file.endswith("/kustomization.yaml")


def is_delivered(file: str) -> bool:
    """Whether `file` is there for Argo CD, and not a test or a copy of what others wrote."""
    return file.split("/")[0] in (CLUSTERS, *AREAS) and "/testdata/" not in file and not file.startswith(f"{UPSTREAM}/")
