"""YAML documents that know the line of each of their keys."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML without the C library: the same, only slower.
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

HEAVIEST = 10**6
"""The most values that a file may hold when every alias is written out."""
DEEPEST = 200
"""The most collections that may lie in one another."""
LARGEST_NUMBER = 64  # bits
# Without a line that opens as many at once, or as many brackets, no document exhausts the stack of the parser.
_LONG_START = re.compile(rf"^[-?: \t]{{{DEEPEST}}}", re.MULTILINE)
Path = tuple[str | int, ...]


class Map(dict[Any, Any]):
    """A mapping; `lines` holds the line of each key."""

    lines: dict[Any, int]


class Seq(list[Any]):
    """A sequence; `lines` holds the line of each item, by its index."""

    lines: dict[Any, int]


@dataclass(frozen=True)
class Fault:
    """Why a file is not sound: `kind` is "syntax", "duplicate" or "encoding"; or "size", "access", "link" or "name"."""

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


def fields(data: Any) -> dict[str, Any]:
    """`data` if it is a mapping, else an empty one."""
    return data if isinstance(data, dict) else {}


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


def parse(text: str, kind: "type[Loader] | None" = None) -> tuple[list[tuple[int, Any]], list[Fault]]:
    """The documents of `text` as (first line, data), empty ones left out, and what is wrong with it.

    After a syntax error nothing is returned of the document it stands in, nor of those behind it.
    """
    documents: list[tuple[int, Any]] = []
    loader: Loader | None = None
    faults: list[Fault] = []
    node: yaml.Node | None = None
    weight = 0.0
    try:
        _refuse_depth(text)
        loader = (kind or Loader)(text)
        loader.duplicates = faults
        while loader.check_node():
            node = loader.get_node()
            assert node is not None
            weight += _weight(node, {}) if "*" in text else 0
            if weight > HEAVIEST:
                problem = "its aliases repeat too much, or contain themselves"
                raise yaml.MarkedYAMLError(None, None, problem, node.start_mark)
            data = loader.construct_document(node)
            if data is not None:
                documents.append((node.start_mark.line + 1, data))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(Fault("syntax", mark.line + 1 if mark else None, error.problem or str(error.context)))
    except yaml.YAMLError as error:
        faults.append(Fault("syntax", None, str(error).splitlines()[0]))
    except RecursionError:
        faults.append(Fault("syntax", None, "it is nested too deeply"))
    except (ValueError, TypeError, LookupError, AttributeError):  # A tag that does not fit: !!int "", !!bool x.
        faults.append(Fault("syntax", node.start_mark.line + 1 if node else None, "a value is not what its tag says"))
    finally:
        if loader is not None:
            loader.dispose()
    return documents, faults


def _refuse_depth(text: str) -> None:
    """Raises RecursionError where collections lie too deep in one another: libyaml goes on to the end of the stack."""
    if text.count("[") + text.count("{") < DEEPEST and not _LONG_START.search(text):
        return
    depth = 0
    for event in yaml.parse(text, _SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError


def _weight(node: yaml.Node, known: dict[int, float]) -> float:
    """How many values `node` holds when every alias is written out; infinite where one contains itself."""
    if not isinstance(node, yaml.CollectionNode):
        return 1
    if id(node) not in known:
        known[id(node)] = math.inf  # What is met again before it is weighed lies within itself.
        pairs = isinstance(node, yaml.MappingNode)
        known[id(node)] = 1 + sum(
            _weight(child, known) for item in node.value for child in (item if pairs else (item,))
        )
    return known[id(node)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class Loader(_SafeLoader):
    """Keeps the line of each key, takes no string for a date, and lets tags that it does not know pass."""

    duplicates: list[Fault]

    def construct_lined_map(self, node: yaml.MappingNode) -> Iterator[Map]:
        data = Map()
        data.lines = {}
        yield data
        seen: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                seen[key.tag, key.value] = times = seen.get((key.tag, key.value), 0) + 1
                if times == 2:
                    self.duplicates.append(
                        Fault("duplicate", key.start_mark.line + 1, f"the key {key.value} is there twice")
                    )
        self.flatten_mapping(node)
        for key_node, value_node in node.value:
            key = self.construct_key(key_node)
            data.lines[key] = key_node.start_mark.line + 1
            data[key] = self.construct_object(value_node, deep=True)

    def construct_key(self, node: yaml.Node) -> str:
        """A key as JSON has it: 1 is "1" and yes is "true"."""
        key = self.construct_object(node, deep=True) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(key, bool):
            return str(key).lower()
        if not isinstance(key, (str, int, float)):
            raise yaml.constructor.ConstructorError(None, None, "a key is no string", node.start_mark)
        return str(key)

    def construct_number(self, node: yaml.ScalarNode) -> int:
        number: int = self.construct_yaml_int(node)
        if number.bit_length() > LARGEST_NUMBER:
            raise yaml.constructor.ConstructorError(None, None, "a number is too large", node.start_mark)
        return number

    def construct_lined_seq(self, node: yaml.SequenceNode) -> Iterator[Seq]:
        data = Seq()
        data.lines = {index: child.start_mark.line + 1 for index, child in enumerate(node.value)}
        yield data
        data.extend(self.construct_object(child, deep=True) for child in node.value)

    def construct_as_written(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {self.construct_key(key): self.construct_object(value, deep=True) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return node.value

    def construct_unknown(self, _: str, node: yaml.Node) -> Any:
        return self.construct_as_written(node)


# As Kubernetes reads YAML: a date is a string, and so is a single `=`.
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":timestamp", ":value"))]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_constructor("tag:yaml.org,2002:map", Loader.construct_lined_map)
Loader.add_constructor("tag:yaml.org,2002:seq", Loader.construct_lined_seq)
Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_number)
Loader.add_multi_constructor("!", Loader.construct_unknown)
for _tag in ("binary", "omap", "pairs", "set", "timestamp"):  # What JSON has no type for stays as it is written.
    Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", Loader.construct_as_written)
