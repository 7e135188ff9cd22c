"""Changes of the tree: planned in memory, checked by the rules, and made all together or not at all."""

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gitops import files, git
from gitops.cli import Refused
from gitops.files import File, Files
from gitops.findings import Finding
from gitops.repository import SKIPPED
from gitops.validate import validate

Changes = dict[str, str | None]
"""The text that each file is to have, by its path from the root; None for one that is to go."""
Planned = Mapping[str, str | File | None]
"""Changes, or whole files."""


def read(root: Path, path: str) -> str:
    """The text of a file, which is written again byte for byte, whatever is in it. Raises Refused."""
    try:
        return _text((root / path).read_bytes())
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from error


def carry_out(root: Path, planned: Planned) -> list[str]:
    """Makes the changes if the repository is no less sound with them; returns what changed, a line a file or folder.

    Raises Refused where a rule would be broken or a file cannot be written; then the tree is as it was.
    """
    changes = _real(root, planned)
    if not changes:
        return []
    listed = listing(root, changes)
    _check(root, changes)
    files.write(root, changes)
    return listed


def listing(root: Path, planned: Planned) -> list[str]:
    """What changes, as Git's short status shows it: A, M or D, and a file, or a folder that is new or gone."""
    lines = {}
    for path, file in _real(root, planned).items():
        if file is None:
            lines[_gone(root, path, planned)] = "D"
        elif (root / path).exists():
            lines[path] = "M"
        else:
            lines[_new(root, path)] = "A"
    return [f"{letter}  {path}" for path, letter in sorted(lines.items())]


def diff(root: Path, planned: Planned) -> str:
    """The changes as a unified diff that Git would apply."""
    pieces = []
    for path, file in sorted(_real(root, planned).items()):
        before = files.read(root, path)
        old, new = (_text(side.content).splitlines(keepends=True) if side else [] for side in (before, file))
        names = (f"a/{path}" if old else os.devnull, f"b/{path}" if file else os.devnull)
        for line in difflib.unified_diff(old, new, *names):
            pieces.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(pieces)


@contextmanager
def applied(root: Path, planned: Planned) -> Iterator[Path]:
    """A copy of the repository as it would be with the changes, for as long as somebody looks at it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(root, Path(folder, "copy"), symlinks=True, ignore=shutil.ignore_patterns(*SKIPPED)))
        # Some rules ask Git what was committed.
        if (history := git.ask(root, "rev-parse", "--absolute-git-dir")) is not None:
            (copy / ".git").write_text(f"gitdir: {history}", encoding="utf-8")
        files.write(copy, _real(root, planned))
        yield copy


def _text(content: bytes) -> str:
    return content.decode(errors="surrogateescape")


def _real(root: Path, planned: Planned) -> Files:
    """Those of the changes that change something, as files: a program whose text changes stays one."""
    real: Files = {}
    for path, new in planned.items():
        old = files.read(root, path)
        if isinstance(new, str):
            new = File(new.encode(errors="surrogateescape"), old is not None and old.executable)
        if new != old:
            real[path] = new
    return real


def _new(root: Path, path: str) -> str:
    """The outermost folder of `path` that is not there yet, else `path`."""
    missing = [f"{parent}/" for parent in Path(path).parents if not (root / parent).exists()]
    return missing[-1] if missing else path


def _gone(root: Path, path: str, planned: Planned) -> str:
    """The outermost folder of `path` of which nothing is left, else `path`."""
    gone = path
    for parent in list(Path(path).parents)[:-1]:
        there = (file for file in (root / parent).rglob("*") if not file.is_dir())
        if any(planned.get(file.relative_to(root).as_posix(), "") is not None for file in there):
            break
        gone = f"{parent}/"
    return gone


def _check(root: Path, changes: Files) -> None:
    """Raises Refused where the repository would break a rule that it does not break now."""
    with applied(root, changes) as copy:
        after = validate(copy).findings
    known = {(f.rule, f.file, f.message) for f in validate(root).findings} if after else set()
    if fresh := [finding for finding in after if (finding.rule, finding.file, finding.message) not in known]:
        raise Refused(_said(fresh))


def _said(findings: list[Finding]) -> str:
    told = "\n".join(map(str, findings))
    return f"nothing was changed, for the repository would not be sound any more:\n{told}"
