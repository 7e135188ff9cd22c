"""Changes of the tree: planned in memory, checked by the rules, and made all together or not at all."""

import difflib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gitops import git
from gitops.cli import Refused
from gitops.findings import Finding
from gitops.repository import SKIPPED
from gitops.validate import validate

Changes = dict[str, str | None]
"""The text that each file is to have, by its path from the root; None for one that is to go."""


def read(root: Path, path: str) -> str:
    """The text of a file, which is written again byte for byte, whatever is in it. Raises Refused."""
    try:
        return (root / path).read_bytes().decode(errors="surrogateescape")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def carry_out(root: Path, changes: Changes) -> list[str]:
    """Makes `changes` if the repository is no less sound with them; returns what changed, a line a file or folder.

    Raises Refused where a rule would be broken or a file cannot be written; then the tree is as it was.
    """
    changes = _real(root, changes)
    if not changes:
        return []
    listed = listing(root, changes)
    _check(root, changes)
    _make(root, changes)
    return listed


def listing(root: Path, changes: Changes) -> list[str]:
    """What changes, as Git's short status shows it: A, M or D, and a file, or a folder that is new or gone."""
    lines = {}
    for path, text in _real(root, changes).items():
        if text is None:
            lines[_gone(root, path, changes)] = "D"
        elif (root / path).exists():
            lines[path] = "M"
        else:
            lines[_new(root, path)] = "A"
    return [f"{letter}  {path}" for path, letter in sorted(lines.items())]


def diff(root: Path, changes: Changes) -> str:
    """The changes as a unified diff that Git would apply."""
    pieces = []
    for path, text in sorted(_real(root, changes).items()):
        old = read(root, path).splitlines(keepends=True) if (root / path).exists() else []
        new = (text or "").splitlines(keepends=True)
        names = (f"a/{path}" if old else os.devnull, f"b/{path}" if text is not None else os.devnull)
        for line in difflib.unified_diff(old, new, *names):
            pieces.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(pieces)


def _real(root: Path, changes: Changes) -> Changes:
    """Those of `changes` that change something."""
    return {
        path: text for path, text in changes.items() if (read(root, path) if (root / path).is_file() else None) != text
    }


def _new(root: Path, path: str) -> str:
    """The outermost folder of `path` that is not there yet, else `path`."""
    missing = [f"{parent}/" for parent in Path(path).parents if not (root / parent).exists()]
    return missing[-1] if missing else path


def _gone(root: Path, path: str, changes: Changes) -> str:
    """The outermost folder of `path` of which nothing is left, else `path`."""
    gone = path
    for parent in list(Path(path).parents)[:-1]:
        files = (file for file in (root / parent).rglob("*") if not file.is_dir())
        if any(changes.get(file.relative_to(root).as_posix(), "") is not None for file in files):
            break
        gone = f"{parent}/"
    return gone


def _check(root: Path, changes: Changes) -> None:
    """Raises Refused where the repository would break a rule that it does not break now."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(root, Path(folder, "copy"), symlinks=True, ignore=shutil.ignore_patterns(*SKIPPED)))
        # Some rules ask Git what was committed.
        if (history := git.ask(root, "rev-parse", "--absolute-git-dir")) is not None:
            (copy / ".git").write_text(f"gitdir: {history}", encoding="utf-8")
        for path, text in changes.items():
            if text is None:
                (copy / path).unlink()
                _prune(copy, path)
            else:
                _write(copy / path, text)
        after = validate(copy).findings
    known = {(f.rule, f.file, f.message) for f in validate(root).findings} if after else set()
    if fresh := [finding for finding in after if (finding.rule, finding.file, finding.message) not in known]:
        raise Refused(_said(fresh))


def _said(findings: list[Finding]) -> str:
    told = "\n".join(map(str, findings))
    return f"nothing was changed, for the repository would not be sound any more:\n{told}"


def _make(root: Path, changes: Changes) -> None:
    """Writes new files beside the tree and moves them to their places one by one; on anything amiss, all back."""
    with _signals_raise(), tempfile.TemporaryDirectory(prefix=".gitops-", dir=root) as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        started: list[str] = []
        folders: list[Path] = []
        try:
            for path, text in changes.items():
                if text is not None:
                    _write(new / path, text)
                    if (root / path).exists():
                        shutil.copymode(root / path, new / path)
            for path, text in changes.items():
                folders += [parent for parent in (root / path).parents if not parent.exists()]
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                started.append(path)
                if os.path.lexists(root / path):
                    (old / path).parent.mkdir(parents=True, exist_ok=True)
                    os.replace(root / path, old / path)
                if text is not None:
                    os.replace(new / path, root / path)
            for path, text in changes.items():
                if text is None:
                    _prune(root, path)
        except BaseException as error:
            with _signals_wait():
                _roll_back(root, {path: changes[path] for path in started}, old, new)
                _remove_empty(folders)
            if isinstance(error, OSError):
                raise Refused(f"{error.filename}: {error.strerror}: nothing was changed") from error
            raise


def _roll_back(root: Path, started: Changes, old: Path, new: Path) -> None:
    """Puts back what was there. Of each path it is known from what lies where how far the change has got."""
    for path, text in reversed(started.items()):
        if os.path.lexists(old / path):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(old / path, root / path)
        elif text is not None and not os.path.lexists(new / path):
            os.replace(root / path, new / path)


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(errors="surrogateescape"))


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
