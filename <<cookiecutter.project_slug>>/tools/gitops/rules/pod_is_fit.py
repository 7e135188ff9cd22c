"""A container says what it needs, when it is ready, and does not run as root.

Without a request and a limit of memory one pod takes a node with it, without a readiness probe a rollout counts what
does not answer yet, and Argo CD calls it Healthy. What others wrote, as a manifest that is fetched, is left alone.
"""

from collections.abc import Iterator
from typing import Any

from gitops.documents import Document, Path, dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "POD01"
BAD = """\
containers:
  - name: shop
    image: ghcr.io/example/shop:1.2.3
"""
GOOD = """\
securityContext:
  runAsNonRoot: true
containers:
  - name: shop
    image: ghcr.io/example/shop:1.2.3
    readinessProbe:
      httpGet: {path: /ready, port: http}
    resources:
      requests: {cpu: 10m, memory: 32Mi}
      limits: {memory: 64Mi}
"""
TEMPLATE: Path = ("spec", "template", "spec")
PODS: dict[tuple[str, str], Path] = {
    ("apps", "DaemonSet"): TEMPLATE,
    ("apps", "Deployment"): TEMPLATE,
    ("apps", "StatefulSet"): TEMPLATE,
    ("argoproj.io", "Rollout"): TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *TEMPLATE),
    ("batch", "Job"): TEMPLATE,
}
"""Where the pod is, by group and kind. Those of batch serve nobody, and need no probe."""


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.built_objects:
        place = PODS.get((document.group, document.kind))
        if place and document.written is not None:
            for path, problem, fix in _problems(document, place):
                yield Finding(ID, *document.at(*path), f"{document}: {problem}", fix)


def _problems(document: Document, place: Path) -> Iterator[tuple[Path, str, str]]:
    pod = document.get(*place)
    for index, container in enumerate(items(dig(pod, "containers"))):
        path: Path = (*place, "containers", index)
        name = f"container {dig(container, 'name')}"
        lacking = [
            f"{kind}.memory" for kind in ("requests", "limits") if not dig(container, "resources", kind, "memory")
        ]
        if lacking:
            yield path, f"{name} has no resources.{' and no resources.'.join(lacking)}", "write what it needs at most"
        if document.group != "batch" and dig(container, "ports") and not dig(container, "readinessProbe"):
            yield path, f"{name} has ports and no readinessProbe", "write a probe that answers when it can serve"
        if not _is_not_root(pod, container):
            yield path, f"{name} may run as root", "write securityContext.runAsNonRoot: true, in it or for the pod"


def _is_not_root(pod: Any, container: Any) -> bool:
    own = dig(container, "securityContext", "runAsNonRoot")
    return (dig(pod, "securityContext", "runAsNonRoot") if own is None else own) is True
