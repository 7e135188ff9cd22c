"""Plans a promotion: what one environment runs, for another one."""

import difflib
import posixpath
from collections.abc import Sequence
from pathlib import Path

import yaml

from gitops import documents, edits, git, layout, manifests, pin
from gitops.add_environment import known_order
from gitops.answers import Problem
from gitops.changes import Changes, read
from gitops.cli import Refused, Wrong
from gitops.clusters import Cluster
from gitops.kustomizations import FILES
from gitops.repository import Repository

# What says which image it is, beside its name.
IMAGE = ("newTag", "digest")


def plan(
    root: Path, source: str, target: str, what: Sequence[str] = (), backwards: bool = False
) -> tuple[Changes, list[str]]:
    """The changes that bring what `source` runs to `target`, and what to know about them. Raises Wrong and Refused.

    A cluster of `target` that is pinned gets the revision of `source`. Where one is continuous, the overlays of
    `target` get the versions of `source`; `what` limits that to components and apps, by name.
    """
    repository = Repository(root)
    _check(repository, source, target, what, backwards)
    runs, is_pinned = _runs(repository, source)
    pinned = [cluster for cluster in _of(repository, target) if cluster.is_pinned]
    if what and len(pinned) == len(_of(repository, target)):
        raise Refused(f"{target} is pinned, and a pin moves everything: leave out {' '.join(what)}")
    changes: Changes = {}
    order = known_order(repository)
    skipped = order[order.index(source) + 1 : order.index(target)]
    notes = [f"{', '.join(skipped)} in between: nobody has looked what runs there"] if skipped else []
    # Asked for only where it is needed: the versions in the tree can be promoted without Git.
    revision = _known(repository, source, runs, is_pinned) if is_pinned or pinned else ""
    for cluster in [] if what else pinned:
        if cluster.fact("revision") != revision:
            changes |= pin.change(cluster, revision)
            notes += pin.about(cluster, revision)
    if len(pinned) < len(_of(repository, target)):
        versions = _Versions(repository, source, target, revision if is_pinned else None)
        for folder in repository.component_folders:
            if not what or _name(folder) in what:
                versions.promote(folder)
        changes |= versions.changes
        notes += versions.notes
        if what and pinned:
            names = ", ".join(cluster.name for cluster in pinned)
            notes.append(f"{names}: pinned, and so left as it is: a pin moves everything")
    return changes, notes


class _Versions:
    """Gathers the changes of versions, in files of one environment by those of another."""

    def __init__(self, repository: Repository, source: str, target: str, revision: str | None) -> None:
        """`revision` is where the overlays of `source` are read; without it, in the tree."""
        self.root = repository.root
        self.source, self.target, self.revision = source, target, revision
        self.changes: Changes = {}
        self.notes: list[str] = []

    def promote(self, folder: str) -> None:
        """Everything of one component or app."""
        name = _name(folder)
        source, target = (f"{folder}/overlays/{environment}" for environment in (self.source, self.target))
        lines = [f"{layout.ENVIRONMENTS}/{environment}/versions.yaml" for environment in (self.source, self.target)]
        # apps/ follows the branch in every cluster, also where a pin holds the overlays.
        self._scalar(name, self._here(lines[0]), lines[1], ("data", name), ("data", name))
        self._app(name, self._there(f"{source}/app.yaml"), f"{target}/app.yaml")
        if folder == layout.ARGOCD:
            self._argocd(source, target)
        for file in FILES:
            self._images(name, self._there(f"{source}/{file}"), f"{target}/{file}")

    def _app(self, name: str, source: str, file: str) -> None:
        if not source:
            return
        target = self._here(file)
        if not target:
            self.notes.append(f"{name} is not in {self.target}: that is a decision, so no overlay is made")
            return
        charts = [tuple(_value(text, ("chart", key)) for key in ("repository", "name")) for text in (source, target)]
        if charts[0] != charts[1]:
            self.notes.append(f"{name} is another chart in {self.target}, so its version is left as it is: {file}")
        else:
            self._scalar(name, source, file, ("chart", "version"), ("chart", "version"))

    def _argocd(self, source: str, target: str) -> None:
        """The version of Argo CD's own manifest; plain or highly available, it stays what it is in the target."""
        file = f"{target}/kustomization.yaml"
        runs = _manifest(source, self._there(f"{source}/kustomization.yaml"))
        found = _manifest(target, text := self._here(file))
        if runs is None or found is None:
            self.notes.append(f"argocd has no line that is a manifest of Argo CD in {file}, and none is made")
            return
        path, manifest = found
        wanted = manifest._replace(version=runs[1].version)
        if wanted == manifest:
            return
        is_copied = (self.root / wanted.folder).is_dir()
        reference = posixpath.relpath(wanted.folder, target) if is_copied else wanted.url
        if not is_copied and _value(text, path) != manifest.url:
            self.notes.append(f"{wanted} has no copy here, so {file} fetches it: ./gitops vendor argocd makes one")
        with edits.of(file):
            self.changes[file] = edits.set_scalar(text, path, reference)

    def _images(self, name: str, source: str, file: str) -> None:
        if not self._here(file):
            return
        for index, image in _images(source).items():
            place = next((at for at, other in _images(self._here(file)).items() if other == image), None)
            for key in IMAGE:
                path = ("images", index, key)
                if _value(source, path) is not None:
                    self._scalar(
                        f"{key} of {image} in {name}", source, file, path, ("images", place or 0, key), place is None
                    )

    def _scalar(
        self, what: str, source: str, file: str, path: documents.Path, place: documents.Path, missing: bool = False
    ) -> None:
        """One value of `source`, for the file of the target."""
        value, target = _value(source, path), self._here(file)
        if value is None:
            return
        if missing or _value(target, place) is None:
            self.notes.append(f"{what} has no line in {file}, and none is made")
        elif _value(target, place) != value:
            with edits.of(file):
                self.changes[file] = edits.set_scalar(target, place, value)

    def _here(self, file: str) -> str:
        """The text of a file as it is planned; empty where there is none."""
        if (text := self.changes.get(file)) is not None:
            return text
        return read(self.root, file) if (self.root / file).is_file() else ""

    def _there(self, file: str) -> str:
        """The text of a file of the source, at the revision that it runs."""
        return (
            self._here(file) if self.revision is None else git.ask(self.root, "show", f"{self.revision}:{file}") or ""
        )


