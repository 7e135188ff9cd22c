"""From the text of a template to its nodes. https://pkg.go.dev/text/template says what there is."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gitops.gotemplate.errors import NotUnderstood, TemplateError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    |(?P<char>'(?:\\.|[^'\\\n])+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))
    |(?P<variable>\$\w*)
    |(?P<field>\.\w+)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>:=|[=|(),.])""",
    re.VERBOSE,
)
_KEYWORDS = {"if", "with", "range", "else", "end", "break", "continue", "define", "template", "block"}
DEEPEST = 100
"""How many actions may lie in each other."""


@dataclass(frozen=True)
class Operand:
    """One value: `kind` is dot, variable, constant, function or pipeline; `fields` are looked up in it one by one."""

    kind: str
    value: Any = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """Commands, each a list of operands, whose result is the last argument of the next; `names` get the result."""

    commands: tuple[tuple[Operand, ...], ...]
    names: tuple[str, ...] = ()
    declares: bool = False


@dataclass(frozen=True)
class Action:
    """An `if`, `with`, `range` or plain output (`kind` is empty) with what it guards."""

    kind: str
    pipeline: Pipeline | None
    body: list["str | Action"] = field(default_factory=list)
    otherwise: list["str | Action"] = field(default_factory=list)


Node = str | Action


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    spaced: bool


def parse(text: str) -> list[Node]:
    """The nodes of a template. Raises TemplateError or NotUnderstood."""
    pieces = list(_pieces(text))
    nodes, position, end = _nodes(pieces, 0, 0)
    if end:
        raise TemplateError(f"unexpected {{{{{end}}}}}")
    assert position == len(pieces)
    return nodes


def _pieces(text: str) -> Iterator[str | list[_Token]]:
    """Plain text and the tokens of actions, in turn, with the white space trimmed that `{{-` and `-}}` trim."""
    position, trim = 0, False
    while True:
        start = text.find("{{", position)
        plain = text[position:] if start < 0 else text[position:start]
        plain = plain.lstrip(" \t\r\n") if trim else plain
        if start >= 0 and re.match(r"\{\{-[ \t\r\n]", text[start : start + 4]):
            plain = plain.rstrip(" \t\r\n")
        if plain:
            yield plain
        if start < 0:
            return
        begin = start + (3 if re.match(r"\{\{-[ \t\r\n]", text[start : start + 4]) else 2)
        comment = re.compile(r"\s*/\*.*?\*/\s*?(?P<trim>\s-)?\}\}", re.DOTALL).match(text, begin)
        if comment:
            position, trim = comment.end(), bool(comment["trim"])
            continue
        tokens, position, trim = _tokens(text, begin)
        yield tokens


def _tokens(text: str, position: int) -> tuple[list[_Token], int, bool]:
    """The tokens of an action that begins at `position`, where it ends, and whether what follows is trimmed."""
    found: list[_Token] = []
    spaced = True
    while True:
        if text.startswith("}}", position):
            return found, position + 2, False
        if spaced and text.startswith("-}}", position) and position:
            return found, position + 3, True
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position : position + 20].split("\n")[0]
            raise TemplateError(f"unexpected {rest!r} in an action" if rest else "unclosed action")
        position = match.end()
        if match.lastgroup == "space":
            spaced = True
            continue
        assert match.lastgroup
        found.append(_Token(match.lastgroup, match[0], spaced))
        spaced = False


def _nodes(pieces: list[str | list[_Token]], position: int, depth: int) -> tuple[list[Node], int, str]:
    """The nodes up to an `end` or `else` of the action that they are in; that word, empty at the end of the text."""
    if depth > DEEPEST:
        raise TemplateError(f"more than {DEEPEST} actions in each other")
    nodes: list[Node] = []
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if isinstance(piece, str):
            nodes.append(piece)
            continue
        if not piece:
            raise TemplateError("missing value for command")
        word = piece[0].text if piece[0].kind == "word" and piece[0].text in _KEYWORDS else ""
        if word in ("end", "else"):
            return nodes, position, word
        if word in ("if", "with", "range"):
            action, position = _control(pieces, position, depth, word, piece[1:])
            nodes.append(action)
        elif word in ("break", "continue"):
            nodes.append(Action(word, None))
        elif word:
            raise NotUnderstood(f"the action {word}")
        else:
            nodes.append(Action("", _Reader(piece).whole()))
    return nodes, position, ""


