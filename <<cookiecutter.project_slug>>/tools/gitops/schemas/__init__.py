"""What the schema of its kind says against an object.

Schemas are made of the CRDs in the repository, or come from the JSON files beside this: one for Kubernetes' own kinds
in each of its versions, and one for each API group of Argo CD and of components. Nothing is fetched.
"""

import difflib
import importlib.util
import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gitops import crds
from gitops.crds import Json
from gitops.documents import Path as Place
from gitops.documents import dig, fields

if TYPE_CHECKING:
    import jsonschema_rs

    from gitops.repository import Repository

LONGEST_VALUE = 60  # characters that are shown of a value
LONGEST_MESSAGE = 200  # and of what the library says
_ADDRESS = "gitops:schemas"
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}


class Fault(NamedTuple):
    """What is wrong with an object, where in it, and how to mend it."""

    path: Place
    message: str
    fix: str


class Book(NamedTuple):
    """The schemas of one file: `versions`, oldest first, and of each kind the definition from each version on."""

    versions: list[str]
    kinds: dict[str, dict[str, str | None]]
    definitions: dict[str, Json]

    def definition(self, kind: str, version: str) -> str | None:
        """The name of the definition of `kind`, which is as apps/v1/Deployment, in `version`; None without one."""
        changes = self.kinds.get(kind, {})
        found = [name for since, name in changes.items() if number(since) <= number(version)]
        # What is older than all that is known here is most like the oldest.
        return found[-1] if found else None if self.covers(version) else next(iter(changes.values()), None)

    def covers(self, version: str) -> bool:
        """Whether what is not in here is not in `version` either."""
        return bool(self.versions) and number(self.versions[0]) <= number(version) <= number(self.versions[-1])


@cache
def book(name: str) -> Book:
    """The schemas of an API group, or of `kubernetes`: of all of its own."""
    content = json.loads(Path(__file__).with_name(f"{name}.json").read_bytes())
    return Book(content["versions"], content["kinds"], content["definitions"])


@cache
def _books() -> frozenset[str]:
    return frozenset(file.stem for file in Path(__file__).parent.glob("*.json"))


@cache
def _built_in_groups() -> frozenset[str]:
    return frozenset(kind.split("/")[0] if kind.count("/") > 1 else "" for kind in book("kubernetes").kinds)


def is_built_in(group: str) -> bool:
    """Whether an API group is one of Kubernetes' own."""
    return group in _built_in_groups()


def number(version: str) -> tuple[int, ...]:
    """The minor version as it compares with others: (1, 35) of 1.35, and (3, 6) of v3.6.1."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


class Schemas:
    """The schemas for the objects of one repository."""

    def __init__(self, repository: "Repository") -> None:
        self.repository = repository
        self.unknown: set[str] = set()
        """The kinds that were looked for in vain, as cert-manager.io/v1/Certificate."""
        self._schemas: dict[str, _Schema | None] = {}

    @property
    def available(self) -> bool:
        """Whether anything can be compared: hooks run with cookiecutter's own packages, which may be all there is."""
        return importlib.util.find_spec("jsonschema_rs") is not None

    @cached_property
    def versions(self) -> dict[str, str]:
        """The version of what brings an API group, by the group; where environments differ, the oldest."""
        # These know the repository, which knows its schemas.
        from gitops import needs, versions

        found = {"kubernetes": self.repository.kubernetes_version}
        stated = versions.stated(self.repository)
        for folder, document in needs.documents(self.repository).items():
            if of_environments := stated.get(folder.rpartition("/")[2]):
                oldest = min(of_environments.values(), key=number)
                found |= {each.removeprefix("crds/"): oldest for each in needs.component(document.data).provides}
        return found

    def faults(self, data: Any) -> Iterator[Fault]:
        """What is wrong with an object; nothing where its kind has no schema."""
        kind = f"{dig(data, 'apiVersion')}/{dig(data, 'kind')}"
        if kind not in self._schemas:
            self._schemas[kind] = self._find(kind)
        schema = self._schemas[kind]
        if schema is None:
            self.unknown.add(kind)
        elif not schema.validator.is_valid(data):
            for error in schema.validator.iter_errors(data):
                yield from schema.faults(error)

    def _find(self, kind: str) -> "_Schema | None":
        if kind in self._of_crds:
            return self._of_crds[kind]
        group = kind.split("/")[0] if kind.count("/") > 1 else ""
        name = "kubernetes" if is_built_in(group) else group
        version = self.versions.get(name, "")
        definition = book(name).definition(kind, version) if name in _books() else None
        if definition is None:
            return None
        return _compiled(_document(name), f"/definitions/{definition}", book(name).covers(version))

    @cached_property
    def _of_crds(self) -> dict[str, "_Schema | None"]:
        """The schemas that the repository's own CRDs state, by the kind."""
        written = [d.data for d in self.repository.objects if d.kind == "CustomResourceDefinition"]
        found = ((f"{api}/{kind}", schema) for data in written for api, kind, schema in crds.schemas(data))
        return {kind: _compiled(_Document.of(schema), "", True) for kind, schema in found}


