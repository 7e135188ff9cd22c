"""No value is a placeholder.

What is still to be filled in is delivered as it stands: a host that does not exist, a password that everybody knows.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.documents import strings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "TEXT02"
# In a text of several lines (a script, HTML, SQL) angle brackets have other meanings.
PLACEHOLDER = re.compile(r"<[A-Z][A-Z0-9_-]*>|\bchange[-_]?me\b|cookiecutter\.", re.ASCII)
IN_TEXT = re.compile(r"\bCHANGE[-_]?ME\b|cookiecutter\.", re.ASCII)


def check(repository: Repository) -> Iterator[Finding]:
    for file, documents in repository.documents.items():
        if not layout.is_delivered(file):
            continue
        for document in documents:
            for path, text in strings(document.data):
                match = IN_TEXT.search(text) or ("\n" not in text and PLACEHOLDER.search(text))
                if match:
                    message = f"{'.'.join(map(str, path))} holds the placeholder {match[0]}"
                    yield Finding(
                        ID, *document.at(*path), message, "write the real value; a secret belongs in an ExternalSecret"
                    )
