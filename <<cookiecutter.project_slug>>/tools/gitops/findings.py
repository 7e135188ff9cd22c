"""What the validator says: findings, which are faults, and notes, which are not."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One fault: the rule it breaks, where, what, and how to mend it. `file` is a path from the root."""

    rule: str
    file: str
    line: int | None
    message: str
    fix: str

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.place}: {self.rule} {self.message}\n    fix: {self.fix}"


@dataclass
class Report:
    """The result of a validation; the repository is sound when there is no finding."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), *(f"note: {note}" for note in self.notes)])


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, in the order of the files; what several clusters share is found once for each of them."""
    return sorted(set(findings), key=lambda f: (f.file, f.line or 0, f.rule, f.message, f.fix))