class _Document(NamedTuple):
    """A JSON document that schemas are in."""

    content: Json
    registry: "jsonschema_rs.Registry"

    @staticmethod
    def of(content: Json) -> "_Document | None":
        """The document with `content`; None if no schema can be in there."""
        import jsonschema_rs

        try:
            return _Document(content, jsonschema_rs.Registry([(_ADDRESS, content)], draft=jsonschema_rs.Draft4))
        except (ValueError, jsonschema_rs.ReferencingError):
            return None


class _Schema(NamedTuple):
    """A schema as `validator`, of a document with `content`; one that is not `strict` lets pass unknown fields."""

    content: Json
    validator: "jsonschema_rs.Draft4Validator"
    strict: bool

    def faults(self, error: "jsonschema_rs.ValidationError") -> Iterator[Fault]:
        """An error as an owner can read it."""
        said, path = error.kind.as_dict(), tuple(error.instance_path)
        has = f"has {_shown(error.instance)} at {_dotted(path)}"
        match type(error.kind).__name__:
            case "AdditionalProperties":
                known = sorted(map(str, fields(dig(self.content, *error.schema_path[:-1], "properties"))))
                for field in said["unexpected"] if self.strict else ():
                    near = difflib.get_close_matches(field, known, 1) or known
                    message = f"has {_dotted((*path, field))}, and no such field is known"
                    yield Fault((*path, field), message, f"write {_choice(near)}" if near else "remove it")
            case "Required":
                yield Fault(path, f"lacks {_dotted((*path, said['property']))}", f"add {said['property']}")
            case "Type":
                wanted = [_TYPES[each] for each in said["types"] if each in _TYPES]
                yield Fault(path, has, f"write {_choice(wanted)}")
            case "Enum":
                yield Fault(path, has, f"write {_choice([str(each) for each in said['options'] if each is not None])}")
            case "AnyOf" | "OneOfNotValid":
                ways = [fault.fix for errors in said["context"] for each in errors[:1] for fault in self.faults(each)]
                yield Fault(path, has, _choice(list(dict.fromkeys(ways))) or error.message)
            case _:
                yield Fault(path, has, f"mend what the schema says of it: {error.message[:LONGEST_MESSAGE]}")


@cache
def _document(name: str) -> "_Document | None":
    """The schemas of a file, read once for all of its kinds."""
    return _Document.of({"definitions": book(name).definitions})


def _compiled(document: _Document | None, place: str, strict: bool) -> _Schema | None:
    """The schema at `place` of a document; None if it is no JSON schema."""
    import jsonschema_rs

    if document is None:
        return None
    try:
        validator = jsonschema_rs.Draft4Validator(
            {"$ref": f"{_ADDRESS}#{place}"},
            registry=document.registry,
            # As in Go, an expression never takes long; and what a schema refers to is not fetched.
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        return None
    return _Schema(document.content, validator, strict)


def _dotted(path: Place) -> str:
    """A path as people write it: spec.containers[0].image."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".") or "its top"


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _choice(options: list[str]) -> str:
    return ", ".join(options[:-1]) + " or " + options[-1] if len(options) > 1 else "".join(options)
