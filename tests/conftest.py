"""What every test starts from: a baked repository and its objects."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import git
from gitops.documents import parse
from gitops.validate import validate
from pairs import QUESTIONS, TEMPLATE
from pytest_cookies.plugin import Cookies

Bake = Callable[..., Path]
Object = dict[str, Any]

# What is copied without rendering would be copied with its __pycache__.
sys.dont_write_bytecode = True
# A test that finds no kustomize fails instead of passing without it.
os.environ["GITOPS_REQUIRE_KUSTOMIZE"] = "1"
os.environ["PATH"] = f"{TEMPLATE / '.bin'}{os.pathsep}{os.environ['PATH']}"
# Half a million small files come and go: in memory, where there is room for them.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 6 * 2**30 and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
    tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session", autouse=True)
def _scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What programs leave behind, as cookiecutter does with its hooks, lies in pytest's folder and goes with it."""
    folder = str(tmp_path_factory.mktemp("scratch"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session", autouse=True)
def _parse_once() -> Iterator[None]:
    """Most files are the same in every repository, and nobody changes what was parsed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gitops.repository.parse", cache(parse))
        yield


@pytest.fixture(scope="session")
def bake(cookies_session: Cookies) -> Bake:
    """`bake(answer=value, …)`: the path of a repository with these answers, made once a session. Do not change it."""
    baked: dict[str, Path] = {}

    def bake(**answers: str) -> Path:
        assert answers.keys() <= QUESTIONS.keys(), "cookiecutter ignores answers to questions that it does not ask"
        key = json.dumps(answers, sort_keys=True)
        if key not in baked:
            result = cookies_session.bake(extra_context=answers, template=str(TEMPLATE))
            assert result.exit_code == 0, f"{answers}: {result.exception}"
            baked[key] = result.project_path
        return baked[key]

    return bake


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a Git repository of one commit, with what is not committed yet."""
    folder = tmp_path_factory.mktemp("template") / "cookiecutter-argocd-gitops"
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=TEMPLATE).split("\0")
    for name in filter(None, listed):
        if (TEMPLATE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TEMPLATE / name, folder / name)
    git("init", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "-m", "Template", cwd=folder)
    return folder


@pytest.fixture
def copy(bake: Bake, tmp_path: Path) -> Bake:
    """Like `bake`, but a copy that the test may change."""

    def copy(**answers: str) -> Path:
        return Path(shutil.copytree(bake(**answers), tmp_path / "repository"))

    return copy


def objects(text: str) -> list[Object]:
    """Every document of some YAML that is not empty."""
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def build(folder: Path, *command: str) -> list[Object]:
    """What kustomize makes of `folder`; `command` is another kustomize, such as kubectl's."""
    run = subprocess.run(
        [*(command or ("kustomize", "build")), str(folder)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return objects(run.stdout)


def of_kind(kind: str, found: list[Object]) -> dict[str, Object]:
    """The objects of a kind, by name."""
    return {item["metadata"]["name"]: item for item in found if item["kind"] == kind}


def environments(repository: Path) -> Iterator[str]:
    """The environments of a repository."""
    yield from (folder.name for folder in sorted((repository / "clusters").iterdir()))


def gitops(repository: Path, *arguments: str, sound: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs the command line of `repository`, which has to exit with 0 and leave it sound, unless it is not to be."""
    command = [sys.executable, str(repository / "gitops")]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, input="")
    if sound:
        assert done.returncode == 0, done.stderr
        assert "\n".join(map(str, validate(repository).findings)) == ""
    return done


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder that is not Git's, by its path, and every folder, which has no content."""
    paths = (path for path in sorted(folder.rglob("*")) if ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in paths}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """The paths that are in one only, or differ."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
