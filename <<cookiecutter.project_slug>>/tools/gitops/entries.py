"""The lines of a ConfigMap's `data` in a file that holds nothing else: facts of a cluster, versions of an environment.

Their values are the owner's; which of them there are is decided by the template.
"""

import fnmatch
import re

from gitops import layout

FILES = (f"{layout.CLUSTERS}/*/cluster.yaml", f"{layout.ENVIRONMENTS}/*/versions.yaml")
ENTRY = re.compile(r'  "?(?P<key>[A-Za-z0-9_.-]+)"?:')


def are_in(path: str) -> bool:
    return any(fnmatch.fnmatch(path, pattern) for pattern in FILES)


def merge(ours: str, base: str, theirs: str) -> str:
    """`ours` with the entries that `theirs` has and `base` lacks, and without those that only `base` has."""
    mine, old, new = _read(ours), _read(base), _read(theirs)
    for key in old.keys() - new.keys():
        mine.pop(key, None)
    # Each comes behind the one that it comes behind in the template.
    keys = list(mine)
    for key, previous in zip(new, [None, *new], strict=False):
        if key not in old and key not in keys:
            keys.insert(keys.index(previous) + 1 if previous in keys else 0, key)
    head = ours.partition("\ndata:\n")[0].rstrip("\n") + "\n"
    return head + ("data:\n" if keys else "") + "".join(mine.get(key) or new[key] for key in keys)


def _read(text: str) -> dict[str, str]:
    """The lines of each entry, with the comments above it."""
    found: dict[str, str] = {}
    lines = ""
    for line in text.partition("\ndata:\n")[2].splitlines(keepends=True):
        lines += line
        if entry := ENTRY.match(line):
            found[entry["key"]] = lines
            lines = ""
    if lines and found:
        found[list(found)[-1]] += lines
    return found
