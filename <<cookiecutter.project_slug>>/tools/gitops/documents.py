"""YAML documents that know the line of each of their keys."""

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML without the C library: the same, only slower.
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

HEAVIEST = 10**6
"""The most values that a document may hold."""
Path = tuple[str | int, ...]


class Map(dict[Any, Any]):
    """A mapping; `lines` holds the line of each key."""

    lines: dict[Any, int]


class Seq(list[Any]):
    """A sequence; `lines` holds the line of each item, by its index."""

    lines: dict[Any, int]


@dataclass(frozen=True)
class Fault:
    """Why a file is not sound YAML; `kind` is "syntax" or "duplicate"."""

    kind: str
    line: int | None
    problem: str


@dataclass(eq=False)
class Document:
    """A YAML document, or an object built from one.

    `data` is what it says; `written`, of the same shape, is where that is written in `file`, from `line` on.
    """

    file: str
    line: int
    data: Any
    written: Any

    def get(self, *path: str | int) -> Any:
        return dig(self.data, *path)

    def at(self, *path: str | int) -> tuple[str, int]:
        """The file and line of `path`, or of the nearest that is written there."""
        line, here = self.line, self.written
        for step in path:
            line = getattr(here, "lines", {}).get(step, line)
            here = dig(here, step)
        return self.file, line

    @property
    def kind(self) -> str:
        return _text(self.get("kind"))

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        group, slash, _ = _text(self.get("apiVersion")).partition("/")
        return group if slash else ""

    @property
    def name(self) -> str:
        return _text(self.get("metadata", "name"))

    @property
    def namespace(self) -> str:
        return _text(self.get("metadata", "namespace"))

    @property
    def is_object(self) -> bool:
        return bool(self.kind and self.get("apiVersion") and isinstance(self.get("metadata"), dict))

    def annotation(self, key: str) -> Any:
        return self.get("metadata", "annotations", key)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def dig(data: Any, *path: str | int) -> Any:
    """What lies at `path` in nested mappings and lists; None where the path ends early."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def items(data: Any) -> list[Any]:
    """`data` if it is a list, else an empty one."""
    return data if isinstance(data, list) else []


def strings(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every string among the values of `data`, with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from strings(value, (*path, index))


def parse(text: str) -> tuple[list[tuple[int, Any]], list[Fault]]:
    """The documents of `text` as (first line, data), empty ones left out, and what is wrong with it.

    After a syntax error nothing is returned of the document it stands in, nor of those behind it.
    """
    documents: list[tuple[int, Any]] = []
    loader: _Loader | None = None
    faults: list[Fault] = []
    try:
        loader = _Loader(text)
        loader.duplicates = faults
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            data = loader.construct_document(node)
            if "*" in text and _weight(data, {}) > HEAVIEST:
                faults.append(
                    Fault("syntax", node.start_mark.line + 1, "its aliases repeat too much, or contain themselves")
                )
            elif data is not None:
                documents.append((node.start_mark.line + 1, data))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(Fault("syntax", mark.line + 1 if mark else None, error.problem or str(error.context)))
    except yaml.YAMLError as error:
        faults.append(Fault("syntax", None, str(error).splitlines()[0]))
    except (ValueError, RecursionError) as error:
        faults.append(Fault("syntax", None, f"cannot be read: {type(error).__name__}"))
    finally:
        if loader is not None:
            loader.dispose()
    return documents, faults


def _weight(data: Any, known: dict[int, float]) -> float:
    """How many values `data` holds when every alias is written out; infinite where one contains itself."""
    if not isinstance(data, (dict, list)):
        return 1
    if id(data) not in known:
        known[id(data)] = math.inf  # What is met again before it is weighed lies within itself.
        known[id(data)] = 1 + sum(
            _weight(value, known) for value in (data.values() if isinstance(data, dict) else data)
        )
    return known[id(data)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class _Loader(_SafeLoader):
    """Keeps the line of each key, takes no string for a date, and lets tags that it does not know pass."""

    duplicates: list[Fault]

    def construct_lined_map(self, node: yaml.MappingNode) -> Iterator[Map]:
        data = Map()
        data.lines = {}
        yield data
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    self.duplicates.append(
                        Fault("duplicate", key.start_mark.line + 1, f"the key {key.value} is there twice")
                    )
                seen.add((key.tag, key.value))
        self.flatten_mapping(node)
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key is not a scalar", key_node.start_mark)
            data.lines[key] = key_node.start_mark.line + 1
            data[key] = self.construct_object(value_node, deep=True)

    def construct_lined_seq(self, node: yaml.SequenceNode) -> Iterator[Seq]:
        data = Seq()
        data.lines = {index: child.start_mark.line + 1 for index, child in enumerate(node.value)}
        yield data
        data.extend(self.construct_object(child, deep=True) for child in node.value)

    def construct_unknown(self, _: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return node.value


# As Kubernetes reads YAML: a date is a string, and so is a single `=`.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":timestamp", ":value"))]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.construct_lined_map)
_Loader.add_constructor("tag:yaml.org,2002:seq", _Loader.construct_lined_seq)
_Loader.add_multi_constructor("!", _Loader.construct_unknown)
