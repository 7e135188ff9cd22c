"""Every component and every app is deployed in at least one environment.

An environment may do without it (no app.yaml there); a folder that none deploys is dead, or something it needs was
forgotten.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OWNER03"


def check(repository: Repository) -> Iterator[Finding]:
    folders = {layout.component(file) for file in repository.files if layout.is_delivered(file)}
    paths = {path for c in repository.clusters for a in c.applications for path in a.paths(c.own_url())}
    deployed = {layout.component(path) for path in paths}
    for folder in sorted(folder for folder in folders - deployed if folder):
        fix = f"add overlays/<environment>/app.yaml, or an Application in {layout.APPS}; or remove the folder"
        yield Finding(ID, folder, None, "nothing deploys this in any environment", fix)
