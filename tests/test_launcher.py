"""./gitops starts where there is nothing but Python: its packages come from a hash-pinned file into .cache/."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import pytest
from conftest import Bake
from gitops import packages

PINNED = ("click", "jsonschema-rs", "rich", "PyYAML", "markdown-it-py", "mdurl", "pygments")


def wheel(folder: Path, package: str) -> str:
    """Makes the wheel of an installed package, and returns the line that pins it."""
    distribution = metadata.distribution(package)
    (info,) = {file.parts[0] for file in distribution.files or () if file.name == "WHEEL"}
    tags = [line[5:] for line in (distribution.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: ")]
    path = folder / f"{info.removesuffix('.dist-info')}-{tags[0]}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in distribution.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts and Path(file.locate()).exists():
                archive.write(Path(file.locate()), str(file))
    return f"{package}=={distribution.version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def start(repository: Path, wheels: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs ./gitops with a Python that has no packages (-S), and a pip that knows nothing but `wheels`."""
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "-S", "-E", str(repository / "gitops"), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **offline},
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository with a requirements file, for which `packages` keeps its environments."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/requirements.txt").write_text("tiny==1 --hash=sha256:0\n", encoding="utf-8")
    monkeypatch.setattr(packages, "ROOT", tmp_path)
    monkeypatch.setattr(packages, "CACHE", tmp_path / ".cache")
    return tmp_path


def made(folder: Path, requirements: Path) -> None:
    """Stands for venv and pip."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python").write_text(requirements.read_text(encoding="utf-8"), encoding="utf-8")


def test_packages_are_installed_once_and_the_command_runs(copy: Bake, tmp_path: Path) -> None:
    repository, wheels = copy(), tmp_path / "wheels"
    wheels.mkdir()
    pins = "".join(wheel(wheels, package) for package in PINNED)
    (repository / "tools/requirements.txt").write_text(pins, encoding="utf-8")
    first = start(repository, wheels, "validate", "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["findings"] == []
    (said,) = first.stderr.splitlines()
    assert said.startswith("gitops: installing tools/requirements.txt into .cache/")
    (environment,) = (repository / ".cache").iterdir()
    second = start(repository, tmp_path, "--help")
    assert second.returncode == 0
    assert second.stderr == ""
    assert ".cache/" in (repository / ".gitignore").read_text(encoding="utf-8").splitlines()
    # What is installed is what is pinned, and whoever spoils it is told how to get it back.
    for module in environment.glob("lib/*/site-packages/click/__init__.py"):
        module.unlink()
        module.parent.rename(module.parent.with_name("gone"))
    spoilt = start(repository, wheels, "--help")
    assert spoilt.returncode == 3
    assert f"{environment} has lost" in spoilt.stderr
    assert len(spoilt.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("tiny==1 --hash=sha256:" + 64 * "0", "No matching distribution found for tiny==1"),
        ("tiny==2 --hash=sha256:" + 64 * "0", "THESE PACKAGES DO NOT MATCH THE HASHES"),
        ("tiny==2", "Hashes are required"),
    ],
    ids=["offline", "another hash", "no hash"],
)
def test_what_cannot_be_installed_is_one_sentence(
    tree: Path, monkeypatch: pytest.MonkeyPatch, pin: str, why: str
) -> None:
    with zipfile.ZipFile(tree / "tiny-2-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr("tiny-2.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 2\n")
        archive.writestr("tiny-2.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-2.dist-info/RECORD", "")
    requirements = tree / "tools/requirements.txt"
    requirements.write_text(f"{pin}\n", encoding="utf-8")
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(tree), "CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    with pytest.raises(packages.NotInstalled, match="into reach, or give python3 itself") as raised:
        packages.environment(requirements)
    assert "\n" not in str(raised.value)
    assert why in str(raised.value)
    assert list((tree / ".cache").iterdir()) == []


def test_python_without_venv_is_one_sentence(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda module: None)
    with pytest.raises(packages.NotInstalled, match="install python3-venv"):
        packages.environment(tree / "tools/requirements.txt")


def test_interrupted_installation_leaves_nothing_that_looks_whole(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(folder: Path, requirements: Path) -> None:
        made(folder, requirements)
        assert len(list((tree / ".cache").iterdir())) == 1  # Something is there, under another name.
        raise KeyboardInterrupt

    requirements = tree / "tools/requirements.txt"
    monkeypatch.setattr(packages, "_make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        packages.environment(requirements)
    assert list((tree / ".cache").iterdir()) == []
    monkeypatch.setattr(packages, "_make", made)
    assert packages.environment(requirements).exists()


def test_two_starts_at_once_end_with_one_environment(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=10)

    def slowly(folder: Path, requirements: Path) -> None:
        made(folder, requirements)
        together.wait()  # Both have made one before either keeps it.

    monkeypatch.setattr(packages, "_make", slowly)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(packages.environment, 2 * [tree / "tools/requirements.txt"])
    assert first == second
    assert first.exists()
    assert [path.name for path in (tree / ".cache").iterdir()] == [first.parents[1].name]


def test_another_content_or_file_has_an_environment_of_its_own(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_make", made)
    requirements, other = tree / "tools/requirements.txt", tree / "tools/requirements-other.txt"
    other.write_bytes(requirements.read_bytes())
    first = packages.environment(requirements)
    assert packages.environment(requirements) == first
    assert packages.environment(other) != first
    requirements.write_text("tiny==2\n", encoding="utf-8")
    changed = packages.environment(requirements)
    assert changed != first
    monkeypatch.setattr(sys, "version", "3.99")
    assert packages.environment(requirements) not in (first, changed)


def test_folder_that_cannot_be_written_is_one_sentence(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / ".cache").write_text("", encoding="utf-8")
    with pytest.raises(packages.NotInstalled, match="cannot be made"):
        packages.environment(tree / "tools/requirements.txt")
