"""Builds many folders in one run of kustomize, which spends most of a run on getting started.

Each folder gets a kustomization around it that gives all names in it a mark, since no two objects may have the same
name in one run. The marks are taken out of what is printed.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

Result = tuple[int, str]
"""The exit code, and the objects or the error."""
Run = Callable[[Path], Result]
"""Builds one folder."""

# What one run builds at most: it keeps all objects in memory, and compares the names of each kind with each other.
SIZE = 64
FIELDS_FOR_ALL = ("buildMetadata", "configurations", "crds", "openapi", "vars")
"""Fields of a kustomization that have an effect on everything in the run, or only in the outermost one."""

_MARK = re.compile(r"-gitops-(\d+)-batch")
# Without its mark, YAML would take such a name for a number or a truth value.
_NO_STRING = re.compile(
    r"(?<![\w.-])(?:[\d.+-][\w.+-]*|true|false|null|yes|no|on|off|y|n)-gitops-\d+-batch", re.IGNORECASE
)
# Kinds whose names kustomize never changes.
_KINDS = ("APIService", "CustomResourceDefinition", "Namespace")


def build(run: Run, folders: Sequence[Path]) -> list[Result]:
    """What `run` gives for each of `folders`; if it fails for them together, for smaller and smaller parts of them."""
    if len(folders) == 1:
        return [run(folders[0])]
    found = _build_together(run, folders)
    if found is None:
        half = len(folders) // 2
        return build(run, folders[:half]) + build(run, folders[half:])
    return [result or run(folder) for folder, result in zip(folders, found, strict=True)]


def _build_together(run: Run, folders: Sequence[Path]) -> list[Result | None] | None:
    """A result for each folder, None for one that must be built alone; None if the run fails."""
    with tempfile.TemporaryDirectory() as temporary:
        # Kustomize wants relative paths, and takes the links out of them itself.
        top = Path(temporary).resolve()
        numbers = [str(number) for number in range(len(folders))]
        for number, folder in zip(numbers, folders, strict=True):
            (top / number).mkdir()
            text = _around(number, os.path.relpath(folder.resolve(), top / number))
            (top / number / "kustomization.yaml").write_text(text, encoding="utf-8")
        (top / "kustomization.yaml").write_text(f"resources: [{', '.join(map(_quoted, numbers))}]\n", encoding="utf-8")
        code, text = run(top)
    return None if code else _share_out(text, len(folders))


def _around(number: str, path: str) -> str:
    mark = f"-gitops-{number}-batch"
    lines = [f"resources: [{_quoted(path)}]", f"nameSuffix: {mark}", "patches:"]
    for kind in _KINDS:
        patch = json.dumps([{"op": "replace", "path": "/kind", "value": f"{kind}{mark}"}])
        lines.append(f"  - {{target: {{kind: {kind}}}, patch: {_quoted(patch)}}}")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _share_out(text: str, count: int) -> list[Result | None] | None:
    objects: list[list[str]] = [[] for _ in range(count)]
    mixed = set()
    for piece in filter(None, text.split("\n---\n")):
        marks = {int(number) for number in _MARK.findall(piece)}
        if not marks:
            return None
        # Two marks: kustomize took the object of one folder for what another folder refers to.
        if len(marks) > 1 or _NO_STRING.search(piece):
            mixed |= marks
        objects[min(marks)].append(_MARK.sub("", piece))
    return [None if number in mixed else (0, "\n---\n".join(found)) for number, found in enumerate(objects)]
