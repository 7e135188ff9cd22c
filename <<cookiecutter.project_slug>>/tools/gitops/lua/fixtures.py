"""The scripts and their tests, by upstream's own convention.

In <group>/<Kind>/ (for the core's kinds, <Kind>/) lie health.lua with health_test.yaml, and actions/ with
discovery.lua, <action>/action.lua and action_test.yaml. Beside each file of tests, testdata/ holds the objects. In
those and in the tests NOW-60s stands for the time sixty seconds before the run, as Kubernetes writes it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from gitops.documents import dig, items, parse

PREFIX = "resource.customizations."
HEALTH, ACTIONS = "health_test.yaml", "actions/action_test.yaml"
FORM = "%Y-%m-%dT%H:%M:%SZ"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Unreadable(Exception):
    """A file of the tests is missing or says nothing that can be run; the text says which and what."""


@dataclass(frozen=True)
class Script:
    """A script as it stands in argocd-cm; `file` is its place in the folder of all scripts."""

    file: str
    text: str
    open_libraries: bool = False


@dataclass(frozen=True)
class Case:
    """One test: an object and what a script has to make of it. `action` is empty in a test of health or discovery.

    `expected` is what `gitops.lua.verdicts` makes of a return value, or {"error": why}.
    """

    key: str
    what: str
    script: Script
    file: str
    obj: dict[str, Any]
    expected: Any
    action: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    def at(self, moment: datetime) -> "Case":
        """The test as it is at that time: every `NOW-60s` is a time as Kubernetes writes it."""

        def past(text: str) -> str:
            return re.sub(r"NOW-(\d+)s", lambda ago: f"{moment - timedelta(seconds=int(ago[1])):{FORM}}", text)

        return replace(self, obj=_mapped(past, self.obj), expected=_mapped(past, self.expected))


def now() -> datetime:
    """The time; Kubernetes writes it to the second."""
    return datetime.now(timezone.utc)


def passes(outcome: Any, case: Case) -> bool:
    """Whether what came out is what is expected; a time that was written within the last minute counts as any such."""
    moment = now()

    def near(match: re.Match[str]) -> str:
        time = datetime.strptime(match[0], FORM).replace(tzinfo=timezone.utc)
        return "(now)" if abs((moment - time).total_seconds()) < 60 else match[0]

    def blurred(text: str) -> str:
        return TIME.sub(near, text)

    return bool(_mapped(blurred, outcome) == _mapped(blurred, case.expected))


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    """`value` with every text in it changed, and without what is null, which Lua cannot tell from what is not there."""
    if isinstance(value, dict):
        return {key: _mapped(change, item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_mapped(change, item) for item in value]
    return change(value) if isinstance(value, str) else value


def kinds(root: Path) -> list[str]:
    """Every <group>/<Kind> below `root` that has scripts."""
    folders = {path.parent for path in root.rglob("health.lua")}
    folders |= {path.parent.parent for path in root.rglob("actions/discovery.lua")}
    return sorted(folder.relative_to(root).as_posix() for folder in folders)


def scripts(root: Path, key: str, open_kinds: Collection[str] = ()) -> dict[str, Script]:
    """The scripts of a kind: `health`, `discovery`, and `action/<name>` for each action.

    The health script has the values that the kustomization's replacements put into it. Only it can have open libraries.
    """
    found = {}
    for path in sorted((root / key).rglob("*.lua")):
        inside = path.relative_to(root / key).parts
        text = path.read_text(encoding="utf-8")
        file = path.relative_to(root).as_posix()
        if inside == ("health.lua",):
            found["health"] = Script(file, _filled(root, key, text), key in open_kinds)
        elif inside == ("actions", "discovery.lua"):
            found["discovery"] = Script(file, text)
        elif inside[0] == "actions" and inside[2:] == ("action.lua",):
            found[f"action/{inside[1]}"] = Script(file, text)
    return found


def _filled(root: Path, key: str, text: str) -> str:
    """A health script as kustomize fills it in: cut at a delimiter, some of its parts come from another ConfigMap."""
    path = f"data.[{PREFIX}health.{key.replace('/', '_')}]"
    kustomization = _data(root / "kustomization.yaml") if (root / "kustomization.yaml").exists() else {}
    sources = {
        dig(data, "metadata", "name"): data
        for file in items(dig(kustomization, "resources"))
        if dig(data := _data(root / file), "kind") == "ConfigMap"
    }
    for replacement in items(dig(kustomization, "replacements")):
        source = dig(replacement, "source")
        value = dig(sources.get(dig(source, "name")), *str(dig(source, "fieldPath")).split("."))
        for target in items(dig(replacement, "targets")):
            if path in items(dig(target, "fieldPaths")):
                delimiter, index = dig(target, "options", "delimiter"), dig(target, "options", "index")
                parts = text.split(delimiter)
                parts[index] = str(value)
                text = delimiter.join(parts)
    return text


def cases(root: Path, key: str, open_kinds: Collection[str] = ()) -> Iterator[Case]:
    """The tests of a kind, in the order of its files. Raises Unreadable."""
    found = scripts(root, key, open_kinds)
    folder = root / key
    if "health" in found:
        for test in _tests(folder / HEALTH, "tests"):
            file, obj = _object(folder, test, root)
            expected = {name: dig(test, "healthStatus", name) or "" for name in ("status", "message")}
            yield Case(key, "health", found["health"], file, obj, expected)
    if "discovery" not in found:
        return
    for test in _tests(folder / ACTIONS, "discoveryTests"):
        file, obj = _object(folder / "actions", test, root)
        listed = [{"name": dig(a, "name"), "disabled": dig(a, "disabled") is True} for a in items(dig(test, "result"))]
        expected_list = sorted(listed, key=lambda action: str(action["name"]))
        yield Case(key, "discovery", found["discovery"], file, obj, expected_list)
    for test in _tests(folder / ACTIONS, "actionTests"):
        file, obj = _object(folder / "actions", test, root)
        name = str(dig(test, "action"))
        if (script := found.get(f"action/{name}")) is None:
            raise Unreadable(f"{folder / ACTIONS}: there is no actions/{name}/action.lua")
        parameters = {str(key): str(value) for key, value in (dig(test, "parameters") or {}).items()}
        outcome = _outcome(folder / "actions", test)
        yield Case(key, "action", script, file, obj, outcome, name, parameters)


def _outcome(folder: Path, test: Any) -> Any:
    """What an action is expected to write: a file with the object itself, or with a list of operations."""
    if error := dig(test, "expectedErrorMessage"):
        return {"error": error}
    wanted = _data(folder / str(dig(test, "expectedOutputPath")))
    if isinstance(wanted, dict):
        return [{"operation": "patch", "resource": wanted}]
    return [{"operation": dig(one, "k8sOperation"), "resource": dig(one, "unstructuredObj")} for one in items(wanted)]


def _tests(path: Path, name: str) -> list[Any]:
    """The tests of one sort in a file; none where there is no file, which is what `./gitops validate` finds."""
    if not path.exists():
        return []
    data = _data(path)
    if not isinstance(data, dict):
        raise Unreadable(f"{path} holds no tests")
    return items(data.get(name))


def _object(folder: Path, test: Any, root: Path) -> tuple[str, dict[str, Any]]:
    # As Go reads keys, their case does not matter: some of upstream's tests rely on it.
    named = {str(name).lower(): value for name, value in test.items()} if isinstance(test, dict) else {}
    path = folder / str(named.get("inputpath"))
    obj = _data(path)
    if not isinstance(obj, dict):
        raise Unreadable(f"{path} holds no object")
    return path.relative_to(root).as_posix(), obj


def kind_of(obj: Mapping[str, Any]) -> str:
    """<group>/<Kind> of an object; <Kind> for one of the core."""
    group, slash, _ = str(obj.get("apiVersion")).rpartition("/")
    return f"{group}{slash}{obj.get('kind')}"


def _data(path: Path) -> Any:
    """The first document of a file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {getattr(error, 'strerror', 'it is no UTF-8')}") from error
    documents, faults = parse(text)
    for fault in faults:
        if fault.kind == "syntax":
            raise Unreadable(f"{path}: {fault.problem}")
    return documents[0][1] if documents else None
