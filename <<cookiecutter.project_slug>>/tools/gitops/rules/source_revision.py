"""What comes from this repository comes at the revision of the cluster, and that revision exists.

cluster.yaml states the revision once. A source with another one does not move when the cluster is pinned. The root
follows a branch by name: HEAD changes its meaning with the default branch.
"""

from collections.abc import Iterator

from gitops import git
from gitops.documents import dig
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SOURCE03"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        if cluster.root is None or cluster.facts is None:
            continue
        revision, branch = cluster.fact("revision"), cluster.root.get("spec", "source", "targetRevision")
        if branch in (None, "", "HEAD"):
            message = "the root follows whatever the default branch is"
            yield Finding(
                ID,
                *cluster.root.at("spec", "source", "targetRevision"),
                message,
                "name the branch: targetRevision: main",
            )
        if not revision:
            continue  # That has a finding of its own.
        for application in cluster.applications:
            for index, source in enumerate(application.sources):
                if (
                    application.parent is cluster.root
                    or application.generated
                    or dig(source, "repoURL") != cluster.own_url()
                ):
                    continue
                if dig(source, "targetRevision") != revision:
                    step = ("sources", index) if dig(application.spec, "sources") else ("source",)
                    message = (
                        f"{application.name} comes at {dig(source, 'targetRevision')}, and cluster "
                        f"{cluster.name} is at {revision}"
                    )
                    yield Finding(
                        ID, *application.at(*step, "targetRevision"), message, "write targetRevision: REVISION"
                    )
        for document in cluster.of_kind("ApplicationSet"):
            if (found := document.get("spec", "generators", 0, "git", "revision")) not in (revision, None):
                message = f"{document} reads app.yaml at {found}, and cluster {cluster.name} is at {revision}"
                yield Finding(
                    ID, *document.at("spec", "generators", 0, "git", "revision"), message, "write revision: REVISION"
                )
        if revision != branch and _is_unknown(repository, revision):
            message = f"cluster {cluster.name} is pinned to {revision}, which is no commit or tag of this repository"
            fix = "name a tag or a whole commit that has been pushed"
            yield Finding(ID, *cluster.facts.at("data", "revision"), message, fix)


def _is_unknown(repository: Repository, revision: str) -> bool:
    """Whether Git, which has the whole history, does not know the revision."""
    whole = git.ask(repository.root, "rev-parse", "--is-shallow-repository")
    if whole is None or whole.strip() != "false":
        return False
    names = (revision, f"refs/remotes/origin/{revision}")
    return all(
        git.ask(repository.root, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}") is None for name in names
    )
