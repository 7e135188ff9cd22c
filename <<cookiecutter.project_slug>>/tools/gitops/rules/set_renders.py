"""Every ApplicationSet can be generated: its templates run over what its generators give.

One set of parameters that a template fails on stops the whole set: nothing new of it arrives, and nothing that changed.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "SET04"


def check(repository: Repository) -> Iterator[Finding]:
    for expansion in (each for cluster in repository.clusters for each in cluster.expansions):
        for failure in expansion.failures:
            if repository.faults.get(failure.file):
                continue  # That it is no YAML has a finding of its own.
            file, line = expansion.document.at("spec", "generators")
            message = f"{expansion.document} cannot be generated: {failure.message}"
            fix = "write what the template asks for, or let the template do without"
            yield Finding(ID, failure.file or file, None if failure.file else line, message, fix)
