"""Argo CD's sync options and compare options, as they are written."""

import re
from collections.abc import Iterator
from typing import Any

from gitops.clusters import Cluster
from gitops.documents import Document, Path, dig, items

SYNC = "argocd.argoproj.io/sync-options"
COMPARE = "argocd.argoproj.io/compare-options"

_IN_PATCH = re.compile(r"^\s*-\s+[\"']?(\w+=[^\"'\s]*)", re.MULTILINE)


def annotated(data: Any, key: str = SYNC) -> list[str]:
    """The options in an annotation of an object or a template."""
    value = dig(data, "metadata", "annotations", key)
    return [option.strip() for option in value.split(",")] if isinstance(value, str) else []


def of_application(data: Any) -> list[str]:
    """The sync options of an Application or a template of one."""
    return [option for option in items(dig(data, "spec", "syncPolicy", "syncOptions")) if isinstance(option, str)]


def in_patch(document: Document) -> list[str]:
    """The sync options in the text of a set's templatePatch."""
    patch = document.get("spec", "templatePatch")
    return _IN_PATCH.findall(patch) if isinstance(patch, str) else []


def written(cluster: Cluster) -> Iterator[tuple[Document, Path, str]]:
    """Every sync option under a root and below it, as (object, path, option)."""
    for document, path, data in cluster.specs:
        for index, option in enumerate(items(dig(data, "spec", "syncPolicy", "syncOptions"))):
            yield document, (*path, "spec", "syncPolicy", "syncOptions", index), str(option)
        for option in in_patch(document):
            yield document, ("spec", "templatePatch"), option
    delivered = [document for _, _, objects in cluster.rendered for document in objects]
    for document in [*cluster.objects, *delivered]:
        for option in annotated(document.data):
            yield document, ("metadata", "annotations", SYNC), option
