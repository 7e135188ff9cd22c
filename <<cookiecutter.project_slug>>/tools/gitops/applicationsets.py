"""Applications, and the ApplicationSets of this repository expanded without Argo CD, as its controller would.

What cannot be told offline, or is not understood, is said in `Expansion.reason`; it is never passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gitops.documents import Document, dig, fields, items
from gitops.generators import Generators, NotExpanded, Parameters, Settings, overridden, rendered
from gitops.gotemplate import NotUnderstood, TemplateError
from gitops.gotemplate.functions import load_yaml
from gitops.patterns import plain_url

if TYPE_CHECKING:
    from gitops.repository import Repository

FINALIZER = "resources-finalizer.argocd.argoproj.io"


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


@dataclass(frozen=True)
class Failure:
    """Argo CD refuses to generate anything from the set: `message` is why, over the file it is about, if over one."""

    file: str
    message: str


@dataclass
class Expansion:
    """What a set makes; `reason` says why it could not be expanded, in whole or in part."""

    document: Document
    files: list[str] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    reason: str = ""


def explicit(document: Document) -> Application:
    return Application(document.name, document.get("metadata"), document.get("spec"), document, document)


def expand(document: Document, repository: "Repository", url: str) -> Expansion:
    """The Applications that the set `document` makes of the files in `repository`, which has the Git `url`."""
    expansion = Expansion(document)
    options = items(document.get("spec", "goTemplateOptions"))
    settings = Settings(document.get("spec", "goTemplate") is True, "missingkey=error" in options)
    generators = Generators(repository, url, settings)
    for generator in items(document.get("spec", "generators")):
        try:
            found = generators.parameters(generator)
        except (NotExpanded, NotUnderstood) as error:
            expansion.reason = _reason(error)
            continue
        except TemplateError as error:
            expansion.failures.append(Failure("", str(error)))
            continue
        template = _template(document, generator)
        for parameters in found:
            try:
                expansion.applications.append(_application(document, repository, template, parameters, settings))
            except (NotExpanded, NotUnderstood) as error:
                expansion.reason = _reason(error)
            except TemplateError as error:
                expansion.failures.append(Failure(parameters.file, str(error)))
    expansion.files = generators.files
    expansion.failures += [Failure(file, message) for file, message in generators.unreadable.items()]
    return expansion


def _reason(error: Exception) -> str:
    return f"{error} is not known here" if isinstance(error, NotUnderstood) else str(error)


def _template(document: Document, generator: Any) -> dict[str, Any]:
    """The set's template; where a generator has one of its own, that wins."""
    template = fields(document.get("spec", "template"))
    specs = (value for value in generator.values() if isinstance(value, dict))
    own = fields(next((spec["template"] for spec in specs if "template" in spec), None))
    return overridden(template, own)


def _application(
    document: Document, repository: "Repository", template: Any, parameters: Parameters, settings: Settings
) -> Application:
    values = parameters.values
    made = rendered(template, values, settings) if values else template
    metadata, spec = dict(fields(made.get("metadata"))), fields(made.get("spec"))
    if not metadata.get("finalizers") and not document.get("spec", "syncPolicy", "preserveResourcesOnDeletion"):
        metadata["finalizers"] = [FINALIZER]
    patch = document.get("spec", "templatePatch")
    if isinstance(patch, str):
        changes = _loaded(settings.replace(patch, values))
        metadata = patched(metadata, fields(changes.get("metadata")))
        # Argo CD takes no project from a patch.
        spec = {**patched(spec, fields(changes.get("spec"))), "project": spec.get("project")}
    written = repository.first(parameters.file) if parameters.file in repository.documents else None
    # A set that reads no file is where its Applications are written.
    place = written or (
        Document(parameters.file, 1, {}, {}) if parameters.file else Document(document.file, document.line, {}, {})
    )
    return Application(str(metadata.get("name")), metadata, spec, place, document)


@lru_cache(maxsize=4096)
def _loaded(text: str) -> Mapping[str, Any]:
    """The mapping that a rendered templatePatch is; empty for an empty one."""
    data = load_yaml(text)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise TemplateError("the templatePatch is no mapping")
    return data


def patched(value: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A strategic merge patch of an Application: mappings are merged, null removes, lists are replaced."""
    made = dict(value)
    for key, new in patch.items():
        if str(key).startswith("$"):
            raise NotExpanded(f"{key} in its templatePatch")
        if new is None:
            made.pop(key, None)
        elif isinstance(new, dict):
            old = made.get(key)
            made[key] = patched(old if isinstance(old, dict) else {}, new)
        elif key == "finalizers" and isinstance(made.get(key), list):
            made[key] = [*made[key], *(each for each in new if each not in made[key])]
        else:
            made[key] = new
    return made
