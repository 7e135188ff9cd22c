"""Operators that a generator made from an API: what runs one, and what Argo CD has to know about its kinds.

All of it is made from the models beside this file: one folder of Lua a class of kinds, and one component.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from gitops import answers, edits, environments, layout
from gitops.changes import Changes, read
from gitops.documents import dig, items

MODELS = Path(__file__).parent / "models" / "operator"
WORDS = re.compile("GROUP|KIND|PLURAL|PREFIX|SINGULAR")
LUA_LIST = f"{layout.LUA}/kustomization.yaml"
PROJECTS = f"{layout.APPS}/projects"
README = "README.md"
# As in component.yaml, so that the row goes with the component.
DOCUMENTATION = "https://kubernetes.io/docs/concepts/extend-kubernetes/operator/"
MONITORING = "crds/monitoring.coreos.com"
MONITOR = "service-monitor.yaml"
CLUSTER_KINDS = (
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
)


def make(root: Path, given: answers.Answers) -> None:
    """Writes the operator that the answers `given` to the template ask for, if they ask for one."""
    if group := given["operator_group"]:
        kinds = answers.operator_kinds(given["operator_kinds"])
        changes = plan(root, group, kinds, given["__environments"].split())
        environments.write({root / path: text for path, text in changes.items() if text is not None})


def plan(root: Path, group: str, kinds: Mapping[str, str], names: Sequence[str]) -> Changes:
    """The changes that make the operator of `group` with `kinds`, each with its class, in environments `names`.

    What is there already stays: it only gets what it lacks of these kinds.
    """
    changes: Changes = {}
    changes |= _component(root, group, kinds, names)
    for kind, kind_class in kinds.items():
        changes |= _lua(root, group, kind, kind_class)
    changes |= _listed(root, LUA_LIST, ("configMapGenerator", 0, "files"), _overrides(group, kinds))
    return changes | _permissions(root, group, kinds)


def plural(kind: str) -> str:
    """The name of a kind's resource, as the usual generators make it: `queries` of Query."""
    name = kind.lower()
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if re.search(r"(s|x|z|ch|sh)$", name) else f"{name}s"


def actions(folder: Path) -> str:
    """The scripts of a folder `actions` as one text, in the form that argocd-cm takes them."""
    parts = [
        "# The scripts of actions/, in the form that argocd-cm takes them: `./gitops validate` compares the two.\n",
        f"discovery.lua: |\n{_indented(folder / 'discovery.lua', 2)}definitions:\n",
    ]
    for script in sorted(folder.glob("*/action.lua")):
        parts.append(f"  - name: {script.parent.name}\n    action.lua: |\n{_indented(script, 6)}")
    return "".join(parts)


def _indented(script: Path, width: int) -> str:
    lines = script.read_text(encoding="utf-8").splitlines()
    return "".join(f"{' ' * width}{line}\n" if line else "\n" for line in lines)


def _words(group: str, kind: str) -> dict[str, str]:
    prefix = group.partition(".")[0]
    return {"GROUP": group, "KIND": kind, "PLURAL": plural(kind), "SINGULAR": kind.lower(), "PREFIX": prefix}


def _rendered(text: str, words: Mapping[str, str]) -> str:
    return WORDS.sub(lambda match: words[match[0]], text)


def _models(folder: str) -> Iterator[tuple[str, str]]:
    """The files of a folder of models: path from there, and text."""
    for file in sorted((MODELS / folder).rglob("*")):
        if file.is_file():
            yield file.relative_to(MODELS / folder).as_posix(), file.read_text(encoding="utf-8")


def _component(root: Path, group: str, kinds: Mapping[str, str], names: Sequence[str]) -> Changes:
    """The component that runs the operator, with an overlay for each environment.

    Of one that is there, only the files of kinds that it lacks, and the lines about them in its lists.
    """
    folder = f"infrastructure/{answers.operator(group)}"
    is_new = not (root / folder).exists()
    changes: Changes = {}
    for path, text in _models("component"):
        wanted = is_new or (re.search("PLURAL|SINGULAR", path) and (root / folder / path).parent.is_dir())
        for kind in kinds if wanted else ():
            words = _words(group, kind)
            for name in names if path.startswith("overlays/") else [""]:
                file = f"{folder}/{_rendered(path, words).replace('/environment/', f'/{name}/')}"
                if not (root / file).exists():
                    changes.setdefault(file, _rendered(text, words))
    if is_new and not _is_monitored(root):
        _leave_out_monitor(changes, folder)
    for part, model in (("base", "crds/GROUP_PLURAL.yaml"), ("samples", "SINGULAR.yaml")):
        file = f"{folder}/{part}/kustomization.yaml"
        if is_new or (root / file).exists():
            files = [_rendered(model, _words(group, kind)) for kind in kinds]
            changes |= _listed(root, file, ("resources",), files, changes.get(file))
    return changes | (_row(root, group) if is_new else {})


