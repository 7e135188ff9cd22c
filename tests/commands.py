"""Runs and changes a repository as its owners do."""

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
# Before a command: it may not read, write or enter what nobody may, not even as root.
LIKE_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def gitops(repository: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the repository's own command; PATH and the rest of the environment are the test's, but for `environment`."""
    return subprocess.run(
        [sys.executable, str(repository / "gitops"), *arguments],
        cwd=repository,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull} | variables
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "owner", f"GIT_{role}_EMAIL": "owner@example.com"}
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def git(*arguments: str, cwd: Path) -> str:
    done = run("git", "-c", "init.defaultBranch=main", *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder that is not Git's or cruft's, by its path."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts and path.name != ".cruft.json"
    }
