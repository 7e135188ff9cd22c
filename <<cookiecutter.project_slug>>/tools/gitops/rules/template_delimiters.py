"""Nothing of the template's own syntax is left in a file.

The template that made this repository writes its variables between double angle brackets and its blocks behind a hash
and a percent sign. One that is left over was never filled in.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "TEXT01"
# Narrow, so that a heredoc (cat << EOF), a shift and a comment are none of these.
DELIMITER = re.compile(r"<<\s*\w[^<>\n]*>>|^[ \t]*#[%~]\s|\s[%~]#[ \t]*$", re.MULTILINE)

MARKS = ("<<", "#%", "#~", "%#", "~#")  # Most files have none, and this is quicker to see.


def check(repository: Repository) -> Iterator[Finding]:
    for file in repository.files:
        if layout.is_copy(file) or not repository.scope.tells(file):
            continue
        text = repository.text(file)
        for match in DELIMITER.finditer(text) if any(mark in text for mark in MARKS) else ():
            message = f"a delimiter of the template is left: {match[0].strip()}"
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(ID, file, line, message, "write the value that belongs here, or remove the line")
