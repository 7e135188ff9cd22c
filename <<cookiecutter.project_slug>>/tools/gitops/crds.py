"""JSON schemas of the kinds that a CustomResourceDefinition defines."""

from collections.abc import Iterator
from typing import Any

from gitops.documents import dig, fields, items

Json = dict[str, Any]

# A CRD says of its objects' metadata only that it is an object. Labels and annotations that are not strings
# (`sync-wave: 1`) are the mistake to catch.
_STRINGS: Json = {"type": ["object", "null"], "additionalProperties": {"type": "string"}}
METADATA: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "generateName": {"type": "string"},
        "namespace": {"type": "string"},
        "labels": _STRINGS,
        "annotations": _STRINGS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "creationTimestamp": {"type": ["string", "null"]},
    },
}
_OBJECT: Json = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
_SAID_TO_PEOPLE = ("default", "description", "example", "externalDocs", "title")


def schemas(crd: Any) -> Iterator[tuple[str, str, Json]]:
    """(apiVersion, kind, schema) of each version that the content of a CRD defines with a schema."""
    group, kind = dig(crd, "spec", "group"), dig(crd, "spec", "names", "kind")
    for version in items(dig(crd, "spec", "versions")):
        schema = dig(version, "schema", "openAPIV3Schema")
        if isinstance(schema, dict):
            strict = _strict(schema)
            if strict.get("additionalProperties") is False:
                strict["properties"] = _OBJECT | strict["properties"]
            strict["properties"] = fields(strict.get("properties")) | {"metadata": METADATA}
            strict["required"] = sorted({*map(str, items(schema.get("required"))), "apiVersion", "kind", "metadata"})
            yield f"{group}/{dig(version, 'name')}", str(kind), strict


def _strict(schema: Json) -> Json:
    """The JSON schema of a structural one: what the API server would prune or refuse is an error."""
    strict = {key: value for key, value in schema.items() if key not in _SAID_TO_PEOPLE}
    if properties := fields(schema.get("properties")):
        strict["properties"] = {name: _strict(fields(value)) for name, value in properties.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            strict["properties"] = _OBJECT | strict["properties"]
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            strict.setdefault("additionalProperties", False)
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), dict):
            strict[key] = _strict(schema[key])
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        strict["type"] = [schema["type"], "null"]
    return {key: value for key, value in strict.items() if not key.startswith("x-kubernetes-")}
