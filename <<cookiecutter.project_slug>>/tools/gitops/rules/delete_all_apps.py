"""No commit empties my-apps in an environment.

There, removing a folder removes the app and all it runs. A commit that removes every app of an environment is far more
often a mistake than a plan.
"""

from collections.abc import Iterator

from gitops import git
from gitops.applicationsets import glob
from gitops.findings import Finding
from gitops.repository import Repository

ID = "DELETE02"


def check(repository: Repository) -> Iterator[Finding]:
    committed = git.ask(repository.root, "ls-tree", "-r", "-z", "--name-only", "HEAD")
    for cluster in repository.clusters if committed else []:
        for expansion in cluster.expansions:
            deletes = expansion.document.get("spec", "syncPolicy", "preserveResourcesOnDeletion") is not True
            pattern = expansion.document.get("spec", "generators", 0, "git", "files", 0, "path")
            if not deletes or expansion.files or expansion.reason:
                continue
            before = [file for file in (committed or "").split("\0") if glob(pattern)(file)]
            if before:
                message = (
                    f"the last commit has {len(before)} app.yaml for {cluster.environment}, and now there "
                    "is none: all would be deleted"
                )
                fix = f"put them back (git checkout HEAD -- {before[0]} …), or remove them in several commits"
                yield Finding(
                    ID, *expansion.document.at("spec", "generators", 0, "git", "files", 0, "path"), message, fix
                )
