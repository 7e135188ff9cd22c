"""Every YAML file can be read.

A file that cannot be read stops Argo CD from rendering everything that names it, and hides the rest of its content from
every other rule. Text must be UTF-8.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.merge import conflicts
from gitops.repository import Repository

ID = "YAML01"


def check(repository: Repository) -> Iterator[Finding]:
    for file, faults in repository.faults.items():
        for fault in faults:
            if fault.kind == "syntax" and (marks := conflicts(repository.text(file).encode())):
                message = "Git's marks of a conflict begin here"
                yield Finding(ID, file, marks[0], message, "write what shall be there, and remove the marks")
                break
            if fault.kind == "syntax":
                yield Finding(
                    ID, file, fault.line, f"this is no YAML: {fault.problem}", "mend the syntax on or above this line"
                )
            elif fault.kind == "encoding":
                yield Finding(ID, file, fault.line, f"this file {fault.problem}", "save it as UTF-8")
