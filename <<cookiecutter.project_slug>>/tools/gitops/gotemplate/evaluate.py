"""Runs the nodes of a template over data: dicts with string keys, lists, strings, bools, numbers and None.

Numbers that come from JSON or YAML have to be floats, as they are in Go.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gitops.gotemplate.errors import NotUnderstood, TemplateError
from gitops.gotemplate.functions import FUNCTIONS
from gitops.gotemplate.parse import Action, Node, Operand, Pipeline, parse
from gitops.gotemplate.values import is_true, shown, type_name

LONGEST = 2**20
"""How long a result may become, in characters."""
_NOTHING = object()
_TAG = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


@lru_cache(maxsize=1024)
def _parsed(text: str) -> list[Node]:
    return parse(text)


def render(text: str, data: Mapping[str, Any], *, missing_key_is_error: bool = True) -> str:
    """`text` with its actions carried out on `data`. Raises TemplateError or NotUnderstood."""
    if "{{" not in text:
        return text
    run = _Run(data, missing_key_is_error)
    try:
        run.nodes(_parsed(text), data)
    except (_Break, _Continue):
        raise TemplateError("break or continue outside of range") from None
    except RecursionError:
        raise TemplateError("too deep") from None
    return "".join(run.out)


def replace(text: str, data: Mapping[str, Any], go_template: bool, missing_key_is_error: bool) -> str:
    """`text` with its templates filled in, of Go's or of the old kind, which leaves alone what it does not know."""
    if go_template:
        return render(text, data, missing_key_is_error=missing_key_is_error)
    return _TAG.sub(lambda match: _text(data.get(match[1].strip()), match[0]), text)


def _text(value: Any, otherwise: str) -> str:
    return value if isinstance(value, str) else otherwise


class _Run:
    def __init__(self, data: Any, missing_key_is_error: bool) -> None:
        self.out: list[str] = []
        self.length = 0
        self.missing_key_is_error = missing_key_is_error
        self.variables: list[tuple[str, Any]] = [("$", data)]

    def write(self, text: str) -> None:
        self.length += len(text)
        if self.length > LONGEST:
            raise TemplateError(f"the result is longer than {LONGEST} characters")
        self.out.append(text)

    def nodes(self, nodes: Sequence[Node], dot: Any) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.write(node)
            elif node.kind in ("break", "continue"):
                raise _Break if node.kind == "break" else _Continue
            else:
                self._action(node, dot)

    def _action(self, action: Action, dot: Any) -> None:
        assert action.pipeline is not None
        if not action.kind:
            value = self._pipeline(action.pipeline, dot)
            if not action.pipeline.names:
                self.write(shown(value))
            return
        mark = len(self.variables)
        try:
            if action.kind == "range":
                self._range(action, dot)
                return
            value = self._pipeline(action.pipeline, dot)
            if is_true(value):
                self.nodes(action.body, value if action.kind == "with" else dot)
            else:
                self.nodes(action.otherwise, dot)
        finally:
            del self.variables[mark:]

    def _range(self, action: Action, dot: Any) -> None:
        assert action.pipeline is not None
        names = action.pipeline.names
        pairs = _pairs(self._pipeline(Pipeline(action.pipeline.commands), dot))
        for key, value in pairs:
            mark = len(self.variables)
            if names:
                given = [value] if len(names) == 1 else [key, value]
                for name, each in zip(names, given, strict=True):
                    self._set(name, each, action.pipeline.declares)
            try:
                self.nodes(action.body, value)
            except _Break:
                break
            except _Continue:
                continue
            finally:
                del self.variables[mark:]
        if not pairs:
            self.nodes(action.otherwise, dot)

    def _set(self, name: str, value: Any, declares: bool) -> None:
        if declares:
            self.variables.append((name, value))
            return
        for index in range(len(self.variables) - 1, -1, -1):
            if self.variables[index][0] == name:
                self.variables[index] = (name, value)
                return
        raise TemplateError(f"undefined variable {name}")

    def _pipeline(self, pipeline: Pipeline, dot: Any) -> Any:
        value: Any = _NOTHING
        for command in pipeline.commands:
            value = self._command(command, dot, value)
        for name in pipeline.names:
            self._set(name, value, pipeline.declares)
        return value

    def _command(self, operands: Sequence[Operand], dot: Any, piped: Any) -> Any:
        first, rest = operands[0], operands[1:]
        if first.kind == "function":
            return self._call(first.value, rest, dot, piped)
        if rest or piped is not _NOTHING:
            raise TemplateError("can't give argument to non-function")
        if first.kind == "constant" and first.value is None:
            raise TemplateError("nil is not a command")
        return self._operand(first, dot)

    def _call(self, name: str, operands: Sequence[Operand], dot: Any, piped: Any) -> Any:
        if name in ("and", "or"):
            return self._short(name, operands, dot, piped)
        function: Callable[..., Any] | None = FUNCTIONS.get(name)
        if function is None:
            raise NotUnderstood(f"the function {name}")
        arguments = [self._operand(operand, dot) for operand in operands]
        if piped is not _NOTHING:
            arguments.append(piped)
        try:
            return function(*arguments)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError) as error:
            raise TemplateError(f"error calling {name}: {error}") from error

    def _short(self, name: str, operands: Sequence[Operand], dot: Any, piped: Any) -> Any:
        """`and` and `or` look at no more operands than they need."""
        value: Any = _NOTHING
        for operand in operands:
            value = self._operand(operand, dot)
            if is_true(value) == (name == "or"):
                return value
        if piped is not _NOTHING:
            return piped
        if value is _NOTHING:
            raise TemplateError(f"wrong number of args for {name}: want at least 1 got 0")
        return value

    def _operand(self, operand: Operand, dot: Any) -> Any:
        if operand.kind == "constant":
            return operand.value
        if operand.kind == "function":
            return self._call(operand.value, (), dot, _NOTHING)
        if operand.kind == "pipeline":
            mark = len(self.variables)
            value = self._pipeline(operand.value, dot)
            del self.variables[mark:]
        elif operand.kind == "variable":
            value = self._variable(operand.value)
        else:
            value = dot
        for name in operand.fields:
            value = self._field(value, name)
        return value

    def _variable(self, name: str) -> Any:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        raise TemplateError(f"undefined variable {name}")

    def _field(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            if name in value:
                return value[name]
            if self.missing_key_is_error:
                raise TemplateError(f"map has no entry for key {name!r}")
            return None
        if value is None:
            raise TemplateError(f"nil pointer evaluating interface {{}}.{name}")
        raise TemplateError(f"can't evaluate field {name} in type {type_name(value)}")


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    """What `range` goes over: (index or key, element)."""
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return [(number, number) for number in range(value)]
    if value is None:
        return []
    raise TemplateError(f"range can't iterate over {shown(value)}")
