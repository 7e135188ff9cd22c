"""The parameters that an ApplicationSet's generators give, worked out from the repository's files alone.

What asks a service or a cluster (pull requests, SCM providers, plugins, cluster decisions) is not expanded.
https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/ says what there is.
"""

import fnmatch
import json
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gitops.documents import dig, fields, items, parse
from gitops.gotemplate import TemplateError, replace
from gitops.gotemplate.functions import as_go, normalize
from gitops.gotemplate.values import StringMap, flattened
from gitops.patterns import glob, plain_url

if TYPE_CHECKING:
    from gitops.repository import Repository

KINDS = ("list", "clusters", "git", "matrix", "merge")
CLUSTER_SECRET = "argocd.argoproj.io/secret-type"
LOCAL = {"name": "in-cluster", "server": "https://kubernetes.default.svc"}
MOST = 100_000
"""How many sets of parameters are worked out for one set."""


class NotExpanded(Exception):
    """What the parameters are cannot be told from the files; the text says why."""


@dataclass(frozen=True)
class Parameters:
    """One set of parameters, and the file that it was read from, where it was."""

    values: dict[str, Any]
    file: str = ""


@dataclass(frozen=True)
class Settings:
    """How the templates of an ApplicationSet are written."""

    go_template: bool = False
    missing_key_is_error: bool = False

    def replace(self, text: str, parameters: Mapping[str, Any]) -> str:
        """`text` with its templates filled in. Raises TemplateError or NotUnderstood."""
        return replace(text, parameters, self.go_template, self.missing_key_is_error)


