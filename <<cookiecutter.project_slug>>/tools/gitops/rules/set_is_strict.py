"""Every ApplicationSet uses Go templates and fails on a key that is missing.

The old templates leave what they do not know in the text, and without missingkey=error a Go template writes `<no
value>`: an Application of that name, in a namespace of that name.
"""

from collections.abc import Iterator

from gitops.documents import items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SET01"
BAD = """\
kind: ApplicationSet
spec:
  goTemplate: true
"""
GOOD = """\
kind: ApplicationSet
spec:
  goTemplate: true
  goTemplateOptions:
    - missingkey=error
"""


def check(repository: Repository) -> Iterator[Finding]:
    for document in (d for cluster in repository.clusters for d in cluster.of_kind("ApplicationSet")):
        if document.get("spec", "goTemplate") is not True:
            message = f"{document} does not use Go templates"
            yield Finding(ID, *document.at("spec", "goTemplate"), message, "write goTemplate: true")
        if "missingkey=error" not in items(document.get("spec", "goTemplateOptions")):
            message = f"{document} does not fail on a missing key"
            yield Finding(
                ID, *document.at("spec", "goTemplateOptions"), message, "write goTemplateOptions: [missingkey=error]"
            )
