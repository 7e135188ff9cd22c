"""For programs: findings and notes as they are."""

from dataclasses import asdict

from gitops import printing
from gitops.findings import Report


def show(report: Report) -> None:
    printing.as_json(asdict(report))
