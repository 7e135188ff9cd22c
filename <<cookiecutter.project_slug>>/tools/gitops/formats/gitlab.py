"""GitLab's report of code quality, which a job keeps as `artifacts:reports:codequality`.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from gitops import printing
from gitops.cli import say_notes
from gitops.findings import Report, fingerprints


def show(report: Report) -> None:
    """Prints the findings; notes have no place in there and go to stderr."""
    printing.as_json(
        [
            {
                "description": f"{finding.message}; {finding.fix}",
                "check_name": finding.rule,
                "fingerprint": fingerprint,
                "severity": "major",
                "location": {"path": finding.file, "lines": {"begin": finding.line or 1}},
            }
            for finding, fingerprint in fingerprints(report.findings)
        ]
    )
    say_notes(report.notes)
