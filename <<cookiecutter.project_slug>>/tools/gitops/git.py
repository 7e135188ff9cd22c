"""Questions to Git, where it is there and the repository has been committed."""

import subprocess
from pathlib import Path


def ask(root: Path, *arguments: str) -> str | None:
    """What `git` prints in `root`; None on an error, and where `root` is not the top of a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and (root / ".git").exists() else None
