"""Every app.yaml is found by an ApplicationSet.

app.yaml deploys what lies beside it, if it is where a set looks: <area>/…/overlays/<environment>/app.yaml. Anywhere
else, or called otherwise, it does nothing.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OWNER01"
MEANT = re.compile(r"apps?\.ya?ml", re.IGNORECASE)


def check(repository: Repository) -> Iterator[Finding]:
    # What a set that is not expanded would find nobody knows.
    expanded = (c for c in repository.clusters if not any(expansion.reason for expansion in c.expansions))
    used = {cluster.environment for cluster in expanded}
    found = {file for c in repository.clusters for expansion in c.expansions for file in expansion.files}
    for file in repository.files:
        folder, _, name = file.rpartition("/")
        if not layout.is_delivered(file) or "/overlays/" not in file or file in found:
            continue
        environment = file.partition("/overlays/")[2].split("/")[0]
        meant = MEANT.fullmatch(name) and f"{folder}/app.yaml" not in found and layout.overlay(folder)
        if (name == "app.yaml" or meant) and environment in used:
            message = f"no ApplicationSet finds {name} here, so it deploys nothing"
            fix = (
                "move it to <area>/<component>/overlays/<environment>/app.yaml "
                "(my-apps/<team>/<app>/overlays/<environment>/app.yaml)"
            )
            yield Finding(ID, file, None, message, fix)
