"""Builds with kustomize, or with kubectl's, whichever is on PATH. `build` never fetches anything."""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gitops import layout, stand_in
from gitops.documents import Document, parse

if TYPE_CHECKING:
    from gitops.repository import Repository

Builder = tuple[str, ...]
"""A command that, with a folder behind it, prints what is built from it."""
TIMEOUT = 120  # seconds a build


@dataclass
class Build:
    """The objects of a folder; or `error`, what kustomize said; or `skipped`, why it was not asked."""

    objects: list[Document] = field(default_factory=list)
    error: str | None = None
    skipped: str = ""
    stand_ins: list[str] = field(default_factory=list)
    """The remote resources that a stand-in took the place of."""


def find() -> Builder | None:
    """The builder on PATH."""
    if path := shutil.which("kustomize"):
        return path, "build"
    if path := shutil.which("kubectl"):
        return path, "kustomize"
    return None


def build(repository: "Repository") -> dict[str, Build]:
    """A build of each folder of `repository` that is there to be built, several at once."""
    known: dict[str, Any] = {}  # By text: most objects are the same in every environment.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        builds = threads.map(lambda folder: _build(repository, folder, known), repository.built_folders)
        return dict(zip(repository.built_folders, builds, strict=True))


def _build(repository: "Repository", folder: str, known: dict[str, Any]) -> Build:
    if repository.kustomizations[folder].is_empty:
        return Build()
    reached = repository.reached(folder)
    references = [reference for kustomization in reached for reference in kustomization.references]
    for reference in references:
        if reference.target is not None and (
            reference.target not in repository.exists or repository.faults.get(reference.target)
        ):
            return Build(skipped=f"{reference.target or reference.text} is missing or no sound YAML")
    remote = [reference for reference in references if reference.target is None]
    for reference in remote:
        if reference.field != "resources" or not stand_in.MANIFEST.fullmatch(reference.text):
            return Build(skipped=f"{reference.text} is not in this repository, and nothing is fetched")
    if not remote:
        code, text = _run(repository, repository.root, folder)
    else:
        with tempfile.TemporaryDirectory() as copy:
            try:
                _copy(repository, [kustomization.folder for kustomization in reached], Path(copy))
            except OSError as error:
                return Build(error=f"{error.filename}: {error.strerror}")
            for kustomization in reached:
                stand_in.put(Path(copy), kustomization)
            code, text = _run(repository, Path(copy), folder)
    if code:
        return Build(error=text)
    return Build(_objects(repository, folder, text, known), stand_ins=[reference.text for reference in remote])


def _copy(repository: "Repository", folders: list[str], copy: Path) -> None:
    """Copies what lies in `folders`, and the content of links: what is written into the copy stays in there."""
    for file in repository.files:
        if any(parent in folders for parent in (*layout.parents(file), "")):
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repository.root / file, copy / file)


def _run(repository: "Repository", root: Path, folder: str) -> tuple[int, str]:
    assert repository.builder is not None
    return run(repository.builder, root, folder)


def run(builder: Builder, root: Path, folder: str) -> tuple[int, str]:
    """Builds `folder` of the tree at `root`: the exit code, and the objects or the error."""
    command = [*builder, str(root / folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return 1, f"not built within {TIMEOUT} s"
    except (OSError, UnicodeDecodeError) as error:
        return 1, f"{command[0]}: {error}"
    if done.returncode == 0:
        return 0, done.stdout
    said = done.stderr.replace(f"{os.path.realpath(root)}/", "").replace(f"{root}/", "").strip()
    return done.returncode, said.removeprefix("Error: ") or "failed without a word"


def _objects(repository: "Repository", folder: str, text: str, known: dict[str, Any]) -> list[Document]:
    """The objects in the output of a build, each with the document it was made from."""
    written = {(d.group, d.kind, d.name): d for d in repository.sources(folder)}
    elsewhere = repository.kustomizations[folder].document
    objects = []
    for piece in text.split("\n---\n"):
        if "\nkind: CustomResourceDefinition\n" in piece:
            # Its schema is nobody's business here, and most of all there is to read.
            piece = piece.partition("\nspec:\n")[0]
        if piece not in known:
            known[piece] = next((data for _, data in parse(f"{piece}\n")[0]), None)
        if (data := known[piece]) is not None:
            made = Document(elsewhere.file, elsewhere.line, data, None)
            origin = written.get((made.group, made.kind, made.name))
            objects.append(Document(origin.file, origin.line, data, origin.written) if origin else made)
    return objects
