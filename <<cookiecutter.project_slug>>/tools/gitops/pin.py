"""Plans the pin of a cluster: the one line of cluster.yaml that says at which revision everything but the root is."""

import difflib
import re
from pathlib import Path

from gitops import edits, git, layout
from gitops.answers import Problem
from gitops.changes import Changes, read
from gitops.cli import Wrong
from gitops.clusters import Cluster
from gitops.repository import Repository

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def plan(root: Path, name: str, revision: str) -> tuple[Changes, list[str]]:
    """The change that brings cluster `name` to `revision`, and what to know about it. Raises Wrong.

    A branch or a tag is written by its name; anything else that Git knows as the whole commit.
    """
    repository = Repository(root)
    cluster = next((cluster for cluster in repository.clusters if cluster.name == name), None)
    if cluster is None or cluster.facts is None:
        names = [cluster.name for cluster in repository.clusters]
        near = difflib.get_close_matches(name, names, n=1)
        said = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
        raise Wrong([Problem("cluster", name, f"is no cluster: {said}")])
    written = _resolved(cluster, revision)
    return change(cluster, written), about(cluster, written)


def change(cluster: Cluster, revision: str) -> Changes:
    """The change of the one line."""
    file = f"{cluster.folder}/cluster.yaml"
    with edits.of(file):
        return {file: edits.set_scalar(read(cluster.repository.root, file), ("data", "revision"), revision)}


def _resolved(cluster: Cluster, revision: str) -> str:
    """How `revision` is written into cluster.yaml. Raises Wrong where it is nothing that Git knows, or could know."""
    root = cluster.repository.root
    if not _has_history(root):
        if not re.fullmatch(r"[\w./+][\w./+-]*", revision):
            raise Wrong([Problem("revision", revision, "must be a branch, a tag or a whole commit")])
        return revision
    names = (f"refs/tags/{revision}", f"refs/remotes/origin/{revision}") if revision != "HEAD" else ()
    if revision == cluster.branch or any(commit(root, name) for name in names):
        return revision
    if found := commit(root, revision):
        return found
    if COMMIT.fullmatch(revision):
        return revision
    raise Wrong(
        [Problem("revision", revision, "is no branch, tag or commit here: git fetch --tags, or write it whole")]
    )


def commit(root: Path, revision: str) -> str | None:
    """The commit that `revision` stands for; None where Git does not know it, or there is no Git."""
    # Nothing that begins with a dash is a revision: it would be an option.
    found = git.ask(root, "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}") if revision[:1] != "-" else None
    return found.strip() if found else None


def about(cluster: Cluster, revision: str) -> list[str]:
    """What to know before `cluster` is at `revision`: whether Argo CD will find it, and in it what it looks for."""
    root = cluster.repository.root
    if revision == cluster.branch:
        return [f"{cluster.name} follows {revision} now: every commit arrives at once, in no order"]
    if not _has_history(root):
        return [f"warning: nobody has looked whether {revision} exists: the whole history is not here"]
    found = published(root, revision)
    if found is None:
        return [f"warning: {revision} is not here, so it may not exist: git fetch --tags"]
    notes = []
    if not git.ask(root, "branch", "--remotes", "--contains", found):
        notes.append(
            f"warning: {revision} has not been pushed, as far as is known here: Argo CD does not find it before"
        )
    paths = sorted({path for a in cluster.applications if not a.generated for path in a.paths(cluster.own_url())})
    overlays = [path for path in paths if layout.overlay(path)]
    there = (git.ask(root, "ls-tree", "-d", "--name-only", found, *overlays) or "").splitlines()
    if missing := [path for path in overlays if path not in there]:
        notes.append(f"warning: {revision} has no {', '.join(missing)}: what needs it there fails until the pin moves")
    return notes


def published(root: Path, revision: str) -> str | None:
    """The commit of `revision` as others see it: for a branch, that of the remote, as last fetched."""
    return commit(root, f"refs/remotes/origin/{revision}") or commit(root, revision)


def _has_history(root: Path) -> bool:
    """Whether Git has every commit, so that one it does not know is none."""
    return (git.ask(root, "rev-parse", "--is-shallow-repository") or "").strip() == "false"
