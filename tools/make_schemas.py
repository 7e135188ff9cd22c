"""Writes the schemas that a generated repository validates with: `make update-schemas`.

Those of Kubernetes come from the `kubernetes-validate` package, the others from the CRDs in published Go modules, a
file for each API group. What is the same in several versions, or in several places of one, is in a file once: a
definition is called after its content. A kind is followed by the versions from which on its schema changes, and null
from where it is no more.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import yaml

TEMPLATE = Path(__file__).parent.parent
sys.path[:0] = [str(TEMPLATE / "tests"), str(TEMPLATE / "<<cookiecutter.project_slug>>/tools")]
from gitops import crds  # noqa: E402
from gitops.documents import parse  # noqa: E402
from schemas import ARGOCD, module_files  # noqa: E402

Json = dict[str, Any]
FOLDER = TEMPLATE / "<<cookiecutter.project_slug>>/tools/gitops/schemas"
CACHE = TEMPLATE / ".cache"
KUBERNETES_VERSIONS = [f"1.{minor}" for minor in range(30, 38)]
# One of each minor version that a repository can be generated for.
ARGOCD_VERSIONS = ["v3.2.11", "v3.3.19", "v3.4.13", "v3.5.7", "v3.6.1"]
# Of the components that most repositories have: the module with the CRDs, its version, and their files. Where that is
# older than what the chart of the catalogue brings, its schemas are those of no version of the chart.
ENVOY = "charts/gateway-crds-helm/templates"
COMPONENTS: dict[str, tuple[str, str, list[str], bool]] = {
    "cert-manager": ("github.com/cert-manager/cert-manager", "v1.21.1", ["deploy/crds/*.yaml"], True),
    "external-secrets": ("github.com/external-secrets/external-secrets", "v1.3.2", ["config/crds/bases/*.yaml"], False),
    "gateway-api-crds": (
        "github.com/envoyproxy/gateway",
        "v1.9.0",
        [f"{ENVOY}/generated/*.yaml", f"{ENVOY}/standard-gatewayapi-crds.yaml"],
        True,
    ),
    "keda": ("github.com/kedacore/keda/v2", "v2.20.2", ["config/crd/bases/*.yaml"], True),
    "kyverno": (
        "github.com/kyverno/kyverno",
        "v1.19.0",
        ["config/crds/kyverno/*.yaml", "config/crds/policies.kyverno.io/*.yaml"],
        True,
    ),
    "metallb": ("go.universe.tf/metallb", "v0.16.2", ["config/crd/bases/*.yaml"], True),
    "prometheus-operator-crds": (
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        ["example/prometheus-operator-crd/*.yaml"],
        False,
    ),
    "snapshot-controller": (
        "github.com/kubernetes-csi/external-snapshotter/client/v8",
        "v8.6.0",
        ["config/crd/*.yaml"],
        False,
    ),
}
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


def custom(book: Book, crd: Any) -> dict[str, str]:
    """The kinds that a CRD defines, by apiVersion and kind."""

    def schema(name: str, node: Any) -> Any:
        if isinstance(node, list):
            return [schema(name, each) for each in node]
        if not isinstance(node, dict):
            return node
        inner = parts(name, node)
        if "properties" in inner and len(json.dumps(inner)) > SMALLEST_DEFINITION:
            return reference(book.define(name, inner))
        return inner

    def parts(name: str, node: Json) -> Json:
        return {
            key: {field: schema(field, each) for field, each in value.items()}
            if key == "properties"
            else schema(name, value)
            for key, value in node.items()
            if key != "format"
        }

    kinds = {}
    for api, kind, strict in crds.schemas(crd):
        strict["properties"]["status"] = {}
        kinds[f"{api}/{kind}"] = book.define(kind, parts(kind, strict))
    return kinds


def definitions_in(module: str, version: str, patterns: list[str]) -> Iterator[Json]:
    """The CRDs in the files of a Go module that match one of `patterns`."""
    for pattern in patterns:
        for file in sorted(module_files(module, version, pattern, CACHE).rglob("*.yaml")):
            # In a chart, a condition stands around the whole file.
            lines = (line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("{{"))
            for _, document in parse("\n".join(lines))[0]:
                if document["kind"] == "CustomResourceDefinition":
                    yield document


def minor(version: str) -> str:
    """X.Y of a version."""
    return ".".join(version.lstrip("v").split(".")[:2])


def main(folder: Path) -> None:
    """Writes every file into `folder`."""
    folder.mkdir(exist_ok=True)
    book = Book()
    for version in KUBERNETES_VERSIONS:
        book.add(version, kubernetes(book, version))
    book.write(folder / "kubernetes.json", KUBERNETES_VERSIONS)
    book = Book()
    for version in ARGOCD_VERSIONS:
        found = [custom(book, crd) for crd in definitions_in(ARGOCD, version, ["manifests/crds/*-crd.yaml"])]
        book.add(minor(version), {kind: name for kinds in found for kind, name in kinds.items()})
    book.write(folder / "argoproj.io.json", [minor(version) for version in ARGOCD_VERSIONS])
    catalogue = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
    for component, (module, version, patterns, is_of_chart) in COMPONENTS.items():
        chart = catalogue[component]["version"]
        books: dict[str, Book] = {}
        groups: dict[str, dict[str, str]] = {}
        for crd in definitions_in(module, version, patterns):
            group = crd["spec"]["group"]
            groups.setdefault(group, {}).update(custom(books.setdefault(group, Book()), crd))
        for group, kinds in groups.items():
            books[group].add(chart if is_of_chart else "", kinds)
            books[group].write(folder / f"{group}.json", [chart] if is_of_chart else [])


if __name__ == "__main__":
    main(FOLDER)
