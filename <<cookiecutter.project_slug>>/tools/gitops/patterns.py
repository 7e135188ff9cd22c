"""How Argo CD compares paths and addresses."""

import re
from collections.abc import Callable
from typing import Any


def glob(pattern: str) -> Callable[[str], bool]:
    """A test for files, as the new globbing does it: `*` stays within a folder, `**` does not, `{a,b}` is either."""
    steps = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]*\]|[{},])", pattern)
    braced, regexp = 0, ""
    for piece in pieces:
        if piece in ("{", "}"):
            braced += 1 if piece == "{" else -1
        plain = piece == "," and not braced
        choice = piece.startswith("[") and "[" not in piece[1:] and len(piece) > 2
        regexp += (
            piece.replace("[!", "[^") if choice else re.escape(piece) if plain else steps.get(piece, re.escape(piece))
        )
    try:
        compiled = re.compile(regexp)
    except re.error:  # A bracket without its other, a range that runs backwards: Argo CD matches nothing with it.
        return lambda path: False
    return lambda path: compiled.fullmatch(path) is not None


def plain_url(url: Any) -> str:
    """A Git URL in the form that Argo CD compares."""
    return str(url).strip().lower().rstrip("/").removesuffix(".git")
