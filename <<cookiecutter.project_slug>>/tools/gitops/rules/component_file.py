"""Every component has a component.yaml that says what it provides and needs.

The order of the waves is checked against it (WAVE04): what is not stated there is waited for by nobody.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE05"
FIELDS = {"title": str, "documentation": str, "provides": list, "needs": list}


def check(repository: Repository) -> Iterator[Finding]:
    for folder in repository.component_folders:
        if folder.startswith(f"{layout.MY_APPS}/"):
            continue
        file = f"{folder}/component.yaml"
        document = repository.first(file)
        if document is None or not isinstance(document.data, dict):
            fix = "add it, with title, documentation, provides: [] and needs: []"
            yield Finding(ID, file, None, "there is no component.yaml: nobody can tell when this may start", fix)
            continue
        for field, kind in FIELDS.items():
            if not isinstance(document.get(field), kind):
                what = "a list" if kind is list else "a string"
                yield Finding(
                    ID, *document.at(field), f"{field} is missing or is not {what}", f"write {field} as {what}"
                )
