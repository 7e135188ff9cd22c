"""What actions.yaml gives to argocd-cm is what the scripts in actions/ say.

argocd-cm takes all actions of a kind as one text, and the tests run the scripts. Where the two differ, what was tested
is not what runs.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.documents import Document, dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ACTION01"
SCRIPT = re.compile(rf"({re.escape(layout.LUA)}/[^/]+/[^/]+)/actions/(discovery|[^/]+/action)\.lua")


def check(repository: Repository) -> Iterator[Finding]:
    scripts: dict[str, dict[str, str]] = {}
    for file in repository.files:
        if match := SCRIPT.fullmatch(file):
            scripts.setdefault(match[1], {})[f"{match[2]}.lua"] = repository.text(file)
    for folder, written in scripts.items():
        document = repository.first(f"{folder}/actions.yaml")
        if document is None:
            fix = "write it beside them, with discovery.lua and definitions, and name it in lua/kustomization.yaml"
            yield Finding(ID, f"{folder}/actions", None, "no actions.yaml gives these scripts to argocd-cm", fix)
            continue
        stated = _stated(document)
        for name in sorted(written.keys() | stated.keys()):
            if written.get(name) != stated.get(name):
                message = f"what is here is not what actions/{name} says"
                yield Finding(ID, *document.at(), message, "copy the one that is right into the other")


def _stated(document: Document) -> dict[str, str]:
    """The scripts in an actions.yaml, by their path in actions/."""
    actions = {
        f"{dig(item, 'name')}/action.lua": str(dig(item, "action.lua")) for item in items(document.get("definitions"))
    }
    return {"discovery.lua": str(document.get("discovery.lua")), **actions}
