"""The Python packages that commands need: virtual environments in .cache/, made from hash-pinned requirements files.

Only the standard library, because the launcher runs this where there is nothing else.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "tools/requirements.txt"
"""What every command needs; `MODULES` are the modules that come with it."""
MODULES = ("click", "jsonschema_rs", "rich", "yaml")


class NotInstalled(Exception):
    """The packages are not there and cannot be installed; the text is one sentence that says why and what to do."""


def provide() -> None:
    """Returns where Python has the modules; else runs this command again with a Python that does, or NotInstalled."""
    if all(importlib.util.find_spec(module) for module in MODULES):
        return
    if CACHE in Path(sys.prefix).parents:
        raise NotInstalled(f"{sys.prefix} has lost some of its packages: remove it, and it is made anew")
    python = str(environment(REQUIREMENTS))
    os.execv(python, [python, *sys.argv])


def environment(requirements: Path) -> Path:
    """The Python of a virtual environment that holds exactly `requirements`. Raises NotInstalled.

    It is made when it is first asked for, and again for another Python or another content of the file.
    """
    key = hashlib.sha256(f"{sys.version}\n{sys.base_prefix}\n".encode() + requirements.read_bytes()).hexdigest()
    folder = CACHE / f"{requirements.stem}-{sys.implementation.cache_tag}-{key[:12]}"
    python = folder / "bin/python"
    if not python.exists():
        print(f"gitops: installing {requirements.relative_to(ROOT)} into {folder.relative_to(ROOT)}", file=sys.stderr)
        try:
            CACHE.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=CACHE, prefix="unfinished-") as unfinished:
                _make(Path(unfinished, "environment"), requirements)
                _keep(Path(unfinished, "environment"), folder)
        except OSError as error:
            raise NotInstalled(f"{folder} cannot be made: {error.strerror}") from error
    return python


def _make(folder: Path, requirements: Path) -> None:
    by_hand = f"or give python3 itself what {requirements.relative_to(ROOT)} lists"
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise NotInstalled(f"python3 cannot make virtual environments here: install python3-venv, {by_hand}")
    # Isolated from PYTHONPATH and the user's packages. Wheels only: what a build from source installs has no hash.
    install = ("-I", "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement")
    for command in (
        (sys.executable, "-I", "-m", "venv", str(folder)),
        (str(folder / "bin/python"), *install, str(requirements)),
    ):
        if (why := _failure(command)) is not None:
            which = requirements.relative_to(ROOT)
            raise NotInstalled(f"{which} was not installed ({why}): bring a package index into reach, {by_hand}")


def _failure(command: Sequence[str]) -> str | None:
    """Why the command failed, in its own words; None when it did not."""
    patience = {"PIP_RETRIES": "1"}  # Without a network, pip would try for half a minute.
    done = subprocess.run(command, capture_output=True, text=True, env={**patience, **os.environ}, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["no reason given"]
    why = [line.removeprefix("ERROR: ") for line in said if line.startswith("ERROR: ")] or said
    return why[-1].partition(". ")[0].strip() if done.returncode else None


def _keep(made: Path, folder: Path) -> None:
    """Gives what was made its name, at once and whole; where another start was quicker, its work stays."""
    try:
        made.rename(folder)
    except OSError:
        if not (folder / "bin/python").exists():
            raise
