"""Edits of YAML that move nothing else: what changes is spliced into the text at the marks of PyYAML's nodes.

Each takes the text of a file and a path into its first document, and returns the new text. JSON is YAML enough for it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import yaml

from gitops.cli import Refused
from gitops.documents import Path


class NotEditable(Exception):
    """What is not there, or is written in a way that is not edited here; the text says which it is."""


@contextmanager
def of(file: str) -> Iterator[None]:
    """Lets what cannot be edited be refused with the name of the file."""
    try:
        yield
    except NotEditable as error:
        raise Refused(f"{file}: {error}: edit it by hand") from error


def set_scalar(text: str, path: Path, value: str) -> str:
    """`text` with the scalar at `path` saying `value`, quoted as it was."""
    node = find(text, path)
    if not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">"):
        raise NotEditable(f"{shown(path)} is not a value in one line")
    return text[: node.start_mark.index] + _quoted(value, node.style) + text[node.end_mark.index :]


def insert_item(text: str, path: Path, item: str) -> str:
    """`text` with the plain string `item` in the list at `path`: before the first that sorts behind it, else last."""
    node = find(text, path)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise NotEditable(f"{shown(path)} is not a list with an item a line")
    values = [child.value for child in node.value]
    if item in values:
        return text
    lines = text.splitlines(keepends=True)
    later = next((index for index, value in enumerate(values) if isinstance(value, str) and value > item), None)
    if later is None:
        place = _last_line(text, node) + 1
        lines[place - 1] = lines[place - 1].rstrip("\r\n") + _newline(text)
    else:
        place = _first_line(lines, node, later)
    lines.insert(place, f"{' ' * node.start_mark.column}- {_quoted(item, None)}{_newline(text)}")
    return "".join(lines)


def insert_entry(text: str, path: Path, entry: dict[str, str]) -> str:
    """`text` with the mapping `entry` in the list of such at `path`: before the first that sorts behind it, else last.

    An entry that says no more than `entry` does, and nothing else, is taken for it.
    """
    node = find(text, path)
    if not isinstance(node, yaml.SequenceNode) or (node.flow_style and node.value):
        raise NotEditable(f"{shown(path)} is not a list with an entry a line")
    listed = [{key.value: value.value for key, value in child.value} for child in node.value]
    if any(other.items() <= entry.items() for other in listed):
        return text
    lines = text.splitlines(keepends=True)
    parent = find(text, path[:-1])
    assert parent is not None
    column = node.start_mark.column if node.value else parent.start_mark.column + 2
    later = next((index for index, other in enumerate(listed) if [*other.values()] > [*entry.values()]), None)
    if not node.value:
        place = node.end_mark.line + 1
        lines[place - 1] = text[: node.start_mark.index].splitlines()[-1].rstrip() + _newline(text)
    elif later is None:
        place = _last_line(text, node) + 1
        lines[place - 1] = lines[place - 1].rstrip("\r\n") + _newline(text)
    else:
        place = _first_line(lines, node, later)
    written = [f"{key}: {_quoted(value, None)}{_newline(text)}" for key, value in entry.items()]
    lines[place:place] = [f"{' ' * column}{'  ' if number else '- '}{line}" for number, line in enumerate(written)]
    return "".join(lines)


def remove(text: str, path: Path) -> str:
    """`text` without the entry of a mapping, or the item of a list, at `path`.

    The comment directly above goes with it, unless it is the first of several, whose comment may be that of them all.
    Where nothing else is left, `{}` or `[]` is.
    """
    *above, step = path
    parent = find(text, tuple(above))
    if not isinstance(parent, yaml.CollectionNode) or parent.flow_style:
        raise NotEditable(f"{shown(tuple(above))} is not written with an entry a line")
    index = _index(parent, step)
    if index is None:
        raise NotEditable(f"{shown(path)} is not there")
    lines = text.splitlines(keepends=True)
    start, end = _first_line(lines, parent, index), _last_line(text, _children(parent)[index])
    if len(parent.value) == 1:
        if not above:
            raise NotEditable(f"{shown(path)} is all that the file says")
        key = _key(find(text, tuple(above[:-1])), above[-1])
        if key is None:
            raise NotEditable(f"{shown(tuple(above))} would be empty")
        line, column = key.end_mark.line, key.end_mark.column + 1  # Behind the colon.
        empty = "[]" if isinstance(parent, yaml.SequenceNode) else "{}"
        lines[line] = f"{lines[line][:column]} {empty}{lines[line][column:]}"
    del lines[start : end + 1]
    return "".join(lines)


def find(text: str, path: Path) -> yaml.Node | None:
    """The node at `path` in the first document of `text`; None where the path ends early, or the text is no YAML."""
    try:
        node = next(yaml.compose_all(text, Loader=yaml.SafeLoader), None)
    except yaml.YAMLError:
        return None
    for step in path:
        index = _index(node, step)
        if index is None or node is None:
            return None
        node = _children(node)[index]
    return node


def scalars(text: str) -> Iterator[tuple[Path, yaml.ScalarNode]]:
    """Every value of every document of `text` that is one scalar, with its path; nothing where the text is no YAML."""
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return
    waiting: list[tuple[Path, yaml.Node]] = [((), document) for document in documents if document is not None]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            yield path, node
        else:
            steps = (
                [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else range(len(node.value))
            )
            waiting += [((*path, step), child) for step, child in zip(steps, _children(node), strict=True)]


def splice(text: str, pieces: list[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, new) put in place; no two of them overlap."""
    for start, end, new in sorted(set(pieces), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def shown(path: Path) -> str:
    return ".".join(map(str, path)) or "the document"


def _children(node: yaml.Node) -> list[yaml.Node]:
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else list(node.value)


def _index(node: yaml.Node | None, step: str | int) -> int | None:
    """The position of `step` among the children of `node`."""
    if isinstance(node, yaml.MappingNode):
        return next((index for index, (key, _) in enumerate(node.value) if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return step
    return None


def _key(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((key for key, _ in node.value if key.value == step), None)
    return None


def _first_line(lines: list[str], parent: yaml.CollectionNode, index: int) -> int:
    """The line on which a child begins: its key's or its dash's, or that of the comment directly above."""
    child = parent.value[index][0] if isinstance(parent, yaml.MappingNode) else parent.value[index]
    line: int = child.start_mark.line
    indent, mark = " " * parent.start_mark.column, "- " if isinstance(parent, yaml.SequenceNode) else ""
    if not lines[line].startswith(f"{indent}{mark}"):
        raise NotEditable(f"line {line + 1} holds more than one thing")
    while index and lines[line - 1].startswith(f"{indent}#"):
        line -= 1
    return line


def _last_line(text: str, node: yaml.Node) -> int:
    """The last line that `node` is written on. The end of a block is marked behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        return _last_line(text, _children(node)[-1])
    end = node.start_mark.index + len(text[node.start_mark.index : node.end_mark.index].rstrip())
    return text.count("\n", 0, end)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _quoted(value: str, style: str | None) -> str:
    """`value` as a scalar in the style of another; with double quotes where it would be no string without any."""
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if style is None and _is_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_plain(value: str) -> bool:
    try:
        item = yaml.compose(f"- {value}\n", Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    node = item.value[0] if isinstance(item, yaml.SequenceNode) and len(item.value) == 1 else None
    return isinstance(node, yaml.ScalarNode) and (node.tag, node.value) == ("tag:yaml.org,2002:str", value)
