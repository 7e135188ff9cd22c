"""The validator: every rule over one reading of the repository."""

import os
from pathlib import Path

from gitops import kustomize, layout, rules, suppressions
from gitops.findings import Report, ordered
from gitops.repository import Repository
from gitops.scope import Scope, Unknown, since

WITHOUT_KUSTOMIZE = (
    "neither kustomize nor kubectl is on PATH: nothing was built, so the rules looked at the sources only; "
    "get kustomize from https://kubectl.docs.kubernetes.io/installation/kustomize/"
)


class CannotRun(Exception):
    """The validation cannot be done at all; the text is one sentence that says why and what to do."""


def required() -> bool:
    """Whether the environment asks for kustomize: GITOPS_REQUIRE_KUSTOMIZE=1."""
    return os.environ.get("GITOPS_REQUIRE_KUSTOMIZE") == "1"


def validate(root: Path, require_kustomize: bool = False, changed_since: str | None = None) -> Report:
    """The findings of every rule in the repository at `root`, or in what a revision has not. Raises CannotRun."""
    if not (root / layout.CLUSTERS).is_dir():
        raise CannotRun(
            f"{root} has no folder {layout.CLUSTERS}: give the top folder of a repository that this tool belongs to"
        )
    builder = kustomize.find()
    if builder is None and require_kustomize:
        raise CannotRun(WITHOUT_KUSTOMIZE)
    try:
        scope = Scope() if changed_since is None else since(root, changed_since)
    except Unknown as error:
        raise CannotRun(str(error)) from error
    repository = Repository(root, builder, scope=scope)
    found = [finding for rule in rules.all_rules() for finding in rule.check(repository) if scope.tells(finding.file)]
    return Report(ordered(suppressions.applied(repository.suppressions, found)), notes(repository))


def notes(repository: Repository) -> list[str]:
    """What could not be looked at in full, and why."""
    found = [] if repository.builder else [WITHOUT_KUSTOMIZE]
    stood_in: dict[str, list[str]] = {}
    for folder, build in repository.builds.items():
        for remote in build.stand_ins:
            stood_in.setdefault(remote, []).append(folder)
        if build.skipped:
            found.append(f"{folder} was not built: {build.skipped}")
    for remote, folders in stood_in.items():
        found.append(f"{remote} was not fetched: what {', '.join(folders)} adds to it was built on a stand-in")
    if unknown := repository.schemas.unknown:
        found.append(f"no schema here of {', '.join(sorted(unknown))}: `make schemas` fetches what is published")
    for cluster in repository.clusters:
        for expansion in cluster.expansions:
            if expansion.reason:
                found.append(f"{expansion.document.file}: {expansion.document} is not expanded: {expansion.reason}")
    return list(dict.fromkeys(found))
