"""Writes the schemas that a generated repository validates with: `make update-schemas`.

Those of Kubernetes come from the `kubernetes-validate` package, those of Argo CD from the CRDs in its Go module. What
is the same in several versions, or in several places of one, is in a file once: a definition is called after its
content. A kind is followed by the versions from which on its schema changes, and null from where it is no more.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

TEMPLATE = Path(__file__).parent.parent
sys.path[:0] = [str(TEMPLATE / "tests"), str(TEMPLATE / "<<cookiecutter.project_slug>>/tools")]
from gitops import crds  # noqa: E402
from schemas import ARGOCD, module_files  # noqa: E402

Json = dict[str, Any]
FOLDER = TEMPLATE / "<<cookiecutter.project_slug>>/tools/gitops/schemas"
CACHE = TEMPLATE / ".cache"
KUBERNETES_VERSIONS = [f"1.{minor}" for minor in range(30, 38)]
# One of each minor version that a repository can be generated for.
ARGOCD_VERSIONS = ["v3.2.11", "v3.3.19", "v3.4.13", "v3.5.7", "v3.6.1"]
KEYWORDS = ("additionalProperties", "allOf", "anyOf", "enum", "items", "oneOf", "properties", "required", "type")
# Smaller ones are cheaper to repeat than to refer to.
SMALLEST_DEFINITION = 200


class Book:
    """The schemas of the kinds of one product in all of its versions, as they are written into a file."""

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}
        self.kinds: dict[str, dict[str, str | None]] = {}

    def add(self, version: str, kinds: dict[str, str]) -> None:
        """Adds what the next version has: the name of the definition of each kind."""
        for kind in sorted(self.kinds.keys() | kinds.keys()):
            changes = self.kinds.setdefault(kind, {})
            if next(reversed(changes.values()), None) != kinds.get(kind):
                changes[version] = kinds.get(kind)

    def define(self, name: str, schema: Json) -> str:
        """The name under which `schema` is in the file, which begins with `name`."""
        text = json.dumps(schema, sort_keys=True, separators=(",", ":"))
        key = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
        assert self.definitions.setdefault(key, text) == text, f"two definitions are called {key}"
        return key

    def write(self, file: Path, versions: list[str]) -> None:
        """Writes the file, a line each definition, so that a difference shows what has changed."""
        kinds = [f"{json.dumps(kind)}:{json.dumps(changes)}" for kind, changes in sorted(self.kinds.items())]
        definitions = [f"{json.dumps(name)}:{text}" for name, text in sorted(self.definitions.items())]
        parts = [f'"versions":{json.dumps(versions)}']
        parts += [f'"kinds":{{\n{_lines(kinds)}\n}}', f'"definitions":{{\n{_lines(definitions)}\n}}']
        file.write_text(f"{{\n{_lines(parts)}\n}}\n", encoding="utf-8")


def _lines(entries: list[str]) -> str:
    return ",\n".join(entries)


def reference(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def kubernetes(book: Book, version: str) -> dict[str, str]:
    """The kinds of a version of Kubernetes that can be in Git, by apiVersion and kind."""
    shipped = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    definitions = json.loads((shipped / "_definitions.json").read_bytes())["$defs"]
    known: dict[str, str] = {}

    def named(name: str) -> str:
        if name not in known:
            # A schema that refers to itself, as that of a schema does, lets pass what lies deeper.
            known[name] = ""
            known[name] = book.define(name.rpartition(".")[2], schema(definitions[name]))
        return known[name]

    def schema(node: Any) -> Any:
        if "$ref" in node:
            name = named(node["$ref"].rpartition("/")[2])
            return reference(name) if name else {}
        return {key: part(key, node[key]) for key in KEYWORDS if key in node}

    def part(key: str, value: Any) -> Any:
        if key == "properties":
            # What a controller writes is not in Git.
            return {name: schema(each) if name != "status" else {} for name, each in value.items()}
        if key in ("allOf", "anyOf", "oneOf"):
            return [schema(each) for each in value]
        return schema(value) if isinstance(value, dict) else value

    kinds = {}
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            if "metadata" in definition.get("properties", ()) and not name.endswith("List"):
                group = f"{kind['group']}/" if kind["group"] else ""
                kinds[f"{group}{kind['version']}/{kind['kind']}"] = named(name)
    return kinds


def argocd(book: Book, version: str) -> dict[str, str]:
    """The kinds of a version of Argo CD, by apiVersion and kind."""

    def schema(name: str, node: Any) -> Any:
        if isinstance(node, list):
            return [schema(name, each) for each in node]
        if not isinstance(node, dict):
            return node
        inner = {
            key: {field: schema(field, each) for field, each in value.items()}
            if key == "properties"
            else schema(name, value)
            for key, value in node.items()
            if key != "format"
        }
        if "properties" in inner and len(json.dumps(inner)) > SMALLEST_DEFINITION:
            return reference(book.define(name, inner))
        return inner

    kinds = {}
    folder = module_files(ARGOCD, version, "manifests/crds/*-crd.yaml", CACHE)
    for file in folder.rglob("*.yaml"):
        for api, kind, strict in crds.schemas(yaml.load(file.read_bytes(), yaml.CSafeLoader)):
            strict["properties"]["status"] = {}
            kinds[f"{api}/{kind}"] = schema(kind, strict)["$ref"].rpartition("/")[2]
    return kinds


def minor(version: str) -> str:
    """X.Y of a version."""
    return ".".join(version.lstrip("v").split(".")[:2])


def main(folder: Path) -> None:
    """Writes every file into `folder`."""
    folder.mkdir(exist_ok=True)
    for name, versions, kinds in (
        ("kubernetes", KUBERNETES_VERSIONS, kubernetes),
        ("argocd", ARGOCD_VERSIONS, argocd),
    ):
        book = Book()
        for version in versions:
            book.add(minor(version), kinds(book, version))
        book.write(folder / f"{name}.json", [minor(version) for version in versions])


if __name__ == "__main__":
    main(FOLDER)