def _control(
    pieces: list[str | list[_Token]], position: int, depth: int, word: str, tokens: list[_Token]
) -> tuple[Action, int]:
    action = Action(word, _Reader(tokens, names_in_range=word == "range").whole())
    body, position, end = _nodes(pieces, position, depth + 1)
    action.body.extend(body)
    if end == "else":
        opened = pieces[position - 1]
        rest = opened[1:]
        assert not isinstance(rest, str)
        if rest and rest[0].text in ("if", "with"):
            # {{else if x}} has no end of its own.
            inner, position = _control(pieces, position, depth + 1, rest[0].text, rest[1:])
            action.otherwise.append(inner)
            return action, position
        if rest:
            raise TemplateError(f"unexpected {rest[0].text} behind else")
        otherwise, position, end = _nodes(pieces, position, depth + 1)
        action.otherwise.extend(otherwise)
    if end != "end":
        raise TemplateError(f"{{{{{word}}}}} has no {{{{end}}}}")
    return action, position


class _Reader:
    """Reads the tokens of one action."""

    def __init__(self, tokens: list[_Token], names_in_range: bool = False) -> None:
        self.tokens = tokens
        self.position = 0
        self.names_in_range = names_in_range

    def whole(self) -> Pipeline:
        pipeline = self.pipeline()
        if self.position < len(self.tokens):
            raise TemplateError(f"unexpected {self.tokens[self.position].text!r}")
        return pipeline

    def peek(self, offset: int = 0) -> _Token | None:
        place = self.position + offset
        return self.tokens[place] if place < len(self.tokens) else None

    def takes(self, *texts: str) -> bool:
        """Whether the next tokens are these; they are taken then."""
        ahead = [self.peek(offset) for offset in range(len(texts))]
        if all(token and token.text == text for token, text in zip(ahead, texts, strict=True)):
            self.position += len(texts)
            return True
        return False

    def pipeline(self) -> Pipeline:
        names, declares = self._names()
        commands = [self._command()]
        while self.takes("|"):
            commands.append(self._command())
            if commands[-1][0].kind == "constant":
                raise TemplateError(f"{commands[-1][0].value!r} is no function to pipe into")
        return Pipeline(tuple(commands), names, declares)

    def _names(self) -> tuple[tuple[str, ...], bool]:
        """The variables that a pipeline declares or sets."""
        names: list[str] = []
        start = self.position
        while (token := self.peek()) and token.kind == "variable":
            names.append(token.text)
            self.position += 1
            if self.takes(":="):
                return tuple(names), True
            if self.takes("="):
                return tuple(names), False
            if not (self.names_in_range and self.takes(",")):
                break
        self.position = start
        return (), False

    def _command(self) -> tuple[Operand, ...]:
        operands: list[Operand] = []
        while (token := self.peek()) and token.text not in ("|", ")"):
            operands.append(self._operand(token))
        if not operands:
            raise TemplateError("missing value for command")
        return tuple(operands)

    def _operand(self, token: _Token) -> Operand:
        self.position += 1
        if token.text == "(":
            inner = self.pipeline()
            if not self.takes(")"):
                raise TemplateError("unclosed left paren")
            return Operand("pipeline", inner, self._fields())
        if token.kind == "field":
            return Operand("dot", None, (token.text[1:], *self._fields()))
        if token.text == ".":
            return Operand("dot")
        if token.kind == "variable":
            return Operand("variable", token.text, self._fields())
        if token.kind == "word" and token.text not in ("true", "false", "nil"):
            if token.text in _KEYWORDS:
                raise TemplateError(f"unexpected {token.text}")
            return Operand("function", token.text)
        return Operand("constant", _constant(token))

    def _fields(self) -> tuple[str, ...]:
        fields = []
        while (token := self.peek()) and token.kind == "field" and not token.spaced:
            fields.append(token.text[1:])
            self.position += 1
        return tuple(fields)


def _constant(token: _Token) -> Any:
    try:
        if token.kind == "word":
            return {"true": True, "false": False, "nil": None}[token.text]
        if token.kind == "string":
            return token.text[1:-1] if token.text[0] == "`" else ast.literal_eval(token.text)
        if token.kind == "char":
            return ord(ast.literal_eval(token.text))
        if token.kind == "number":
            text = token.text.replace("_", "")
            if re.fullmatch(r"[+-]?0[0-7]+", text):
                return int(text, 8)
            return int(text, 0) if re.fullmatch(r"[+-]?(?:0[xXbBoO]\w+|\d+)", text) else float(text)
    except (ValueError, SyntaxError, TypeError) as error:
        raise TemplateError(f"{token.text} is no value: {error}") from error
    raise TemplateError(f"unexpected {token.text!r}")
