"""Plans what goes with an app or a component, and says who would miss it and what stays in the clusters."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gitops import edits, layout, needs, rerender
from gitops.add_app import apps
from gitops.answers import ALWAYS_ON
from gitops.changes import Planned, applied, read
from gitops.cli import Refused
from gitops.component_files import component_files, components, folder_of, own_files, permissions
from gitops.projects import EVERYWHERE
from gitops.repository import Repository
from gitops.template import RECORD

CRDS = "crds/"
# Kinds that charts apply outside of their own namespace. What is left of them bears Argo CD's mark, `<Application>:…`.
KINDS = (
    "apiservices,clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations,"
    "priorityclasses,storageclasses,csidrivers,roles,rolebindings,services"
)
MARK = ".metadata.annotations.argocd\\.argoproj\\.io/tracking-id"
LEFT_OVER = f"""\
kubectl get {KINDS} --all-namespaces --no-headers \\
  -o 'custom-columns=K:.kind,N:.metadata.name,S:.metadata.namespace,T:{MARK}' \\
  | awk '$4 ~ /^NAME:/ {{ print ($3 == "<none>" ? "" : "--namespace " $3), $1 "/" $2 }}' | xargs -L1 kubectl delete"""

UNKNOWN = (
    "what the template wrote elsewhere for it is not known and stays, such as values of others, notes in README.md, "
    "health checks of its kinds and the kinds that its project allows: this repository has no "
    f"{RECORD}, or the template did not bring it"
)


@dataclass
class Removal:
    """`changes` to make; where it is named and would be `miss`ed; what `stays` in clusters, and `commands` for that."""

    changes: Planned = field(default_factory=dict)
    miss: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def app(root: Path, name: str) -> Removal:
    """What removing the app TEAM/NAME means; nothing changes where it is not there."""
    repository = Repository(root)
    if name not in apps(repository):
        return Removal(notes=[_absent(name, apps(repository))])
    folder, namespace = f"{layout.MY_APPS}/{name}", name.replace("/", "-")
    removal = Removal({file: None for file in repository.files if file.startswith(f"{folder}/")})
    with applied(root, removal.changes) as copy:
        removal.miss = list(_mentions(Repository(copy), {namespace}))
    removal.stays = [
        f"the namespace {namespace}",
        "the volume claims that its manifests write, with their data; those of a chart go unless its values keep them",
    ]
    removal.commands = [f"kubectl delete namespace {namespace}"]
    removal.notes = [
        "Argo CD deletes all else that it runs, once the commit arrives; while a sync of it is still being tried, "
        f"argocd app terminate-op {namespace} lets it go",
        *_pinned(repository, namespace),
    ]
    return removal


def component(root: Path, name: str) -> Removal:
    """What removing a component means; nothing changes where it is not there. Raises Refused where others need it."""
    if name == ALWAYS_ON:
        raise Refused(f"{ALWAYS_ON} delivers everything here, itself included: it cannot be removed")
    repository = Repository(root)
    folder = folder_of(repository, name)
    if folder is None:
        return Removal(notes=[_absent(name, components(repository))])
    described = repository.first(f"{folder}/component.yaml")
    provided = needs.component(described.data if described else None).provides
    applications = [application for cluster in repository.clusters for application in cluster.applications]
    own = [application for application in applications if application.name == name]
    others = [application for application in applications if application.name != name]
    removal = Removal()
    if (generated := _generated_without(repository, name, folder)) is not None:
        removal.changes = generated
    else:
        removal.changes = component_files(root, name) | permissions(repository, own, others)
        removal.notes = [UNKNOWN]
    namespaces = {a.namespace for a in own} - {a.namespace for a in others} - EVERYWHERE
    with applied(root, removal.changes) as copy:
        left = Repository(copy)
        _refuse_needed(name, _needed(left, provided))
        removal.miss = list(_mentions(left, {name, *namespaces}))
    explicit = any(not application.generated for application in own)
    removal.stays = ["everything that it runs: nothing of it is deleted by a commit"]
    if explicit:
        removal.stays.append("its Application: the root keeps it as left over, and is OutOfSync until it is deleted")
        removal.commands.append(f"kubectl -n argocd delete application {name}")
    removal.commands += [f"kubectl delete namespace {namespace}" for namespace in sorted(namespaces)]
    removal.commands.append(LEFT_OVER.replace("NAME", name))
    if groups := sorted(each.removeprefix(CRDS) for each in provided if each.startswith(CRDS)):
        names = "|".join(group.replace(".", "[.]") for group in groups)
        removal.stays.append(f"its CRDs, of {', '.join(groups)}: deleting them deletes every object of their kinds")
        removal.commands.append(f"kubectl get crds -o name | grep -E '[.]({names})$' | xargs kubectl delete")
    removal.notes += [] if explicit else _pinned(repository, name)
    return removal


def _absent(name: str, there: Iterable[str]) -> str:
    names = [path if "/" in name else path.rpartition("/")[2] for path in there]
    near = difflib.get_close_matches(name, names, n=1)
    return f"there is no {name}{f'; did you mean {near[0]}?' if near else ''}"


def _generated_without(repository: Repository, name: str, folder: str) -> Planned | None:
    """What changes when the template generates without the component; None where that cannot be known."""
    if not (repository.root / RECORD).exists():
        return None
    own = own_files(repository, name, folder)
    try:
        changes = rerender.without_component(repository.root, name, own)
    except ValueError as error:
        _refuse_needed(name, str(error).splitlines())
        raise
    return None if changes is None else changes | dict.fromkeys(own)


def _refuse_needed(name: str, who: Iterable[str]) -> None:
    if lines := list(who):
        first = f"{name} is needed, so it stays. Remove these first, or what they need it for:"
        raise Refused("\n  ".join([first, *lines]))


def _needed(left: Repository, provided: frozenset[str]) -> Iterator[str]:
    """Who of those that are left needs what is no longer `provided`: components, and objects of its kinds."""
    others = {folder: needs.component(document.data) for folder, document in needs.documents(left).items()}
    gone = {each for each in provided if not needs.providers(others, each)}
    for folder, other in others.items():
        if missing := [need for need in other.needs if need in gone]:
            yield f"{folder.rpartition('/')[2]} needs {', '.join(missing)} ({folder}/component.yaml)"
    for document in left.objects:
        if f"{CRDS}{document.group}" in gone:
            yield f"{document} is of {document.group} ({document.file})"


def _mentions(left: Repository, names: set[str]) -> Iterator[str]:
    """The places where values of others say one of `names` as a host, a namespace or an object: `file:line: text`."""
    words = re.compile(rf"(?<![\w-])(?<!\w/)(?:{'|'.join(map(re.escape, sorted(names)))})(?![\w-])")
    for file in left.documents:
        aside = file.startswith(f"{layout.LUA}/") or file.endswith("/component.yaml") or layout.is_copy(file)
        if aside or layout.component(file) is None:
            continue
        if not words.search(text := read(left.root, file)):
            continue
        lines = text.splitlines()
        said = {
            text.count("\n", 0, node.start_mark.index + m.start())
            for _, node in edits.scalars(text)
            for m in words.finditer(text[node.start_mark.index : node.end_mark.index])
        }
        yield from (f"{file}:{line + 1}: {lines[line].strip()}" for line in sorted(said))


def _pinned(repository: Repository, name: str) -> list[str]:
    """What is to be said of clusters where a folder that is gone is still there, at the revision they are pinned to."""
    pinned = [cluster.name for cluster in repository.clusters if cluster.is_pinned]
    return [f"{', '.join(pinned)}: pinned, and so {name} stays there until the pin moves"] if pinned else []