def _is_monitored(root: Path) -> bool:
    """Whether a component defines the kinds that say what is measured."""
    files = (file.relative_to(root).as_posix() for file in root.glob("infrastructure/*/component.yaml"))
    return any(MONITORING in items(dig(_data(root, file), "provides")) for file in files)


def _leave_out_monitor(changes: Changes, folder: str) -> None:
    del changes[f"{folder}/base/{MONITOR}"]
    for file, key, item in (
        (f"{folder}/base/kustomization.yaml", "resources", MONITOR),
        (f"{folder}/component.yaml", "needs", MONITORING),
    ):
        text = str(changes[file])
        changes[file] = edits.remove(text, (key, items(dig(yaml.safe_load(text), key)).index(item)))


def _lua(root: Path, group: str, kind: str, kind_class: str) -> Changes:
    """The scripts of a kind, with their tests."""
    folder, words = f"{layout.LUA}/{group}/{kind}", _words(group, kind)
    if (root / folder).exists():
        return {}
    changes: Changes = {f"{folder}/{path}": _rendered(text, words) for path, text in _models(f"lua/{kind_class}")}
    changes[f"{folder}/ignore-differences.yaml"] = (MODELS / "lua/ignore-differences.yaml").read_text(encoding="utf-8")
    if _has_actions(kind_class):
        changes[f"{folder}/actions.yaml"] = actions(MODELS / f"lua/{kind_class}/actions")
    return changes


def is_of_class(folder: Path, kind_class: str) -> bool:
    """Whether a kind's folder has the health script of this class, as it was made."""
    script = MODELS / f"lua/{kind_class}/health.lua"
    return (folder / "health.lua").is_file() and (folder / "health.lua").read_bytes() == script.read_bytes()


def _has_actions(kind_class: str) -> bool:
    return (MODELS / f"lua/{kind_class}/actions").is_dir()


def _overrides(group: str, kinds: Mapping[str, str]) -> Iterator[str]:
    """The lines that put the files of each kind into argocd-cm."""
    files = {"health": "health.lua", "ignoreDifferences": "ignore-differences.yaml", "actions": "actions.yaml"}
    for kind, kind_class in kinds.items():
        for key, file in files.items():
            if key != "actions" or _has_actions(kind_class):
                yield f"resource.customizations.{key}.{group}_{kind}={group}/{kind}/{file}"


def _permissions(root: Path, group: str, kinds: Mapping[str, str]) -> Changes:
    """What the operator may do, in the project of infrastructure, and its kinds, in those of the teams."""
    namespace = f"{answers.operator(group)}-system"
    files = sorted(path.name for path in (root / PROJECTS).glob("*.yaml"))
    listed = [
        entry
        for file in files
        for entry in items(dig(_data(root, f"{PROJECTS}/{file}"), "spec", "clusterResourceWhitelist"))
        if dig(entry, "kind") == "Namespace"
    ]
    # Argo CD before 3.3 knows no names there.
    name = {"name": namespace} if any("name" in entry for entry in listed) else {}
    wanted = [("destinations", {"name": "in-cluster", "namespace": namespace})]
    wanted += [("clusterResourceWhitelist", {"group": "", "kind": "Namespace", **name})]
    wanted += [("clusterResourceWhitelist", {"group": group, "kind": kind}) for group, kind in CLUSTER_KINDS]
    changes = {f"{PROJECTS}/infrastructure.yaml": wanted}
    for file in files:
        if file.startswith("team-"):
            own = [("namespaceResourceWhitelist", {"group": group, "kind": kind}) for kind in kinds]
            changes[f"{PROJECTS}/{file}"] = own
    return {file: _allowed(read(root, file), file, entries) for file, entries in changes.items()}


def _allowed(text: str, file: str, entries: list[tuple[str, dict[str, str]]]) -> str:
    for key, entry in entries:
        with edits.of(file):
            # A list that is not there allows everything.
            if edits.find(text, ("spec", key)) is not None:
                text = edits.insert_entry(text, ("spec", key), entry)
    return text


def _row(root: Path, group: str) -> Changes:
    """README.md with the operator in its table, behind all else of its wave."""
    if not (root / README).is_file():
        return {}
    lines = read(root, README).splitlines(keepends=True)
    row = f"| 4 | [{answers.operator(group)}]({DOCUMENTATION}) | | runs what is declared as {group} |\n"
    place = next((index for index, line in enumerate(lines) if re.match(r"\| [5-9] \| \[", line)), None)
    if row not in lines and place is not None:
        lines.insert(place, row)
    return {README: "".join(lines)}


def _listed(
    root: Path, file: str, path: tuple[str | int, ...], wanted: Sequence[str] | Iterator[str], text: str | None = None
) -> Changes:
    """`file`, or the text that it is to have, with all that is wanted in one of its lists."""
    text = read(root, file) if text is None else text
    with edits.of(file):
        for item in wanted:
            text = edits.insert_item(text, path, item)
    return {file: text}


def _data(root: Path, file: str) -> object:
    return yaml.safe_load(read(root, file))
