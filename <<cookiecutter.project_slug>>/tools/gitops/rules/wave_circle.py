"""Components do not wait for each other in a circle.

A webhook whose certificate comes from an issuer that the webhook has to admit, an operator that stores its state on
the volumes it provides: whatever the waves, none of them can be first.
"""

from collections.abc import Iterator
from itertools import pairwise

from gitops import needs
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WAVE06"


def check(repository: Repository) -> Iterator[Finding]:
    documents = needs.documents(repository)
    components = {folder: needs.component(document.data) for folder, document in documents.items()}
    for circle in needs.circles(components):
        links = [
            (one, next(need for need in components[one].needs if need in components[other].provides), other)
            for one, other in pairwise(circle)
        ]
        folder, need, _ = links[0]
        document = documents[folder]
        yield Finding(
            ID,
            *document.at("needs", components[folder].needs.index(need)),
            "; ".join(f"{_name(one)} needs {need} of {_name(other)}" for one, need, other in links),
            "take out the need that is none: what starts without the other and catches up later does not need it",
        )


def _name(folder: str) -> str:
    return folder.rpartition("/")[2]
