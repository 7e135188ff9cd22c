"""A suppression names a rule, gives a reason, and suppresses something.

`# gitops: ignore RULE reason` lets a finding pass: at the end of its line, on a line above it, or for a whole file in
the first lines of that. Whoever reads it next has to know why it is there, and one that suppresses nothing any more
would hide the next fault in that place.
"""

from collections.abc import Iterator

from gitops import rules, suppressions
from gitops.findings import Finding
from gitops.repository import Repository

ID = suppressions.ID
BAD = """\
image:
  tag: latest  # gitops: ignore IMAGE01
"""
GOOD = """\
image:
  tag: latest  # gitops: ignore IMAGE01 a sandbox that is rebuilt every night
"""


def check(repository: Repository) -> Iterator[Finding]:
    known = {rule.id for rule in rules.all_rules()}
    for remark in repository.suppressions:
        if remark.rule not in known:
            fix = "name a rule as a finding does: # gitops: ignore RULE reason"
            yield Finding(ID, remark.file, remark.line, f"there is no rule {remark.rule or 'named'}", fix)
        elif not remark.reason:
            fix = f"say why: # gitops: ignore {remark.rule} reason"
            yield Finding(ID, remark.file, remark.line, "this suppression gives no reason, so it is not one", fix)
