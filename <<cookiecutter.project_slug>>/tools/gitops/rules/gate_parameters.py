"""Argo CD runs with the parameters that the gate, the generators and the diff rest on.

Progressive syncs tell an ApplicationSet at once of its children's health; the new globbing keeps a `*` within one
folder; the server-side diff belongs to the server-side apply.
"""

from collections.abc import Iterator

from gitops import layout, settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "GATE03"
PARAMETERS = {
    "applicationsetcontroller.enable.progressive.syncs": "waves learn of what they wait for minutes late",
    "applicationsetcontroller.enable.new.git.file.globbing": "a * in a generator's path also matches a slash",
    "controller.diff.server.side": "what left Git stays in the cluster unnoticed",
}


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        found = settings.read(repository, folder, "argocd-cmd-params-cm")
        for key, consequence in PARAMETERS.items():
            if key not in found or found[key].value != "true":
                file = f"{layout.ARGOCD}/base/parameters.env"
                place: tuple[str, int | None] = found[key].place if key in found else (file, None)
                yield Finding(ID, *place, f"{key} is not true: {consequence}", f"write {key}=true in {file}")
