"""Argo CD's Lua sandbox, rebuilt on Lua 5.1: the libraries it opens, its own `os`, its limit of one second.

Argo CD runs gopher-lua, which is Lua 5.1 with `goto`, and opens package, base and table; `require("os")` gives time and
date and nothing else. This is no substitute for gopher-lua itself: there `x = (a or b) and f(x) or c` hands a to f
instead of x. So the argocd command line is asked where there is one.
Ref: util/lua/lua.go and util/lua/oslib_safe.go in Argo CD.
"""

import re
import time
from typing import Any, NamedTuple

try:
    # The only one that knows goto, with its compiler switched off, for it calls no hooks.
    from lupa.luajit21 import LuaRuntime
except ImportError:  # It is not made for every kind of machine.
    from lupa.lua51 import LuaRuntime

# gopher-lua calls a script <string> in its errors.
OPEN = """
local date, time, limit, open = ...
if jit then
  jit.off()
end
local sethook, getinfo, clock = debug.sethook, debug.getinfo, os.clock
local kept = {_G = true, package = true, table = true}
if open then
  for _, name in ipairs({"coroutine", "debug", "io", "math", "os", "string"}) do
    kept[name] = true
  end
end
for name in pairs(package.loaded) do
  if not kept[name] then
    package.loaded[name] = nil
    _G[name] = nil
  end
end
gcinfo, package.searchpath, table.foreach, table.foreachi, table.move, table.setn = nil, nil, nil, nil, nil, nil
if open then
  os.date, os.time = date, time
else
  getmetatable("").__index = nil
end
package.preload.os = function() return {date = date, time = time} end

return function(script, object, parameters)
  obj, actionParams = object, parameters
  local chunk, message = loadstring(script, "=<string>")
  if chunk == nil then
    return false, message, {}
  end
  local lines, stop = {}, clock() + limit
  sethook(function(event, line)
    if getinfo(2, "S").source == "=<string>" then
      if event == "line" then
        lines[line] = true
      end
      if clock() > stop then
        error("context deadline exceeded", 0)
      end
    end
  end, "l", 1000)
  local done, result = pcall(chunk)
  sethook()
  return done, result, lines
end
"""


class NoJson(Exception):
    """A value of Lua that JSON has no form for."""


class Run(NamedTuple):
    """What a script returned, as JSON has it, or the error it ended in; and the lines that were reached on the way."""

    value: Any
    error: str | None
    lines: frozenset[int]


def run(
    script: str,
    obj: dict[str, Any],
    *,
    parameters: dict[str, str] | None = None,
    open_libraries: bool = False,
    limit: float = 1.0,
) -> Run:
    """Run a script on an object in the time zone of this process; `limit` is in seconds."""
    lua = LuaRuntime(unpack_returned_tuples=True, register_eval=False, register_builtins=False)

    def date(form: str = "%c", when: float | None = None) -> Any:
        moment = time.localtime()
        if form.startswith("!"):
            moment, form = time.gmtime(), form.lstrip("!")
        if when is not None:
            # The ! is forgotten here, as Argo CD forgets it. Real Lua does not.
            moment = time.localtime(when)
        if form.startswith("*t"):
            figures = dict(zip(("year", "month", "day", "hour", "min", "sec"), moment, strict=False))
            return lua.table_from({**figures, "isdst": False})
        # Flags that Argo CD does not know stay as they are written; of those it knows these mean the same everywhere.
        return re.sub("%[dFHmMSXyY]", lambda flag: time.strftime(flag[0], moment), form)

    def seconds(figures: Any = None) -> int:
        if figures is None:
            return int(time.time())
        year, month, day = (int(figures[name]) for name in ("year", "month", "day"))
        hour, minute, second = (int(figures[name] or 0) for name in ("hour", "min", "sec"))
        return int(time.mktime((year, month, day, hour, minute, second, 0, 0, -1)))

    prepared = lua.execute(OPEN, date, seconds, limit, open_libraries)
    done, result, lines = prepared(script, _table(lua, obj), _table(lua, parameters or {}))
    reached = frozenset(lines.keys())
    if not done:
        return Run(None, str(result), reached)
    try:
        return Run(_json(lua, result, set()), None, reached)
    except NoJson as error:
        return Run(None, str(error), reached)


def _table(lua: LuaRuntime, value: Any) -> Any:
    if isinstance(value, dict):
        return lua.table_from({key: _table(lua, item) for key, item in value.items()})
    if isinstance(value, list):
        return lua.table_from([_table(lua, item) for item in value if item is not None])
    return value


def _json(lua: LuaRuntime, value: Any, met: set[str]) -> Any:
    """A value of Lua as Argo CD makes JSON of it: an empty table is a list, and keys are all numbers or all strings.

    A table that is met a second time is an error there, whether it contains itself or only stands in two places.
    """
    kind = lua.globals().type(value)
    if kind in ("nil", "boolean", "number", "string"):
        return value
    if kind != "table":
        raise NoJson(f"cannot encode {kind} to JSON")
    if (name := lua.globals().tostring(value)) in met:
        raise NoJson("cannot encode recursively nested tables to JSON")
    met.add(name)
    found = {key: _json(lua, item, met) for key, item in value.items()}
    if all(isinstance(key, str) for key in found) and found:
        return found
    if any(isinstance(key, str) for key in found):
        raise NoJson("cannot encode mixed or invalid key types")
    if sorted(found) != list(range(1, len(found) + 1)):
        raise NoJson("cannot encode sparse array")
    return [found[key] for key in sorted(found)]
