"""No mapping has a key twice.

Programs differ in which of the two they take, and kustomize takes neither: it fails.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "YAML02"
BAD = """\
replicas: 2
image: shop
replicas: 3
"""
GOOD = """\
replicas: 3
image: shop
"""


def check(repository: Repository) -> Iterator[Finding]:
    for file, faults in repository.faults.items():
        for fault in faults:
            if fault.kind == "duplicate":
                yield Finding(ID, file, fault.line, fault.problem, "keep one of the two and remove the other")
