"""The reader of Lua takes what Lua takes and no more, and knows where a script ends without an answer."""

import random
import re
from collections.abc import Iterator

import pytest
from gitops.lua import syntax
from lua import upstream
from lua.health_cases import LUA
from lupa.luajit21 import LuaRuntime


def texts() -> Iterator[str]:
    """Every script there is, and what becomes of each when a word of it is lost, doubled or mistaken for another."""
    chance = random.Random(0)
    for path in sorted([*LUA.rglob("*.lua"), *upstream.scripts().rglob("*.lua")]):
        text = path.read_text(encoding="utf-8")
        yield text
        words = list(re.finditer(r"\w+|[^\w\s]", text))
        for _ in range(2):
            word, other = chance.choice(words), chance.choice(words)[0]
            yield text[: word.start()] + text[word.end() :]
            yield text[: word.start()] + other + text[word.end() :]
            yield text[: word.start()] + f" {other} " + text[word.start() :]


def test_it_takes_what_lua_takes() -> None:
    load = LuaRuntime(register_eval=False).globals().loadstring
    taken = {True: 0, False: 0}
    for text in texts():
        try:
            syntax.parse(text)
            fault = None
        except syntax.Fault as error:
            fault = error
        is_lua = not isinstance(load(text), tuple)
        assert is_lua == (fault is None), f"{fault}\n{text}"
        taken[is_lua] += 1
    assert min(taken.values()) > 500


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("return {}", None),
        ("if a then\n  return 1\nend", 3),
        ("if a then\n  return 1\nelse\n  return 2\nend", None),
        ("if a then\n  return 1\nelseif b then\n  return 2\nend", 5),
        ("if a then\n  return 1\nelseif b then\n  b()\nelse\n  return 2\nend", 7),
        ("for _ in pairs(a) do\n  return 1\nend", 3),
        ("local function f()\n  return 1\nend", 3),
        ("do\n  return 1\nend", None),
        ("repeat\n  return 1\nuntil a", None),
        ("if a then\n  return 1\nend\nerror('no', 0)", None),
        ("", 1),
    ],
)
def test_it_knows_where_a_script_ends_without_a_return(text: str, line: int | None) -> None:
    assert syntax.parse(text).falls_off == line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("string.len('')", [("string", 1)]),
        ("local string = {}\nreturn string.len", []),
        ("local x = {string = 1, y = os}", [("os", 1)]),
        ("local os = require('os')\nos.time()", [("require", 1)]),
        ("function f(os) return os end\nreturn os", [("f", 1), ("os", 2)]),
        ("do local os end\nreturn os", [("os", 2)]),
        ("return a.os", [("a", 1)]),
    ],
)
def test_it_tells_locals_from_globals(text: str, found: list[tuple[str, int]]) -> None:
    assert syntax.parse(text).globals == found


def test_it_knows_answers_that_are_none() -> None:
    text = "if a then return end\nif b then return nil end\nlocal f = function() return {} end\nreturn {}"
    assert syntax.parse(text).empty_returns == [1, 2, 4]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("return 1 2", 1, "end is expected"),
        ("a = 1\nb = = 2", 2, "a name is expected before '='"),
        ("if a then", 1, "end is expected at the end of the script"),
        ("break", 1, "no loop"),
        ("x", 1, "does nothing"),
        ("f() = 1", 1, "only a variable"),
        ("a = 'x\n'", 1, "is no Lua"),
    ],
)
def test_it_says_where_a_script_is_no_lua(text: str, line: int, why: str) -> None:
    with pytest.raises(syntax.Fault, match=re.escape(why)) as caught:
        syntax.parse(text)
    assert caught.value.line == line
