"""Argo CD's settings: what a ConfigMap of its installation holds, and where each line of it is written."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gitops import layout
from gitops.documents import Document, dig, fields, items, parse
from gitops.kustomizations import Kustomization
from gitops.repository import Repository


@dataclass(frozen=True)
class Setting:
    """A value, and where it is stated; `file` is the file that it is the text of, if it is one."""

    value: str
    place: tuple[str, int]
    file: str = ""

    def at(self, line: int) -> tuple[str, int]:
        """The file and line of a line of the value, which stands in a file of its own or in a block of YAML."""
        return (self.file, line) if self.file else (self.place[0], self.place[1] + line)


def installations(repository: Repository) -> list[str]:
    """The folders that Argo CD is installed from, one an environment."""
    folders = (f"{layout.ARGOCD}/overlays/{name}" for name in repository.folders(f"{layout.ARGOCD}/overlays"))
    return [folder for folder in folders if folder in repository.kustomizations]


def read(repository: Repository, folder: str, name: str) -> dict[str, Setting]:
    """The lines of ConfigMap `name` in the installation of `folder`: as built, or else as our files state them."""
    stated: dict[str, Setting] = {}
    for kustomization in repository.reached(folder):
        stated.update(_stated(repository, kustomization, name))
    kustomization = repository.kustomizations[folder]
    build = repository.builds.get(folder)
    for document in build.objects if build else []:
        if document.kind == "ConfigMap" and document.name == name:
            built = fields(document.get("data"))
            elsewhere = Setting("", kustomization.document.at())
            return {key: replace(stated.get(key, elsewhere), value=str(value)) for key, value in built.items()}
    return stated


def _stated(repository: Repository, kustomization: Kustomization, name: str) -> Iterator[tuple[str, Setting]]:
    """What one kustomization and the files it names put into the ConfigMap."""
    for reference in kustomization.references:
        if reference.target and reference.field in ("patches", "patchesStrategicMerge", "resources"):
            for document in repository.documents.get(reference.target, []):
                yield from _data(document, document.data, name)
    for index, patch in enumerate(items(kustomization.document.get("patches"))):
        if isinstance(text := dig(patch, "patch"), str):
            for _, data in parse(text)[0]:
                place = kustomization.document.at("patches", index, "patch")
                yield from _data(Document(*place, data, None), data, name)
    for index, generator in enumerate(items(kustomization.document.get("configMapGenerator"))):
        if dig(generator, "name") == name:
            yield from _generated(repository, kustomization, index, generator)


def _data(document: Document, data: Any, name: str) -> Iterator[tuple[str, Setting]]:
    if dig(data, "kind") == "ConfigMap" and dig(data, "metadata", "name") == name:
        for key, value in fields(dig(data, "data")).items():
            yield str(key), Setting(str(value), document.at("data", key))


def _generated(
    repository: Repository, kustomization: Kustomization, index: int, generator: Any
) -> Iterator[tuple[str, Setting]]:
    for literal_index, literal in enumerate(items(dig(generator, "literals"))):
        key, _, value = str(literal).partition("=")
        yield key, Setting(value, kustomization.document.at("configMapGenerator", index, "literals", literal_index))
    for env in items(dig(generator, "envs")):
        file = f"{kustomization.folder}/{env}"
        for number, line in enumerate(repository.text(file).splitlines(), 1):
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                yield key, Setting(value, (file, number))
    for file_index, entry in enumerate(items(dig(generator, "files"))):
        key, _, path = str(entry).rpartition("=")
        place = kustomization.document.at("configMapGenerator", index, "files", file_index)
        file = f"{kustomization.folder}/{path}"
        yield key or path.rpartition("/")[2], Setting(repository.text(file), place, file)
