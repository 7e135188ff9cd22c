"""Annotations of GitHub: workflow commands, which its runner turns into remarks beside the lines of a change.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import click

from gitops.findings import Report, printable

LINE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = LINE | str.maketrans({":": "%3A", ",": "%2C"})


def show(report: Report) -> None:
    """Prints a command for each finding; the log shows only its text, so the place stands in there too."""
    for finding in report.findings:
        where = {"file": printable(finding.file), "line": str(finding.line or 1), "title": finding.rule}
        properties = ",".join(f"{name}={value.translate(PROPERTY)}" for name, value in where.items())
        click.echo(f"::error {properties}::{str(finding).translate(LINE)}")
    for note in report.notes:
        click.echo(f"::notice::{printable(note).translate(LINE)}")
