"""Applications, and the ApplicationSets of this repository expanded without Argo CD.

An ApplicationSet here has one git files generator over app.yaml. Anything else is reported as not expanded.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops.documents import Document, dig, items

if TYPE_CHECKING:
    from gitops.repository import Repository

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_FIELD = re.compile(r"(\.\w+)+")
_INDEX = re.compile(r"index ((?:\.\w+)+) (\d+)")


@dataclass(frozen=True, eq=False)
class Application:
    """An Application as Argo CD has it.

    `document` is where it is written: its own manifest, or the app.yaml that an ApplicationSet read. `parent` is the
    object that the root syncs: the Application itself or the set.
    """

    name: str
    metadata: Any
    spec: Any
    document: Document
    parent: Document

    @property
    def generated(self) -> bool:
        return self.document is not self.parent

    @property
    def project(self) -> str:
        return str(dig(self.spec, "project") or "")

    @property
    def cluster(self) -> str:
        """The cluster that it deploys to, by name."""
        return str(dig(self.spec, "destination", "name") or "")

    @property
    def namespace(self) -> str:
        return str(dig(self.spec, "destination", "namespace") or "")

    @property
    def sources(self) -> list[Any]:
        return items(dig(self.spec, "sources")) or [source for source in [dig(self.spec, "source")] if source]

    def paths(self, url: str) -> list[str]:
        """The folders of the repository at `url` that it renders."""
        own = plain_url(url)
        named = (dig(source, "path") for source in self.sources if plain_url(dig(source, "repoURL")) == own)
        return [path for path in named if isinstance(path, str)]

    def at(self, *path: str | int) -> tuple[str, int]:
        """Where `path` of its spec is written; for a source of a chart that is in app.yaml."""
        if not self.generated:
            return self.document.at("spec", *path)
        keys = {"repoURL": "repository", "chart": "name", "targetRevision": "version"}
        if path[:2] == ("sources", 0) and len(path) == 3 and path[2] in keys:
            return self.document.at("chart", keys[str(path[2])])
        return self.document.at(*path[-1:])


@dataclass
class Expansion:
    """What a set makes; `reason` says why it could not be expanded, in whole or in part."""

    document: Document
    files: list[str] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    reason: str = ""


class _NotExpanded(Exception):
    """A template holds what is not understood here; the text says what."""


def explicit(document: Document) -> Application:
    return Application(document.name, document.get("metadata"), document.get("spec"), document, document)


def expand(document: Document, repository: "Repository") -> Expansion:
    """The Applications that the set `document` makes of the app.yaml in `repository`."""
    expansion = Expansion(document)
    git = document.get("spec", "generators", 0, "git")
    pattern = dig(git, "files", 0, "path")
    plain = len(items(document.get("spec", "generators"))) == 1 and len(items(dig(git, "files"))) == 1
    if not plain or not isinstance(pattern, str):
        expansion.reason = "it has another generator than one git files generator with one path"
        return expansion
    matches = glob(pattern)
    for file in filter(matches, repository.files):
        expansion.files.append(file)
        written = repository.first(file) or Document(file, 1, {}, {})
        folder = file.rpartition("/")[0]
        path = {"path": folder, "segments": folder.split("/"), "basename": folder.rpartition("/")[2]}
        content = written.data if isinstance(written.data, dict) else {}
        parameters = {**content, "path": path, "values": dig(git, "values") or {}}
        try:
            template = render(document.get("spec", "template"), parameters)
        except KeyError:
            continue  # The set is in error over this file: its schema is a rule.
        except _NotExpanded as error:
            expansion.reason = str(error)
            return expansion
        spec = _patched(template.get("spec"), content, document)
        metadata = template.get("metadata")
        expansion.applications.append(Application(str(dig(metadata, "name")), metadata, spec, written, document))
    return expansion


def glob(pattern: str) -> Callable[[str], bool]:
    """A test for paths, as the new globbing does it: `*` stays within a folder, `**` does not."""
    steps = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    regexp = re.compile("".join(steps.get(piece, re.escape(piece)) for piece in pieces))
    return lambda path: regexp.fullmatch(path) is not None


def plain_url(url: Any) -> str:
    """A Git URL in the form that Argo CD compares."""
    return str(url).strip().lower().rstrip("/").removesuffix(".git")


def render(template: Any, parameters: Mapping[str, Any]) -> Any:
    """`template` with each `{{ .field }}` and `{{ index .list N }}` filled in. Raises KeyError where one is missing."""
    if isinstance(template, dict):
        return {key: render(value, parameters) for key, value in template.items()}
    if isinstance(template, list):
        return [render(value, parameters) for value in template]
    if isinstance(template, str):
        return _ACTION.sub(lambda match: _value(match[1], parameters), template)
    return template


def _value(action: str, parameters: Mapping[str, Any]) -> str:
    index = _INDEX.fullmatch(action)
    if not index and not _FIELD.fullmatch(action):
        raise _NotExpanded(f"`{action}` is not understood here")
    path: list[str | int] = [*(index[1] if index else action)[1:].split(".")]
    value = dig(parameters, *path, int(index[2])) if index else dig(parameters, *path)
    if value is None:
        raise KeyError(action)
    return str(value)


def _patched(spec: Any, content: Mapping[str, Any], document: Document) -> Any:
    """`spec` with what our templatePatch adds for the chart and the ignoreDifferences of an app.yaml."""
    chart = content.get("chart")
    if not isinstance(spec, dict) or not isinstance(document.get("spec", "templatePatch"), str):
        return spec
    overlays = items(spec.get("sources"))
    if isinstance(chart, dict) and overlays:
        path = str(dig(overlays, 0, "path"))
        own = {"repoURL": dig(overlays, 0, "repoURL"), "targetRevision": dig(overlays, 0, "targetRevision")}
        values = {
            "valueFiles": [f"$values/{path.partition('/overlays/')[0]}/values.yaml", f"$values/{path}/values.yaml"]
        }
        if "ignoreMissingValueFiles: true" in document.get("spec", "templatePatch"):
            values["ignoreMissingValueFiles"] = True  # type: ignore[assignment]
        named = {"repoURL": chart.get("repository"), "chart": chart.get("name"), "targetRevision": chart.get("version")}
        spec = {**spec, "sources": [{**named, "helm": values}, {**own, "ref": "values"}, *overlays]}
    if "ignoreDifferences" in content:
        spec = {**spec, "ignoreDifferences": content["ignoreDifferences"]}
    if "namespaceLabels" in content:
        labels = {"labels": content["namespaceLabels"]}
        spec = {**spec, "syncPolicy": {**spec.get("syncPolicy", {}), "managedNamespaceMetadata": labels}}
    return spec
