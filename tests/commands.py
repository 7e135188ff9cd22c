"""Runs and changes a repository as its owners do."""

import os
import subprocess
import sys
from pathlib import Path


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
