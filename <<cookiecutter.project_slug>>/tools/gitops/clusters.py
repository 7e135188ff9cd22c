"""Clusters: the objects that a cluster's root syncs, and the Applications these make Argo CD run."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gitops import applicationsets, layout
from gitops.applicationsets import Application
from gitops.documents import Document, Path

if TYPE_CHECKING:
    from gitops.repository import Repository

FACTS = {"CLUSTER": "name", "ENVIRONMENT": "environment", "REVISION": "revision", "DOMAIN": "domain"}
"""The words that stand in apps/ for a fact of the cluster; the fifth, VERSION, stands for a line of versions.yaml."""
MODEL_WORD = re.compile(rf"\b({'|'.join(FACTS)}|VERSION|PRODUCTION)\b")


@dataclass(eq=False)
class Cluster:
    """`facts` is cluster.yaml, None if there is none; `objects` is what the root syncs."""

    name: str
    repository: "Repository" = field(repr=False)

    @property
    def folder(self) -> str:
        return f"{layout.CLUSTERS}/{self.name}"

    @cached_property
    def facts(self) -> Document | None:
        return self.repository.first(f"{self.folder}/cluster.yaml")

    def fact(self, name: str) -> str:
        value = self.facts.get("data", name) if self.facts else None
        return value if isinstance(value, str) else ""

    @property
    def environment(self) -> str:
        return self.fact("environment")

    @cached_property
    def versions(self) -> Document | None:
        return self.repository.first(f"{layout.ENVIRONMENTS}/{self.environment}/versions.yaml")

    @cached_property
    def objects(self) -> list[Document]:
        return self.repository.builds[self.folder].objects if self.repository.is_built(self.folder) else self.filled()

    def filled(self) -> list[Document]:
        """The objects as kustomize would build them from what is generated: the sources, with the facts filled in."""
        return [
            Document(source.file, source.line, self._fill(source, source.data), source.written)
            for source in self.repository.sources(self.folder)
        ]

    def _fill(self, source: Document, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: self._fill(source, value) for key, value in data.items()}
        if isinstance(data, list):
            return [self._fill(source, value) for value in data]
        return MODEL_WORD.sub(lambda match: self._word(source, match[0]), data) if isinstance(data, str) else data

    def _word(self, source: Document, word: str) -> str:
        if word == "VERSION" and self.versions:
            version = self.versions.get("data", source.name)
            return version if isinstance(version, str) else word
        return self.fact(FACTS.get(word, "")) or word

    def of_kind(self, *kinds: str) -> list[Document]:
        """The objects of one of Argo CD's own kinds."""
        return [d for d in self.objects if d.group == "argoproj.io" and d.kind in kinds]

    @cached_property
    def root(self) -> Document | None:
        """The Application that syncs this cluster's folder."""
        named = (d for d in self.of_kind("Application") if d.file == f"{self.folder}/root.yaml")
        return next(named, None)

    @property
    def branch(self) -> str:
        """The branch that the root follows; empty where it says none."""
        branch = self.root.get("spec", "source", "targetRevision") if self.root else None
        return branch if isinstance(branch, str) else ""

    @property
    def is_pinned(self) -> bool:
        """Whether everything but the root stays at a revision of its own."""
        return self.fact("revision") != self.branch

    @cached_property
    def projects(self) -> dict[str, Document]:
        return {document.name: document for document in self.of_kind("AppProject")}

    @cached_property
    def all_applications(self) -> list[Application]:
        """All that Argo CD runs here: the root, the explicit Applications and those of the ApplicationSets."""
        explicit = [applicationsets.explicit(document) for document in self.of_kind("Application")]
        return explicit + [a for expansion in self.expansions for a in expansion.applications]

    @cached_property
    def applications(self) -> list[Application]:
        """The same without those of teams that are not looked at."""
        return [a for a in self.all_applications if self.repository.scope.concerns(a.document.file)]

    @cached_property
    def expansions(self) -> list[applicationsets.Expansion]:
        return [
            applicationsets.expand(document, self.repository, self.own_url())
            for document in self.of_kind("ApplicationSet")
        ]

    @property
    def is_production(self) -> bool:
        return self.fact("production") == "true"

    @property
    def is_known(self) -> bool:
        """Whether its environment exists; if not, nothing it names does, and one rule says so for all."""
        return self.environment in self.repository.environments

    def own_url(self) -> str:
        """The URL of this repository, as the root has it; without a root, as another cluster's has it."""
        for cluster in (self, *self.repository.clusters):
            if cluster.root and isinstance(url := cluster.root.get("spec", "source", "repoURL"), str):
                return url
        return ""

    @cached_property
    def specs(self) -> list[tuple[Document, Path, Any]]:
        """What says how something is synced, as (object, path, content): each Application, each template of a set."""
        applications = [(document, (), document.data) for document in self.of_kind("Application")]
        return applications + [
            (document, ("spec", "template"), document.get("spec", "template"))
            for document in self.of_kind("ApplicationSet")
        ]

    @cached_property
    def rendered(self) -> list[tuple[Application, str, list[Document]]]:
        """What is applied from this repository but by the root: (Application, folder, its objects)."""
        return [
            (application, folder, self.repository.built(folder))
            for application in self.applications
            if application.parent is not self.root
            for folder in application.paths(self.own_url())
        ]

    @cached_property
    def waves(self) -> dict[str, int]:
        """The wave of each Application by its name: its own, or that of the set that makes it."""
        return {a.name: wave for a in self.applications if (wave := wave_of(a.parent)) is not None}


def wave_of(document: Document) -> int | None:
    """The wave that Argo CD puts an object in; None where its annotation is no integer."""
    value = document.annotation("argocd.argoproj.io/sync-wave")
    if value is None:
        return 0
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def read(repository: "Repository") -> list[Cluster]:
    """The clusters by name, those of production last."""
    clusters = [Cluster(name, repository) for name in repository.folders(layout.CLUSTERS)]
    return sorted(clusters, key=lambda cluster: cluster.is_production)
