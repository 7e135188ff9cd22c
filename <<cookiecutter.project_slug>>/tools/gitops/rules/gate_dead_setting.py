"""argocd-cm has no setting that only looks like one.

`resource.server-side-diff` is read by nobody, and a parameter of the workloads belongs in argocd-cmd-params-cm: in
argocd-cm nothing happens.
"""

from collections.abc import Iterator

from gitops import layout, settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "GATE05"
PARAMETERS = ("controller.", "applicationsetcontroller.", "reposerver.", "server.insecure", "server.rootpath")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        for key, setting in settings.read(repository, folder, "argocd-cm").items():
            if key == "resource.server-side-diff" or key.startswith(PARAMETERS):
                key = "controller.diff.server.side" if key == "resource.server-side-diff" else key
                fix = f"remove it, and set {key} in {layout.ARGOCD}/base/parameters.env"
                yield Finding(ID, *setting.place, "nothing reads this line of argocd-cm", fix)
