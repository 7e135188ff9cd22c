"""For people: the findings of a rule together, in colour on a terminal."""

from itertools import groupby

from rich.text import Text

from gitops import printing
from gitops.findings import Report, printable
from gitops.rules import all_rules


def show(report: Report) -> None:
    """Prints a line `path:line: RULE what` for each finding, and below those that are mended alike how."""
    console = printing.console()
    titles = {rule.id: rule.title for rule in all_rules()}
    by_rule = sorted(report.findings, key=lambda finding: finding.rule)
    for rule, found in groupby(by_rule, key=lambda finding: finding.rule):
        console.print(Text.assemble((rule, "bold red"), (f" {titles[rule]}", "bold")))
        for fix, alike in groupby(found, key=lambda finding: finding.fix):
            for finding in alike:
                line = (finding.place, "bold"), ": ", (rule, "red"), f" {printable(finding.message)}"
                console.print(Text.assemble(*line))
            console.print(Text.assemble(("    fix: ", "green"), printable(fix)))
        console.print()
    for note in report.notes:
        console.print(Text.assemble(("note: ", "yellow"), printable(note)))
    count = len(report.findings)
    console.print(Text("sound" if not count else f"{count} finding{'s' * (count > 1)}", "red" if count else "green"))
