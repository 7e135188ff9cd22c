"""The repository: its files, read once, and what follows from them, worked out once and when it is first asked for."""

import os
import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from gitops import clusters, kustomize, layout, suppressions
from gitops.clusters import Cluster
from gitops.documents import Document, Fault, dig, items, parse
from gitops.kustomizations import FILES, Kustomization, reached
from gitops.kustomizations import read as read_kustomization
from gitops.schemas import Schemas
from gitops.scope import Scope
from gitops.suppressions import Suppression

SKIPPED = {".git", ".cache", ".venv", "node_modules", "__pycache__"}
YAML = (".yaml", ".yml")
LOCAL = "config.kubernetes.io/local-config"
LARGEST_TEXT = 2**20
LARGEST_YAML = 4 * 2**20
EVERYTHING = Scope()


class Repository:
    """All paths are strings from the root with `/`; a folder's has none at its end, and the root's is empty."""

    def __init__(
        self,
        root: Path,
        builder: kustomize.Builder | None = None,
        concerns: Callable[[str], bool] = lambda folder: True,
        scope: Scope = EVERYTHING,
    ) -> None:
        """Reads what `scope` reads of the tree at `root`. Without a `builder`, sources are taken for what is built.

        Only folders that `concerns` are built.
        """
        self.root = root
        self.scope = scope
        self.builder = builder
        self.concerns = concerns
        self.documents: dict[str, list[Document]] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.suppressions: list[Suppression] = []
        # Many files say the same, such as an app.yaml that says nothing.
        self._parsed: dict[str, tuple[list[tuple[int, Any]], list[Fault]]] = {}
        self.files = sorted(self._walk())
        for file in self.files:
            # A copy is ten times all the rest, and whether it is sound a build shows.
            if (file.endswith(YAML) or posixpath.basename(file) in FILES) and not layout.is_copy(file):
                self._read(file)

    def _walk(self) -> Iterator[str]:
        """Every file below the root but those that tools put there; a link is one when it leads to a file in there."""
        real = os.path.realpath(self.root)
        folders = [""]
        while folders:
            inside = folders.pop()
            try:
                entries = list(os.scandir(os.path.join(self.root, inside)))
            except OSError as error:
                self._fault(os.path.join(self.root, inside), "access", f"cannot be read: {error.strerror}")
                continue
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder and (entry.name in SKIPPED or not self.scope.enters(inside + entry.name)):
                    continue
                if not entry.name.isprintable():
                    self._fault(entry.path, "name", "has a name with characters that cannot be shown")
                if entry.is_symlink():
                    if os.path.isabs(os.readlink(entry)) or os.path.commonpath([real, os.path.realpath(entry)]) != real:
                        self._fault(entry.path, "link", "is a link that leads out of the repository")
                        continue
                    if not os.path.exists(entry):
                        self._fault(entry.path, "link", "is a link to what is not there")
                if is_folder:
                    folders.append(f"{inside}{entry.name}/")
                elif self.scope.reads(inside + entry.name) and os.path.isfile(entry):
                    yield inside + entry.name

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")

    def _fault(self, path: str, kind: str, problem: str) -> None:
        self.faults.setdefault(self._relative(path), []).append(Fault(kind, None, problem))

    def _read(self, file: str) -> None:
        faults = self.faults.setdefault(file, [])
        try:
            path = os.path.join(self.root, file)
            if os.path.getsize(path) > LARGEST_YAML:
                faults.append(Fault("size", None, f"is larger than {LARGEST_YAML // 2**20} MiB"))
                return
            with open(path, "rb") as content:
                text = content.read().decode()
        except UnicodeDecodeError as error:
            faults.append(Fault("encoding", None, f"is not UTF-8 (byte {error.start})"))
            return
        except OSError as error:
            faults.append(Fault("access", None, f"cannot be read: {error.strerror}"))
            return
        if text not in self._parsed:
            self._parsed[text] = parse(text)
        documents, found = self._parsed[text]
        faults += found
        self.documents[file] = [Document(file, line, data, data) for line, data in documents]
        self.suppressions += suppressions.read(file, text)

    def text(self, file: str) -> str:
        """The text of a file of the repository; empty when it is too large or no text, and where it lies outside."""
        if posixpath.normpath(file) not in self.exists:
            return ""
        path = self.root / file
        try:
            text = "" if path.stat().st_size > LARGEST_TEXT else path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return ""
        return "" if "\0" in text else text

    @cached_property
    def exists(self) -> set[str]:
        """Every file and folder."""
        return self.folders_of_files | set(self.files)

    @cached_property
    def folders_of_files(self) -> set[str]:
        """Every folder that has a file in it, at any depth."""
        return {parent for file in self.files for parent in layout.parents(file)}

    @cached_property
    def component_folders(self) -> list[str]:
        """The folder of each component and app, in order."""
        return sorted({folder for file in self.files if (folder := layout.component(file))})

    def folders(self, parent: str) -> list[str]:
        """The names of the folders in `parent`."""
        prefix = f"{parent}/"
        return sorted(
            {f[len(prefix) :].split("/")[0] for f in self.files if f.startswith(prefix) and "/" in f[len(prefix) :]}
        )

    def first(self, file: str) -> Document | None:
        """The first document of a file, if there is one."""
        return next(iter(self.documents.get(file, ())), None)

    @cached_property
    def kustomizations(self) -> dict[str, Kustomization]:
        """Every kustomization, by its folder."""
        named = (
            document
            for file, documents in self.documents.items()
            # The command line's own models are no part of what is delivered.
            if posixpath.basename(file) in FILES and not file.startswith(f"{layout.TOOLS}/")
            for document in documents[:1]
        )
        read = (read_kustomization(document, self.exists) for document in named)
        return {kustomization.folder: kustomization for kustomization in read}

    def reached(self, folder: str) -> list[Kustomization]:
        return list(reached(folder, self.kustomizations))

    def sources(self, folder: str) -> list[Document]:
        """The objects that a build of `folder` begins with: those in the files it reaches as resources, unpatched."""
        return [
            document
            for kustomization in self.reached(folder)
            for reference in kustomization.references
            if reference.field in ("resources", "bases")
            for document in _objects(self.documents.get(reference.target or "", []))
            if document.annotation(LOCAL) != "true"
        ]

    @cached_property
    def objects(self) -> list[Document]:
        """Every object that is written in the areas and in clusters/, whether a kustomization lists it or not."""
        return [
            document
            for file, documents in self.documents.items()
            if layout.is_delivered(file)
            for document in _objects(documents)
        ]

    @cached_property
    def built_folders(self) -> list[str]:
        """The folders to build: every overlay, and what else has a Kustomization that no other kustomization names."""
        named = {r.target for k in self.kustomizations.values() for r in k.references}
        found = [
            folder
            for folder, kustomization in self.kustomizations.items()
            if not kustomization.is_component and (layout.overlay(folder) or folder not in named)
            if self.concerns(folder)
        ]
        return self.scope.built(self, found)

    @cached_property
    def builds(self) -> dict[str, kustomize.Build]:
        """What kustomize makes of each folder to build; empty without a builder."""
        return kustomize.build(self) if self.builder else {}

    def built(self, folder: str) -> list[Document]:
        """The objects of `folder`: built where that was possible, else as they are in the sources."""
        return self.builds[folder].objects if self.is_built(folder) else self.sources(folder)

    @property
    def built_objects(self) -> Iterator[Document]:
        """What kustomize made, a folder after the other: what is not built may still get what it lacks."""
        for folder in filter(self.is_built, self.built_folders):
            yield from self.builds[folder].objects

    def is_built(self, folder: str) -> bool:
        build = self.builds.get(folder)
        return build is not None and build.error is None and not build.skipped

    @cached_property
    def clusters(self) -> list[Cluster]:
        return clusters.read(self)

    @cached_property
    def schemas(self) -> Schemas:
        return Schemas(self)

    @cached_property
    def environments(self) -> list[str]:
        return self.folders(layout.ENVIRONMENTS)

    @cached_property
    def kubernetes_version(self) -> str:
        """X.Y of the clusters, as pyproject.toml says; empty where it does not. (Python 3.10 reads no TOML.)"""
        match = re.search(r'^kubernetes-version = "(.+)"$', self.text("pyproject.toml"), re.MULTILINE)
        return match[1] if match else ""


def _objects(documents: list[Document]) -> Iterator[Document]:
    """The objects among `documents`, with those in a List."""
    for document in documents:
        if document.kind == "List" and (content := items(document.get("items"))):
            for index, item in enumerate(content):
                inner = Document(
                    document.file, document.at("items", index)[1], item, dig(document.written, "items", index)
                )
                yield from _objects([inner])
        elif document.is_object:
            yield document
