"""Merges what changes between two renderings of the template into the owner's tree."""

import subprocess
import tempfile
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

from gitops import entries
from gitops.files import Files, read, tree


@dataclass
class Merge:
    """What two renderings of the template differ in, as files of a third tree; and where that cannot be decided."""

    files: Files = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)


def merge(root: Path, before: Path, after: Path, aside: Container[str] = ()) -> Merge:
    """What has to change at `root` for what differs between the renderings `before` and `after`.

    What an owner changed stays, and what an owner removed stays away. The paths in `aside` are not looked at.
    """
    merged = Merge()
    old, new = tree(before), tree(after)
    for path in sorted(old.keys() | new.keys()):
        ours, theirs, base = read(root, path), new.get(path), old.get(path)
        if path in aside or theirs in (base, ours) or (ours is None and base is not None):
            continue
        if ours == base:
            merged.files[path] = theirs
        elif theirs is None:
            merged.conflicts.append(f"{path} goes, and it was changed here")
        elif base is None or ours is None:
            merged.conflicts.append(f"{path} comes, and there is one here")
        elif entries.are_in(path):
            text = entries.merge(ours.content.decode(), base.content.decode(), theirs.content.decode())
            merged.files[path] = ours._replace(content=text.encode())
        else:
            content = _lines(ours.content, base.content, theirs.content)
            merged.files[path] = ours._replace(content=content)
            merged.conflicts += [f"{path}:{line} was changed here too" for line in conflicts(content)]
    return merged


def conflicts(content: bytes) -> list[int]:
    """The lines at which Git's marks of a conflict begin."""
    return [number for number, line in enumerate(content.splitlines(), 1) if line.startswith(b"<<<<<<< ")]


def _lines(ours: bytes, base: bytes, theirs: bytes) -> bytes:
    """A merge of three texts, with Git's marks where they cannot be merged."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            Path(folder, name).write_bytes(content)
        command = ["git", "merge-file", "--stdout", "ours", "base", "theirs"]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout
