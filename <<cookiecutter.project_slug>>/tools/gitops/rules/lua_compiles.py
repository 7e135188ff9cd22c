"""A script is Lua 5.1, as Argo CD's engine reads it.

One that is not ends in an error each time: the object it is about has no health, and a wave that waits for it
waits in vain.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.lua import overrides, syntax
from gitops.repository import Repository

ID = "LUA02"


def check(repository: Repository) -> Iterator[Finding]:
    for script in overrides.read(repository):
        try:
            syntax.parse(script.text)
        except syntax.Fault as fault:
            message = f"{script.what} is no Lua: {fault}"
            yield Finding(ID, *script.at(fault.line), message, "mend it there or shortly before")
