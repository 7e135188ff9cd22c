"""In a templatePatch every value that comes from a file goes through toJson.

The patch is text that becomes YAML. A value with a line break in it could otherwise add fields of its own: another
project, another destination.
"""

import re
from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "SET03"
BAD = """\
templatePatch: |
  spec:
    destination:
      namespace: {{ .namespace }}
"""
GOOD = """\
templatePatch: |
  spec:
    destination:
      namespace: {{ .namespace | toJson }}
"""
ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
CONTROL = re.compile(r"(if|else|end|range|with|define|template|block|break|continue)\b|/\*|\$\w+\s*:?=")
NOT_FROM_A_FILE = re.compile(r"\.path\.\w+|index \.path\.segments \d+|\.values\.\w+")


def check(repository: Repository) -> Iterator[Finding]:
    for document in (d for cluster in repository.clusters for d in cluster.of_kind("ApplicationSet")):
        patch = document.get("spec", "templatePatch")
        for action in ACTION.findall(patch if isinstance(patch, str) else ""):
            if not CONTROL.match(action) and not NOT_FROM_A_FILE.fullmatch(action) and not action.endswith("toJson"):
                message = f"the templatePatch of {document} writes {action} as it comes"
                yield Finding(ID, *document.at("spec", "templatePatch"), message, f"write {{{{ {action} | toJson }}}}")
