"""A script uses only what Argo CD's sandbox has.

`string`, `math`, `io` and the methods of strings are closed there, and `os` has to be asked for: local os =
require("os"). A script that uses them ends in an error, and the object it is about has no health.
resource.customizations.useOpenLibs opens them to the health check of one kind; actions never have them.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.lua import overrides
from gitops.repository import Repository

ID = "LUA01"
LIBRARIES = {"coroutine", "debug", "io", "math", "os", "string"}
METHODS = {"byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper"}


def check(repository: Repository) -> Iterator[Finding]:
    for script in overrides.read(repository):
        if script.open_libraries or (chunk := script.chunk) is None:
            continue
        closed = [(name, line) for name, line in chunk.globals if name in LIBRARIES]
        closed += [(f":{name}()", line) for name, line in chunk.methods if name in METHODS]
        for name, line in closed:
            message = f"{script.what} uses {name}, which Argo CD's sandbox does not have"
            yield Finding(ID, *script.at(line), message, _fix(name, script.is_health))


def _fix(name: str, is_health: bool) -> str:
    if name == "os":
        return 'write local os = require("os") first: it has date and time'
    opened = ", or open the libraries with useOpenLibs" if is_health else ""
    return f"do without (`..` joins strings, == and < compare them){opened}"
