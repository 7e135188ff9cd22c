"""Kustomizations as they are written: what each one names, and what is reached from a folder."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gitops.documents import Document, Path, items

FILES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# Fields that list files or folders, and those that list or are mappings which name a file.
LISTS = ("resources", "components", "bases", "crds", "configurations", "transformers", "generators", "validators")
PATHS = (("patches", "path"), ("patchesJson6902", "path"), ("replacements", "path"))
GENERATORS = ("configMapGenerator", "secretGenerator")
REMOTE = re.compile(r"\w+://|git@|[\w-]+(\.[\w-]+)+[/:]\S|.*\?(ref|version)=")


@dataclass(frozen=True)
class Reference:
    """A file or folder that a kustomization names. `target` is its path from the root, None where it is remote."""

    field: str
    text: str
    line: int
    target: str | None


@dataclass(frozen=True)
class Kustomization:
    document: Document
    folder: str
    references: tuple[Reference, ...]

    @property
    def is_component(self) -> bool:
        return self.document.kind == "Component"

    @property
    def is_empty(self) -> bool:
        """Whether it is sound and nothing comes of it, as in the overlay of a component that is a chart and no more."""
        head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
        namespace = self.document.get("namespace")
        return bool(namespace) and self.document.data == {**head, "namespace": str(namespace)}

    @property
    def remote(self) -> tuple[Reference, ...]:
        return tuple(reference for reference in self.references if reference.target is None)


def read(document: Document, exists: set[str]) -> Kustomization:
    """The kustomization of `document`; `exists` are the files and folders of the repository."""
    folder = posixpath.dirname(document.file)
    references = tuple(_reference(document, folder, exists, path, text) for path, text in _named(document))
    return Kustomization(document, folder, references)


def _named(document: Document) -> Iterator[tuple[Path, str]]:
    """Each file or folder that is named, with the path of the field that names it."""
    for name in (*LISTS, "patchesStrategicMerge"):
        for index, text in enumerate(items(document.get(name))):
            if isinstance(text, str) and "\n" not in text:  # With a line break it is YAML written in place.
                yield (name, index), text
    for name, key in PATHS:
        for index, _ in enumerate(items(document.get(name))):
            if isinstance(text := document.get(name, index, key), str):
                yield (name, index, key), text
    if isinstance(text := document.get("openapi", "path"), str):
        yield ("openapi", "path"), text
    for name in GENERATORS:
        for index, _ in enumerate(items(document.get(name))):
            for key in ("files", "envs"):
                for place, text in enumerate(items(document.get(name, index, key))):
                    if isinstance(text, str):
                        yield (name, index, key, place), text.rpartition("=")[2]
            if isinstance(text := document.get(name, index, "env"), str):
                yield (name, index, "env"), text


def _reference(document: Document, folder: str, exists: set[str], path: Path, text: str) -> Reference:
    target: str | None = posixpath.normpath(posixpath.join(folder, text))
    if target not in exists and REMOTE.match(text):
        target = None
    return Reference(str(path[0]), text, document.at(*path)[1], target)


def reached(folder: str, kustomizations: dict[str, Kustomization]) -> Iterator[Kustomization]:
    """The kustomization of `folder` and all that it reaches, each once."""
    waiting, seen = [folder], set()
    while waiting:
        here = waiting.pop()
        if here in seen or here not in kustomizations:
            continue
        seen.add(here)
        yield kustomizations[here]
        waiting += [reference.target for reference in kustomizations[here].references if reference.target]
