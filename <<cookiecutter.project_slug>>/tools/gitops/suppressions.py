"""Remarks in YAML files that let findings pass: `# gitops: ignore RULE reason`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gitops.findings import Finding

ID = "SUPPRESS01"
_REMARK = re.compile(r"(?:^|\s)#\s*gitops:\s*ignore\b[ \t]*(?P<rule>\S*)[ \t]*(?P<reason>.*)")


@dataclass(frozen=True)
class Suppression:
    """What a remark on `line` of `file` says; it is about the line `covered`, or where that is None the whole file."""

    rule: str
    reason: str
    file: str
    line: int
    covered: int | None

    def covers(self, finding: Finding) -> bool:
        return (
            bool(self.reason)
            and (self.rule, self.file) == (finding.rule, finding.file)
            and self.covered in (None, finding.line)
        )


def read(file: str, text: str) -> Iterator[Suppression]:
    """The suppressions in the text of a YAML file.

    Above everything else in the file it is about the file, behind something about that line, and in a line of its own
    about the next that is no remark.
    """
    if "gitops:" not in text:
        return
    lines = [line.strip() for line in text.splitlines()]
    content = [number for number, line in enumerate(lines, 1) if line and not line.startswith("#") and line != "---"]
    for number, line in enumerate(lines, 1):
        if match := _REMARK.search(line):
            covered = next((each for each in content if each >= number), None) if content[:1] <= [number] else None
            yield Suppression(match["rule"], match["reason"], file, number, covered)


def applied(suppressions: Iterable[Suppression], findings: list[Finding]) -> list[Finding]:
    """`findings` without those that are suppressed, and with one for each suppression that suppresses nothing."""
    covering = {s: {f for f in findings if s.covers(f)} for s in suppressions if s.reason}
    suppressed = set().union(*covering.values())
    unused = (
        Finding(ID, s.file, s.line, f"nothing here breaks {s.rule}: this suppresses nothing", "remove the remark")
        for s, found in covering.items()
        if not found
    )
    return [*(finding for finding in findings if finding not in suppressed), *unused]
