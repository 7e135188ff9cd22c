"""A health script uses only what Argo CD's sandbox has.

`string`, `math` and `io` are closed there, and `os` has to be asked for: local os = require("os"). A script that
calls them ends in an error, and the object it is about has no health. resource.customizations.useOpenLibs opens
them for one kind.
"""

import re
from collections.abc import Iterator

from gitops import settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "LUA01"
PREFIX = "resource.customizations.health."
COMMENT_OR_STRING = re.compile(r"--\[\[.*?\]\]|--[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
LIBRARY = re.compile(r"(?<![\w.:])(string|math|io|debug|os)\.\w")
ASKS_FOR_OS = re.compile(r"\bos\s*=\s*require\b")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        found = settings.read(repository, folder, "argocd-cm")
        for key, setting in found.items():
            kind = key.removeprefix(PREFIX)
            if kind == key or f"resource.customizations.useOpenLibs.{kind}" in found:
                continue
            script = COMMENT_OR_STRING.sub('""', setting.value)
            closed = set(LIBRARY.findall(script)) - ({"os"} if ASKS_FOR_OS.search(script) else set())
            if closed:
                message = (
                    f"the health script of {kind} uses {' and '.join(sorted(closed))}, which Argo CD's "
                    "sandbox does not have"
                )
                fix = (
                    'do without (`..` joins strings), write local os = require("os"), or open the '
                    "libraries with useOpenLibs"
                )
                yield Finding(ID, *setting.place, message, fix)
