"""app.yaml holds what its ApplicationSet reads, and nothing else.

In infrastructure and monitoring a key that is missing stops the whole set; a key that nothing reads is a mistake that
nobody is told of, as is a version without quotes: 1.10 is the number 1.1. In my-apps nothing is required, and only the
chart is read: project, name and namespace come from the path.
"""

import difflib
from collections.abc import Iterator
from typing import Any

from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "APP01"
CHART = {"repository": str, "name": str, "version": str}
TEAMS = {"chart": CHART}
PLATFORM = {
    "name": str,
    "namespace": str,
    "chart": {**CHART, "skipCrds": bool},
    "namespaceLabels": dict,
    "ignoreDifferences": list,
}
REQUIRED = {"chart": CHART}
SAID = {str: "a string", bool: "true or false", dict: "a mapping", list: "a list"}


def check(repository: Repository) -> Iterator[Finding]:
    found = {file for c in repository.clusters for expansion in c.expansions for file in expansion.files}
    for file in sorted(found):
        documents = repository.documents.get(file, [])
        for document in documents[1:]:
            yield Finding(ID, *document.at(), "a second document in app.yaml is not read", "keep one")
        for document in documents[:1]:
            teams = file.startswith("my-apps/")
            if not isinstance(document.data, dict):
                yield Finding(ID, *document.at(), "app.yaml is no mapping", "write keys and values")
                continue
            yield from _keys(document, (), TEAMS if teams else PLATFORM, () if teams else ("name", "namespace"))
        if not documents and not file.startswith("my-apps/") and not repository.faults.get(file):
            yield Finding(ID, file, None, "app.yaml is empty", "write name and namespace")


def _keys(
    document: Document, path: tuple[str, ...], schema: dict[str, Any], required: tuple[str, ...]
) -> Iterator[Finding]:
    content = document.get(*path)
    for key in required:
        if key not in content:
            yield Finding(
                ID,
                *document.at(*path),
                f"{'.'.join((*path, key))} is missing",
                f"write {key}, as in another environment",
            )
    for key, value in content.items():
        name, place = ".".join((*path, str(key))), document.at(*path, key)
        if key not in schema:
            near = difflib.get_close_matches(str(key), schema, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            yield Finding(ID, *place, f"nothing reads {name} here", f"{hint}What is read: {', '.join(schema)}")
        elif isinstance(expected := schema[key], dict):
            if isinstance(value, dict):
                yield from _keys(document, (*path, str(key)), expected, tuple(REQUIRED[key]))
            else:
                yield Finding(ID, *place, f"{name} is no mapping", f"write {', '.join(expected)} under it")
        elif not isinstance(value, expected):
            fix = (
                f'put it in quotes: {key}: "{value}"'
                if expected is str and value is not None
                else f"write {SAID[expected]}"
            )
            yield Finding(ID, *place, f"{name} is not {SAID[expected]}", fix)
        elif expected is str and not value:
            yield Finding(ID, *place, f"{name} is empty", f"write {key}, as in another environment")
