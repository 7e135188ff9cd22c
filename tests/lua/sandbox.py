"""Argo CD's Lua sandbox, rebuilt on real Lua 5.1: the libraries it opens, its own `os`, its limit of one second.

Argo CD runs gopher-lua and opens package, base and table; `require("os")` gives time and date and nothing else.
This is no substitute for gopher-lua itself: there `x = (a or b) and f(x) or c` hands a to f instead of x. So argocd is
asked, too.
Ref: util/lua/lua.go and util/lua/oslib_safe.go in Argo CD.
"""

import re
import time
from typing import Any, NamedTuple

from lupa.lua51 import LuaError, LuaRuntime

HEALTH = {"Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"}

CLOSE = """
local date, time, limit = ...
local sethook, getinfo, clock = debug.sethook, debug.getinfo, os.clock
getmetatable("").__index = nil
for name in pairs(package.loaded) do
  if name ~= "_G" and name ~= "package" and name ~= "table" then
    package.loaded[name] = nil
    _G[name] = nil
  end
end
package.preload.os = function() return {date = date, time = time} end

return function(script, object)
  obj = object
  local chunk, message = loadstring(script, "=health.lua")
  if chunk == nil then
    error(message, 0)
  end
  local lines, stop = {}, clock() + limit
  sethook(function(event, line)
    if event == "line" and getinfo(2, "S").source == "=health.lua" then
      lines[line] = true
    end
    if clock() > stop then
      error("context deadline exceeded", 0)
    end
  end, "l", 1000)
  local done, result = pcall(chunk)
  sethook()
  if not done then
    error(result, 0)
  end
  return result, lines
end
"""


class Verdict(NamedTuple):
    """What a health script answered."""

    status: str
    message: str


class Run(NamedTuple):
    """A verdict, and the numbers of the script's lines that led to it."""

    verdict: Verdict
    lines: frozenset[int]


def run(script: str, obj: dict[str, Any], limit: float = 1.0) -> Run:
    """Run a health script on an object in the time zone of this process; `limit` is in seconds.

    Raises LuaError where Argo CD would report an error.
    """
    result, lines = returned(script, obj, limit)
    if not isinstance(result, dict):
        raise LuaError("expect table output from Lua script")
    status = result.get("status") if result.get("status") in HEALTH else "Unknown"
    return Run(Verdict(str(status), result.get("message") or ""), lines)


def returned(script: str, obj: dict[str, Any], limit: float = 1.0) -> tuple[Any, frozenset[int]]:
    """What any script makes of an object, and the numbers of the lines that it went through. Raises LuaError."""
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
        return re.sub("%[dFHmMSyY]", lambda flag: time.strftime(flag[0], moment), form)

    def seconds(figures: Any = None) -> int:
        if figures is None:
            return int(time.time())
        year, month, day = (int(figures[name]) for name in ("year", "month", "day"))
        hour, minute, second = (int(figures[name] or 0) for name in ("hour", "min", "sec"))
        return int(time.mktime((year, month, day, hour, minute, second, 0, 0, -1)))

    result, lines = lua.execute(CLOSE, date, seconds, limit)(script, _table(lua, obj))
    return _python(lua, result), frozenset(lines.keys())


def _python(lua: LuaRuntime, value: Any) -> Any:
    """The other way round; a table whose keys are 1, 2 … is a list."""
    if lua.globals().type(value) != "table":
        return value
    items = {key: _python(lua, item) for key, item in value.items()}
    return list(items.values()) if items and set(items) == set(range(1, len(items) + 1)) else items


def _table(lua: LuaRuntime, value: Any) -> Any:
    if isinstance(value, dict):
        return lua.table_from({key: _table(lua, item) for key, item in value.items()})
    if isinstance(value, list):
        return lua.table_from([_table(lua, item) for item in value])
    return value
