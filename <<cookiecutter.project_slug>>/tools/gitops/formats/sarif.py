"""SARIF 2.1.0, which GitHub's code scanning and many editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from typing import Any
from urllib.parse import quote

from gitops import printing, rules_page
from gitops.findings import Finding, Report, fingerprints
from gitops.rules import Rule, all_rules

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def show(report: Report) -> None:
    driver = {"name": "gitops", "rules": [_rule(rule) for rule in all_rules()]}
    notes = [{"level": "note", "message": {"text": note}} for note in report.notes]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_result(finding, fingerprint) for finding, fingerprint in fingerprints(report.findings)],
    }
    printing.as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": rule.reason, "markdown": rules_page.section(rule)},
    }


def _result(finding: Finding, fingerprint: str) -> dict[str, Any]:
    # %SRCROOT% is where the repository is checked out; a file that is wrong as a whole is shown at its first line.
    artifact = {"uri": quote(finding.file, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    place = {"artifactLocation": artifact, "region": {"startLine": finding.line or 1}}
    return {
        "ruleId": finding.rule,
        "level": "error",
        "message": {"text": f"{finding.message}\nfix: {finding.fix}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"gitops/v1": fingerprint},
    }
