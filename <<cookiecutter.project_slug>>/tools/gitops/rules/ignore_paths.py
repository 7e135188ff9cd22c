"""What ignoreDifferences names is a JSON pointer under jsonPointers, and a jq path under jqPathExpressions.

Argo CD takes a pointer without a slash, or a pointer where jq is expected, without a word: the first matches nothing,
the second fails each comparison, and the Application is Unknown.
"""

import re
from collections.abc import Iterator
from typing import Any

from gitops import layout
from gitops.documents import Document, Path, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "IGNORE01"
BAD = """\
ignoreDifferences:
  - kind: Deployment
    jsonPointers: [spec.replicas]
"""
GOOD = """\
ignoreDifferences:
  - kind: Deployment
    jsonPointers: [/spec/replicas]
"""
NO_JQ = re.compile(r"[/$].*|\w+(\.\w+)*")
"""A pointer, a JSONPath, or a path without the dot that begins it."""


def check(repository: Repository) -> Iterator[Finding]:
    for file, documents in repository.documents.items():
        for document in documents if layout.is_delivered(file) else ():
            for path, entry in _entries(document.data, ()):
                yield from _check(document, path, entry)


def _check(document: Document, path: Path, entry: Any) -> Iterator[Finding]:
    if not isinstance(entry, dict):
        return
    for index, text in enumerate(items(entry.get("jsonPointers"))):
        if isinstance(text, str) and not text.startswith("/"):
            fix = f"write /{'/'.join(filter(None, text.lstrip('$').split('.')))}, or move it to jqPathExpressions"
            place = document.at(*path, "jsonPointers", index)
            yield Finding(ID, *place, f"{text or '(nothing)'} is no JSON pointer: it does not begin with /", fix)
    for index, text in enumerate(items(entry.get("jqPathExpressions"))):
        if isinstance(text, str) and (not text or NO_JQ.fullmatch(text)):
            fix = f"write .{'.'.join(filter(None, re.split('[/.]', text.lstrip('$'))))}, or move it to jsonPointers"
            yield Finding(
                ID, *document.at(*path, "jqPathExpressions", index), f"{text or '(nothing)'} is no jq path", fix
            )


def _entries(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Each entry of each ignoreDifferences, wherever it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "ignoreDifferences":
                yield from (((*path, key, index), entry) for index, entry in enumerate(items(value)))
            else:
                yield from _entries(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _entries(value, (*path, index))
