"""Every file can be read where Argo CD reads it.

One link that leads out of the repository, and Argo CD's repo-server refuses to render anything from it. A file that the
validator cannot read, or that is too large to be written by hand, hides its content from every other rule, and a name
with a line break or another character that cannot be shown is not told correctly by any program.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "FILE01"
FIXES = {
    "access": "make it readable: chmod -R u+rwX,go+rX",
    "link": "replace it by what it should lead to, or remove it",
    "name": "rename it: letters, digits, -, _ and .",
    "size": "split it, or let a chart or a remote resource bring it",
}


def check(repository: Repository) -> Iterator[Finding]:
    for file, faults in repository.faults.items():
        for fault in faults:
            if fault.kind in FIXES:
                yield Finding(ID, file, fault.line, f"this {fault.problem}", FIXES[fault.kind])
