"""Every path through a script returns something.

A health check that returns nothing, nil or {} gives an empty status: that is no health to Argo CD, and a wave takes
it for healthy or waits for ever, depending on the version. An action that returns nothing is an error.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.lua import overrides
from gitops.repository import Repository

ID = "LUA03"


def check(repository: Repository) -> Iterator[Finding]:
    for script in overrides.read(repository):
        if (chunk := script.chunk) is None:
            continue
        if chunk.falls_off is not None:
            message = f"{script.what} can end without a return"
            yield Finding(ID, *script.at(chunk.falls_off), message, f"end it with {_default(script.is_health)}")
        for line in chunk.empty_returns if script.is_health else ():
            message = f"{script.what} returns no status here"
            yield Finding(ID, *script.at(line), message, f"write {_default(True)}")


def _default(is_health: bool) -> str:
    return 'return {status = "Progressing", message = "…"}' if is_health else "return obj"