@dataclass
class Generators:
    """The generators of one set. `url` is this repository's own, the only one whose files are here."""

    repository: "Repository"
    url: str
    settings: Settings
    files: list[str] = field(default_factory=list)
    """The files that were read."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """Those that stop the whole set, and why; the others are expanded all the same."""

    def parameters(self, generator: Any) -> list[Parameters]:
        """What one generator gives. Raises NotExpanded, TemplateError or NotUnderstood."""
        kinds = [key for key in generator if key not in ("selector", "template")] if isinstance(generator, dict) else []
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown or not kinds:
            raise NotExpanded(f"the generator {unknown[0]} asks somebody else" if unknown else "a generator is empty")
        made: dict[str, Callable[[Any], list[Parameters]]] = {
            "list": self._list,
            "clusters": self._clusters,
            "git": self._git,
            "matrix": self._matrix,
            "merge": self._merge,
        }
        found = [parameters for kind in kinds for parameters in made[kind](fields(generator[kind]))]
        if len(found) > MOST:
            raise NotExpanded(f"it gives more than {MOST} sets of parameters")
        selector = generator.get("selector")
        return [each for each in found if matches(selector, flattened(each.values))] if selector else found

    def _list(self, spec: Any) -> list[Parameters]:
        found = []
        for element in items(spec.get("elements")):
            values = _mapped(element)
            found.append(Parameters(values if self.settings.go_template else _flat_element(values)))
        if text := spec.get("elementsYaml"):
            read = replace("{{ fromYamlArray .text | toJson }}", {"text": text}, True, True)
            found += [Parameters(_mapped(element)) for element in json.loads(read)]
        return found

    def _clusters(self, spec: Any) -> list[Parameters]:
        selector = fields(spec.get("selector"))
        selects = bool(selector.get("matchLabels") or selector.get("matchExpressions"))
        secrets = [secret for secret in self._cluster_secrets() if not selects or matches(selector, secret["labels"])]
        if selects and not secrets:
            raise NotExpanded("no Secret of a cluster in this repository has the labels that it selects")
        found = [] if selects or LOCAL["name"] in (each["name"] for each in secrets) else [self._local(spec)]
        found += [self._cluster(secret, spec) for secret in secrets]
        if spec.get("flatList"):
            return [Parameters({"clusters": [each.values for each in found]})]
        return found

    def _cluster_secrets(self) -> list[dict[str, Any]]:
        found = []
        for document in self.repository.objects:
            labels = document.get("metadata", "labels")
            if document.kind == "Secret" and isinstance(labels, dict) and labels.get(CLUSTER_SECRET) == "cluster":
                data = fields(document.get("stringData"))
                if not isinstance(data.get("name"), str):
                    raise NotExpanded(f"{document} in {document.file} does not say its cluster's name in stringData")
                annotations = fields(document.get("metadata", "annotations"))
                found.append({**data, "labels": labels, "annotations": annotations})
        return found

    def _local(self, spec: Any) -> Parameters:
        values = {**LOCAL, "nameNormalized": LOCAL["name"], "project": ""}
        return Parameters(self._with_values(values, spec))

    def _cluster(self, secret: Mapping[str, Any], spec: Any) -> Parameters:
        name = secret["name"]
        values = {
            "name": name,
            "nameNormalized": normalize(name),
            "server": secret.get("server", ""),
            "project": secret.get("project", ""),
        }
        said = {kind: secret[kind] for kind in ("annotations", "labels") if secret[kind]}
        if self.settings.go_template:
            values["metadata"] = {kind: StringMap(entries) for kind, entries in said.items()}
        else:
            values |= {
                f"metadata.{kind}.{key}": value for kind, entries in said.items() for key, value in entries.items()
            }
        return Parameters(self._with_values(values, spec))

    def _git(self, spec: Any) -> list[Parameters]:
        if plain_url(spec.get("repoURL")) != plain_url(self.url):
            raise NotExpanded(f"it reads {spec.get('repoURL')}, which is not this repository")
        if items(spec.get("directories")):
            return self._git_directories(spec)
        return self._git_files(spec)

    def _git_directories(self, spec: Any) -> list[Parameters]:
        requests = [each for each in items(spec["directories"]) if isinstance(each, dict)]
        folders = sorted(path for path in self.repository.folders_of_files if not re.search(r"(^|/)\.", path))
        included = [path for path in folders if any(_matches(r, path) and not r.get("exclude") for r in requests)]
        chosen = [path for path in included if not any(_matches(r, path) and r.get("exclude") for r in requests)]
        return [Parameters(self._with_values(self._path(path, spec), spec), path) for path in chosen]

    def _git_files(self, spec: Any) -> list[Parameters]:
        requests = [each for each in items(spec.get("files")) if isinstance(each, dict)]
        included = [glob(posixpath.normpath(str(each.get("path")))) for each in requests if not each.get("exclude")]
        excluded = [glob(posixpath.normpath(str(each.get("path")))) for each in requests if each.get("exclude")]
        found = []
        for file in self.repository.files:
            if any(match(file) for match in included) and not any(match(file) for match in excluded):
                self.files.append(file)
                found += [Parameters(self._of_file(file, content, spec), file) for content in self._contents(file)]
        return found

    def _contents(self, file: str) -> list[dict[str, Any]]:
        """The mappings in a file: it is one, or a list of them; an empty file is an empty one."""
        if file in self.repository.faults:
            documents, faults = self.repository.documents.get(file, []), self.repository.faults[file]
            read = [document.data for document in documents]
        else:  # It is not called YAML, and JSON is what it may be.
            parsed, faults = parse(self.repository.text(file))
            read = [data for _, data in parsed]
        data = as_go(read[0]) if read else None
        contents = data if isinstance(data, list) else [{} if data is None else data]
        if faults:
            self.unreadable[file] = "it is no YAML"
        elif not all(isinstance(content, dict) for content in contents):
            self.unreadable[file] = "it is no mapping and no list of mappings"
        return [] if file in self.unreadable else contents

    def _of_file(self, file: str, content: dict[str, Any], spec: Any) -> dict[str, Any]:
        values = dict(content) if self.settings.go_template else dict(flattened(content))
        folder, name = posixpath.split(file)
        more = {"filename": name, "filenameNormalized": normalize(name)}
        return self._with_values({**values, **self._path(folder or ".", spec, more)}, spec)

    def _path(self, path: str, spec: Any, more: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The parameters that a path gives; `more` are those of a file."""
        base = posixpath.basename(path)
        named = {"path": path, "basename": base, "basenameNormalized": normalize(base), **(more or {})}
        prefix = str(spec.get("pathParamPrefix") or "")
        if self.settings.go_template:
            nested = {"path": {**named, "segments": path.split("/")}}
            return {prefix: nested} if prefix else nested
        key = f"{prefix}.path" if prefix else "path"
        flat = {key if name == "path" else f"{key}.{name}": value for name, value in named.items()}
        return {**flat, **{f"{key}[{index}]": part for index, part in enumerate(path.split("/")) if part}}

    def _with_values(self, values: dict[str, Any], spec: Any) -> dict[str, Any]:
        """`values` with the generator's own `values`, which may be templates over them."""
        own = {
            key: self.settings.replace(str(value), values)
            for key, value in fields(spec.get("values")).items()
        }  # fmt: skip
        if self.settings.go_template:
            return {**values, "values": StringMap(own)} if own else values
        return {**values, **{f"values.{key}": value for key, value in own.items()}}

    def _matrix(self, spec: Any) -> list[Parameters]:
        generators = items(spec.get("generators"))
        if len(generators) != 2:
            raise TemplateError(f"a matrix has two generators, and this one has {len(generators)}")
        found = []
        for one in self.parameters(generators[0]):
            filled = rendered(generators[1], one.values, self.settings) if one.values else generators[1]
            for other in self.parameters(filled):
                found.append(Parameters(self._combined(one.values, other.values), other.file or one.file))
        return found

    def _combined(self, one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        if self.settings.go_template:
            return overridden(other, one)
        for key in one.keys() & other.keys():
            if one[key] != other[key]:
                raise TemplateError(f"found duplicate key {key} with different value, a: {one[key]}, b: {other[key]}")
        return {**one, **other}

    def _merge(self, spec: Any) -> list[Parameters]:
        generators, keys = items(spec.get("generators")), items(spec.get("mergeKeys"))
        if len(generators) < 2 or not keys:
            raise TemplateError("a merge has two generators or more, and mergeKeys")
        base, *others = (_by_key(self.parameters(generator), keys) for generator in generators)
        for other in others:
            for key in base.keys() & other.keys():
                one, more = base[key], other[key]
                values = (
                    overridden(one.values, more.values) if self.settings.go_template else {**one.values, **more.values}
                )
                base[key] = Parameters(values, one.file or more.file)
        return list(base.values())


def rendered(template: Any, parameters: Mapping[str, Any], settings: Settings) -> Any:
    """`template` with every string in it filled in, keys of mappings included; what is null is left out."""
    if isinstance(template, str):
        # Most of a template is none, and a company has thousands of Applications.
        return settings.replace(template, parameters) if "{{" in template else template
    if isinstance(template, dict):
        return {
            rendered(str(key), parameters, settings): rendered(value, parameters, settings)
            for key, value in template.items()
            if value is not None
        }
    if isinstance(template, list):
        return [rendered(each, parameters, settings) for each in template]
    return template


def overridden(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """`one` with what `other` has, be it empty; mappings in both are overridden key by key."""
    merged = dict(one)
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            deeper = overridden(merged[key], value)
            merged[key] = StringMap(deeper) if isinstance(value, StringMap) else deeper
        else:
            merged[key] = value
    return merged


def matches(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects `labels`."""
    wanted = fields(dig(selector, "matchLabels"))
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _meets(each, labels) for each in items(dig(selector, "matchExpressions"))
    )


def _meets(expression: Any, labels: Mapping[str, str]) -> bool:
    key, operator, values = (dig(expression, name) for name in ("key", "operator", "values"))
    key = str(key)
    if operator == "In":
        return labels.get(key) in items(values)
    if operator == "NotIn":
        return key not in labels or labels[key] not in items(values)
    if operator in ("Exists", "DoesNotExist"):
        return bool((key in labels) == (operator == "Exists"))
    raise TemplateError(f"{operator!r} is not a valid label selector operator")


def _mapped(element: Any) -> dict[str, Any]:
    """An element of a list, with the types that Go gives it."""
    if not isinstance(element, dict):
        raise TemplateError("an element of the list is no mapping")
    return dict(as_go(element))


def _flat_element(values: Any) -> dict[str, Any]:
    """An element of a list generator without Go templates, where everything has to be a string."""
    flat = {key: value for key, value in values.items() if key != "values"}
    flat |= {f"values.{key}": value for key, value in fields(values.get("values")).items()}
    if any(not isinstance(value, str) for value in flat.values()):
        raise TemplateError("error parsing value as string")
    return flat


def _by_key(parameters: Iterable[Parameters], keys: list[Any]) -> dict[str, Parameters]:
    found: dict[str, Parameters] = {}
    for each in parameters:
        key = json.dumps({str(name): each.values.get(str(name)) for name in keys}, sort_keys=True)
        if key in found:
            raise TemplateError(f"the parameters from a generator were not unique by the given mergeKeys: {key}")
        found[key] = each
    return found


def _matches(request: Mapping[str, Any], path: str) -> bool:
    """Whether a folder is meant: `*` and `?` stay within one name, as in Go's path.Match."""
    pattern, parts = str(request.get("path")).split("/"), path.split("/")
    return len(pattern) == len(parts) and all(map(fnmatch.fnmatchcase, parts, pattern))