def _check(repository: Repository, source: str, target: str, what: Sequence[str], backwards: bool) -> None:
    order = known_order(repository)
    problems = []
    for field, value in (("from", source), ("to", target)):
        if value not in order:
            problems.append(Problem(field, value, f"is no environment: there are {', '.join(order)}"))
    if source == target:
        problems.append(Problem("to", target, "must be another environment"))
    known = [_name(folder) for folder in repository.component_folders]
    for name in what:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            rule = "is no component and no TEAM/APP here"
            problems.append(Problem("what", name, f"{rule}; did you mean {near[0]}?" if near else rule))
    if problems:
        raise Wrong(problems)
    if order.index(source) > order.index(target) and not backwards:
        raise Refused(f"{source} comes after {target} in the order {', '.join(order)}: say --backwards if you mean it")


def _of(repository: Repository, environment: str) -> list[Cluster]:
    return [cluster for cluster in repository.clusters if cluster.environment == environment]


def _runs(repository: Repository, environment: str) -> tuple[str, bool]:
    """What the clusters of an environment run, a revision or a branch, and whether they are pinned to it."""
    runs = {(cluster.fact("revision"), cluster.is_pinned) for cluster in _of(repository, environment)}
    if len(runs) != 1:
        said = ", ".join(f"{cluster.name} {cluster.fact('revision')}" for cluster in _of(repository, environment))
        raise Refused(f"the clusters of {environment} run different revisions ({said}): pin them alike first")
    ((revision, is_pinned),) = runs
    return revision, is_pinned


def _known(repository: Repository, environment: str, revision: str, is_pinned: bool) -> str:
    """The revision as a pin is written: a branch is its newest commit. Raises Refused where Git does not know it."""
    found = pin.published(repository.root, revision)
    if found is None:
        raise Refused(f"{environment} runs {revision}, which is not here: git fetch --tags")
    return revision if is_pinned else found


def _name(folder: str) -> str:
    """How a component or an app is called: NAME, or TEAM/NAME."""
    return (
        folder.removeprefix(f"{layout.MY_APPS}/")
        if folder.startswith(f"{layout.MY_APPS}/")
        else posixpath.basename(folder)
    )


def _value(text: str, path: documents.Path) -> str | None:
    node = edits.find(text, path)
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _images(text: str) -> dict[int, str]:
    """The name of each image that a kustomization sets, by its index."""
    node = edits.find(text, ("images",))
    count = len(node.value) if isinstance(node, yaml.SequenceNode) else 0
    return {index: name for index in range(count) if (name := _value(text, ("images", index, "name"))) is not None}


def _manifest(folder: str, text: str) -> tuple[documents.Path, manifests.Manifest] | None:
    """Where a kustomization names Argo CD's manifest, and which one."""
    return next(
        (
            (path, manifest)
            for path, node in edits.scalars(text)
            if path[:1] == ("resources",) and (manifest := manifests.named(folder, node.value))
        ),
        None,
    )
