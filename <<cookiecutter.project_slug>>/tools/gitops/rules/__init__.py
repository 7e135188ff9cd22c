"""The rules. A module here is a rule: put there, it is run and documented.

It has an `ID`; a docstring whose first line says what must be so and whose rest says why; and
`check(repository) -> Iterator[Finding]`. It may have `BAD` and `GOOD`, YAML that shows what is meant.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from gitops.findings import Finding
from gitops.repository import Repository


@dataclass(frozen=True)
class Rule:
    id: str
    title: str
    reason: str
    bad: str
    good: str
    check: Callable[[Repository], Iterable[Finding]]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the IDs."""
    found = []
    for name in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        title, _, reason = (module.__doc__ or "").partition("\n")
        examples = getattr(module, "BAD", ""), getattr(module, "GOOD", "")
        found.append(Rule(module.ID, title.strip(), reason.strip(), *examples, module.check))
    return tuple(sorted(found, key=lambda rule: rule.id))
