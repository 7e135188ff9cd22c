"""No commit empties my-apps in an environment.

There, removing a folder removes the app and all it runs. A commit that removes every app of an environment is far more
often a mistake than a plan.
"""

from collections.abc import Iterator

from gitops import git
from gitops.findings import Finding
from gitops.patterns import glob
from gitops.repository import Repository

ID = "DELETE02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for expansion in cluster.expansions:
            deletes = expansion.document.get("spec", "syncPolicy", "preserveResourcesOnDeletion") is not True
            pattern = expansion.document.get("spec", "generators", 0, "git", "files", 0, "path")
            if not deletes or expansion.files or expansion.reason:
                continue
            place = expansion.document.at("spec", "generators", 0, "git", "files", 0, "path")
            # HEAD's parent too: in CI the removal is committed already, and the first one is what it is merged into.
            for revision in ("HEAD", "HEAD^"):
                tree = git.ask(repository.root, "ls-tree", "-r", "-z", "--name-only", revision) or ""
                if before := [file for file in tree.split("\0") if glob(pattern)(file)]:
                    message = f"{revision} has {len(before)} app.yaml for {cluster.environment}, and now there is none"
                    fix = (
                        f"put them back (git checkout {revision} -- {before[0]} …); all that they run would be deleted"
                    )
                    yield Finding(ID, *place, message, fix)
                    break
