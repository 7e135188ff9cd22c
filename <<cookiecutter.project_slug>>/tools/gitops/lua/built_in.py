"""The kinds that Argo CD itself has a health check for: built_in.txt, made from its source."""

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("built_in.txt")


def has_health(kind: str) -> bool:
    """Whether there is a check for <group>/<Kind>; a kind of the core has no group."""
    exact, patterns = _known()
    return kind in exact or any(fnmatchcase(kind, pattern) for pattern in patterns)


@cache
def _known() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return frozenset(lines), tuple(line for line in lines if "*" in line)
