"""Files as they are and as they are to be; written all together or not at all."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple, NoReturn

from gitops.cli import Refused


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
    """Writes all of `wanted`; what fails or is interrupted leaves everything as it was. Raises Refused.

    New files are written beside the tree and moved to their places one by one; on anything amiss, all back.
    """
    with _signals_raise(), tempfile.TemporaryDirectory(prefix=".gitops-", dir=root) as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        started: list[str] = []
        folders: list[Path] = []
        try:
            for path, file in wanted.items():
                if file is not None:
                    _put(new / path, file, root / path)
            for path, file in wanted.items():
                folders += [parent for parent in (root / path).parents if not parent.exists()]
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                started.append(path)
                if os.path.lexists(root / path):
                    (old / path).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(root / path, old / path)
                if file is not None:
                    os.replace(new / path, root / path)
            for path, file in wanted.items():
                if file is None:
                    _prune(root, path)
        except BaseException as error:
            with _signals_wait():
                _roll_back(root, {path: wanted[path] for path in started}, old, new)
                _remove_empty(folders)
            if isinstance(error, OSError):
                raise Refused(f"{error.filename}: {error.strerror}: nothing was changed") from error
            raise


def _roll_back(root: Path, started: Files, old: Path, new: Path) -> None:
    """Puts back what was there. Of each path it is known from what lies where how far the change has got."""
    for path, file in reversed(started.items()):
        if os.path.lexists(old / path):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(old / path, root / path)
        elif file is not None and not os.path.lexists(new / path):
            os.replace(root / path, new / path)


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _put(path: Path, file: File, before: Path) -> None:
    """Makes a new file, with the mode of the one that was there `before`, but that it is a program or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    if before.exists():
        shutil.copymode(before, path)
    if os.access(path, os.X_OK) != file.executable:
        path.chmod(0o755 if file.executable else 0o644)


def _prune(root: Path, path: str) -> None:
    """Removes the folders that a removed file has left empty."""
    _remove_empty(root / parent for parent in list(Path(path).parents)[:-1])


@contextmanager
def _signals_raise() -> Iterator[None]:
    """Lets the signals that end a process raise as Ctrl-C does, so that what was begun is taken back."""

    def interrupt(_: int, __: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Keeps every signal waiting that could interrupt what must be done to its end."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
