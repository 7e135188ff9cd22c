"""What the validator says: findings, which are faults, and notes, which are not."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
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
        return printable(f"{self.file}:{self.line}" if self.line else self.file)

    def __str__(self) -> str:
        return f"{self.place}: {self.rule} {printable(self.message)}\n    fix: {printable(self.fix)}"


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


def printable(text: str) -> str:
    """`text` in one line in which every character shows: what a file says cannot pass for a line of the validator's."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with what names it, and no other, as long as it is there, wherever its line moves."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        key = finding.rule, finding.file, finding.message
        seen[key] += 1
        yield finding, hashlib.sha256("\0".join((*key, str(seen[key]))).encode(errors="replace")).hexdigest()[:32]
