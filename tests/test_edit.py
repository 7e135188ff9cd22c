"""Edits change what they are asked to, and nothing else; changes are made all together or not at all."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, changed, contents
from gitops import edits, files
from gitops.changes import Changes, carry_out, diff, listing
from gitops.cli import Refused
from gitops.documents import Path as Steps

LIST = """\
# What is here.
resources:
  # The first.
  - a.yaml # one
  # The second,
  # and more of it.
  - c.yaml

  - "d.yaml"
# The end.
other: {x: [1, 2]}
"""


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ('a: "x" # why\n', ("a",), "y", 'a: "y" # why\n'),
        ("a: 'x'\n", ("a",), "it's", "a: 'it''s'\n"),
        ("a:   1.2.3   # why\n", ("a",), "1.2.4", "a:   1.2.4   # why\n"),
        ("a: 1.2.3\n", ("a",), "1.10", 'a: "1.10"\n'),
        ("a: x\n", ("a",), "true", 'a: "true"\n'),
        ("a: x\n", ("a",), "b: c # d", 'a: "b: c # d"\n'),
        ("a: [x, {b: y}]\r\n# c\r\n", ("a", 1, "b"), "z", "a: [x, {b: z}]\r\n# c\r\n"),
        ('{\n  "a": "x, y",\n  "é": 1\n}', ("a",), "z", '{\n  "a": "z",\n  "é": 1\n}'),
        ("é: ü\na: x # ö\n", ("a",), "ä", "é: ü\na: ä # ö\n"),
    ],
)
def test_a_value_is_replaced_in_its_place_and_quoted_as_it_was(
    text: str, path: Steps, value: str, expected: str
) -> None:
    assert edits.set_scalar(text, path, value) == expected
    assert edits.set_scalar(expected, path, value) == expected


@pytest.mark.parametrize(
    ("item", "behind"),
    [("0.yaml", "  # The first.\n"), ("b.yaml", "  - a.yaml # one\n"), ("e.yaml", '  - "d.yaml"\n')],
)
def test_an_item_goes_before_what_sorts_behind_it_and_its_comment(item: str, behind: str) -> None:
    edited = edits.insert_item(LIST, ("resources",), item)
    assert edited == LIST.replace(behind, f"{behind}  - {item}\n")
    assert edits.insert_item(edited, ("resources",), item) == edited


def test_an_item_goes_behind_a_last_line_that_has_no_end() -> None:
    assert edits.insert_item("a:\n  - x", ("a",), "y") == "a:\n  - x\n  - y\n"


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        (("resources", 0), "  - a.yaml # one\n"),
        (("resources", 1), "  # The second,\n  # and more of it.\n  - c.yaml\n"),
        (("resources", 2), '  - "d.yaml"\n'),
        (("other",), "# The end.\nother: {x: [1, 2]}\n"),
    ],
)
def test_what_is_removed_takes_the_comment_above_it_along_unless_it_is_the_first(path: Steps, gone: str) -> None:
    assert edits.remove(LIST, path) == LIST.replace(gone, "")


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a:\n  - x\nb: 1\n", ("a", 0), "a: []\nb: 1\n"),
        ("a: # why\n  x: 1\n", ("a", "x"), "a: {} # why\n"),
        ("a:\n  - x:\n      - y\n    z: 1\n", ("a", 0, "x", 0), "a:\n  - x: []\n    z: 1\n"),
        ("a:\n  - x: |\n      text\n\n      more\n\n  - y\n", ("a", 0), "a:\n\n  - y\n"),
    ],
)
def test_nothing_is_left_as_an_empty_collection(text: str, path: Steps, expected: str) -> None:
    assert edits.remove(text, path) == expected


@pytest.mark.parametrize(
    "edit",
    [
        lambda: edits.set_scalar("a: |\n  x\n", ("a",), "y"),
        lambda: edits.set_scalar("a: 1\n", ("b",), "y"),
        lambda: edits.set_scalar("a: [\n", ("a",), "y"),
        lambda: edits.insert_item("a: [x]\n", ("a",), "y"),
        lambda: edits.remove("a: [x]\n", ("a", 0)),
        lambda: edits.remove("a: 1\n", ("a",)),
        lambda: edits.remove("a: 1\nb: 1\n", ("c",)),
        lambda: edits.remove("- a: 1\n  b: 1\n", (0, "a")),
        lambda: edits.remove("- - a\n  - b\n", (0, 0)),
    ],
)
def test_what_cannot_be_edited_is_said_and_not_guessed(edit: Callable[[], str]) -> None:
    with pytest.raises(edits.NotEditable):
        edit()


def put(data: Any, path: Steps, value: str | None) -> Any:
    """`data` with `value` at `path`, or without what is there."""
    here = data
    for step in path[:-1]:
        here = here[step]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return data


def test_in_every_file_that_is_edited_only_the_place_changes(bake: Bake) -> None:
    apps = bake() / "infrastructure/controllers/argocd/apps"
    files = [
        bake() / "clusters/dev/cluster.yaml",
        bake() / "my-apps/platform/hello-world/overlays/prod/kustomization.yaml",
        bake() / "monitoring/loki/overlays/dev/app.yaml",
        apps / "kustomization.yaml",
        apps / "environments/dev/versions.yaml",
        apps / "projects/kustomization.yaml",
        apps / "projects/monitoring.yaml",
    ]
    removed = kept = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        lines = text.splitlines()
        for path, _ in edits.scalars(text):
            edited = edits.set_scalar(text, path, "other")
            assert yaml.safe_load(edited) == put(yaml.safe_load(text), path, "other"), (file, path)
            assert sum(a != b for a, b in zip(edited.splitlines(), lines, strict=True)) == 1
            try:
                shorter = edits.remove(text, path)
            except edits.NotEditable:
                kept += 1
                continue
            assert yaml.safe_load(shorter) == put(yaml.safe_load(text), path, None), (file, path)
            assert all(line.endswith((": []", ": {}")) for line in set(shorter.splitlines()) - set(lines))
            removed += 1
    # In `- name: x` there is no line of the name's own.
    assert removed > 40
    assert kept > 10


CHANGES: Changes = {
    "clusters/dev/cluster.yaml": "a: 1\n",
    "my-apps/platform/hello-world/base/deployment.yaml": None,
    "my-apps/platform/hello-world/base/kustomization.yaml": None,
    "my-apps/platform/hello-world/base/http-route.yaml": None,
    "my-apps/platform/hello-world/base/service.yaml": None,
    "my-apps/platform/hello-world/base/service-account.yaml": None,
    "my-apps/new/app/base/kustomization.yaml": "b: 1\n",
    "README.md": "# New\n",
    "new.txt": "\udcff\r\n",
}


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitops.changes._check", lambda *_: None)


def fail_at(count: int, monkeypatch: pytest.MonkeyPatch, fail: Callable[[], None]) -> None:
    """Lets the move of a file number `count` fail, once it has been done where `count` is odd."""
    move, done = os.replace, []

    def replace(source: Path, target: Path) -> None:
        done.append(source)
        if len(done) == count and count % 2 == 0:
            fail()
        move(source, target)
        if len(done) == count:
            fail()

    monkeypatch.setattr(os, "replace", replace)


def interrupt() -> None:
    raise KeyboardInterrupt


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("fail", [interrupt, terminate])
def test_an_interrupted_command_leaves_the_tree_byte_for_byte(
    copy: Bake, monkeypatch: pytest.MonkeyPatch, fail: Callable[[], None]
) -> None:
    repository = copy()
    before = contents(repository)
    for count in range(1, 12):
        with monkeypatch.context() as patch:
            fail_at(count, patch, fail)
            with pytest.raises(KeyboardInterrupt):
                carry_out(repository, CHANGES)
        assert changed(before, contents(repository)) == set(), count
    carry_out(repository, CHANGES)
    after = contents(repository)
    assert changed(before, after) >= CHANGES.keys()
    assert "my-apps/platform/hello-world/base" not in after
    assert after["new.txt"] == b"\xff\r\n"


@pytest.mark.usefixtures("unchecked")
def test_without_the_way_back_an_interruption_is_seen(copy: Bake, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = copy()
    before = contents(repository)
    monkeypatch.setattr(files, "_roll_back", lambda *_: None)
    fail_at(5, monkeypatch, interrupt)
    with pytest.raises(KeyboardInterrupt):
        carry_out(repository, CHANGES)
    assert changed(before, contents(repository)) != set()


@pytest.mark.usefixtures("unchecked")
def test_a_file_that_cannot_be_written_leaves_the_tree_and_is_named(copy: Bake) -> None:
    repository = copy()
    before = contents(repository)
    with pytest.raises(Refused, match=r"README.md.*nothing was changed"):
        carry_out(repository, CHANGES | {"README.md/folder/file": "x"})
    assert changed(before, contents(repository)) == set()


@pytest.mark.usefixtures("unchecked")
def test_a_program_stays_one(copy: Bake) -> None:
    repository = copy()
    carry_out(repository, {"gitops": "#!/bin/sh\n", "new": files.File(b"\xff", executable=True), "plain": "x"})
    programs = [name for name in ("gitops", "new", "plain") if os.access(repository / name, os.X_OK)]
    assert programs == ["gitops", "new"]
    assert carry_out(repository, {"new": files.File(b"\xff")}) == ["M  new"]
    assert not os.access(repository / "new", os.X_OK)


def test_what_breaks_a_rule_is_refused_and_what_was_broken_before_is_not_held_against_it(copy: Bake) -> None:
    repository = copy()
    before = contents(repository)
    path = "my-apps/platform/hello-world/overlays/dev/kustomization.yaml"
    broken: Changes = {path: before[path].decode().replace("../../base", "../../bass")}
    with pytest.raises(Refused, match=r"would not be sound any more:\n.*bass"):
        carry_out(repository, broken)
    assert changed(before, contents(repository)) == set()
    (repository / path).write_text(str(broken[path]), encoding="utf-8")
    note: Changes = {"README.md": "# Mine\n"}
    assert carry_out(repository, note) == ["M  README.md"]
    assert carry_out(repository, note) == []


def test_what_changes_is_listed_by_what_is_new_or_gone_as_a_whole(bake: Bake) -> None:
    assert listing(bake(), CHANGES) == [
        "M  README.md",
        "M  clusters/dev/cluster.yaml",
        "A  my-apps/new/",
        "D  my-apps/platform/hello-world/base/",
        "A  new.txt",
    ]


def test_the_diff_is_one_that_git_applies(copy: Bake, tmp_path: Path) -> None:
    repository = copy()
    shown = diff(repository, CHANGES | {"new.txt": "no end of line"})
    patch = tmp_path / "patch"
    patch.write_text(shown, encoding="utf-8")
    assert os.system(f"cd '{repository}' && git apply --unsafe-paths '{patch}'") == 0
    assert (repository / "README.md").read_text(encoding="utf-8") == "# New\n"
    assert not (repository / "my-apps/platform/hello-world/base/service.yaml").exists()
    assert (repository / "new.txt").read_text(encoding="utf-8") == "no end of line"
