"""The template's own files: they parse before they are rendered, and each tag stands where it does no harm."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from pairs import TEMPLATE

TREE = TEMPLATE / "<<cookiecutter.project_slug>>"
COPIED = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))["_copy_without_render"]
SOURCES = [
    path
    for path in sorted([*TREE.rglob("*"), *(TEMPLATE / "templates").rglob("*"), *(TEMPLATE / "hooks").rglob("*")])
    if path.is_file()
    and "__pycache__" not in path.parts
    and not str(path.relative_to(TEMPLATE)).startswith(f"{TREE.name}/tools/")
]
# A variable is closed on its line and a tag is alone on its own, or some other language's syntax is taken for ours.
MISPLACED = {
    "a variable that is not closed on its line, or something else that looks like one": r"<<(?! [^\n]+? >>)",
    "a block that is not alone on its line": r"^(?!\s*#% [^\n]+ %#$)[^\n]*(?:#%|%#)",
    "a remark that is not alone on its lines": r"^[^\n#]*\S[^\n]*#~|~#[^\n]*\S",
    "whitespace control": r"#%-|-%#|<<-|->>|#%\+|\+%#",
}


def misplaced(text: str) -> list[str]:
    return [fault for fault, pattern in MISPLACED.items() if re.search(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(TEMPLATE)))
def test_tags_stand_alone(path: Path) -> None:
    assert misplaced(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ["cat <<EOF", "a: b #% if x %#", "#%- if x %#", "a: b #~ remark ~#", "<<: *anchor", "<< open\n>>"]
)
def test_misplaced_tags_are_noticed(text: str) -> None:
    assert misplaced(text) != []


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if path.suffix in (".yaml", ".yml")],
    ids=lambda path: str(path.relative_to(TEMPLATE)),
)
def test_yaml_parses_before_it_is_rendered(path: Path) -> None:
    list(yaml.compose_all(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((TEMPLATE / "hooks").glob("*.py")), ids=lambda path: path.name)
def test_hooks_are_python_before_they_are_rendered_and_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ast.parse(text)
    assert len(text.splitlines()) <= 60
