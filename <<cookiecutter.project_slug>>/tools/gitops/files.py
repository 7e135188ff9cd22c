"""Files as they are and as they are to be; written all together or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class File(NamedTuple):
    content: bytes
    executable: bool = False


Files = dict[str, File | None]
"""What each path is to be, from the root with `/`; None where it is to go."""


def read(root: Path, path: str) -> File | None:
    """A file as it is, if it is there."""
    file = root / path
    return File(file.read_bytes(), os.access(file, os.X_OK)) if file.is_file() else None


def tree(root: Path) -> dict[str, File]:
    """Every file of a rendering, but not the record of how it came about."""
    paths = (path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file())
    return {path: file for path in paths if path != ".cruft.json" and (file := read(root, path))}


def write(root: Path, wanted: Mapping[str, File | None]) -> None:
    """Writes all of `wanted`, or, when that fails or is interrupted, leaves everything as it was."""
    before: Files = {}
    try:
        for path, file in wanted.items():
            before[path] = read(root, path)
            _put(root, path, file)
    except BaseException:
        for path, file in before.items():
            if read(root, path) != file:
                _put(root, path, file)
        raise


def _put(root: Path, path: str, file: File | None) -> None:
    target = root / path
    if file is None:
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == root or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(file.content)
    if os.access(target, os.X_OK) != file.executable:
        target.chmod(0o755 if file.executable else 0o644)
