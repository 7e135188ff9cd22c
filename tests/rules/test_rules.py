"""Every rule finds what breaks it, where it is, and lets pass what comes close."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Bake
from gitops import kustomize, rules, rules_page
from gitops.batch import Result
from gitops.repository import Repository
from gitops.rules import all_rules
from gitops.validate import validate
from pairs import TEMPLATE
from rules.cases import BAD, GOOD, Bad, Good

IDS = [rule.id for rule in all_rules()]


@pytest.fixture(scope="module", autouse=True)
def _build_what_changed() -> Iterator[None]:
    """A folder is built once as long as its files are the same: a case changes one of fifty."""
    known: dict[Any, Result] = {}
    run_all = kustomize._run_all

    def key(repository: Repository, root: Path, folder: str) -> Any:
        reached = {file for part in repository.reached(folder) for file in (root / part.folder).rglob("*")}
        return (folder, *sorted((str(file.relative_to(root)), file.read_bytes()) for file in reached if file.is_file()))

    def once(repository: Repository, trees: dict[str, Path]) -> dict[str, Result]:
        keys = {folder: key(repository, root, folder) for folder, root in trees.items()}
        new = run_all(repository, {folder: root for folder, root in trees.items() if keys[folder] not in known})
        known.update({keys[folder]: result for folder, result in new.items()})
        return {folder: known[keys[folder]] for folder in trees}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kustomize, "_run_all", once)
        yield


def edited(repository: Path, case: Bad | Good) -> Path:
    for edit in case.edits:
        edit.make(repository)
    return repository


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case.rule}-{case.what}")
def test_what_breaks_a_rule_is_found_by_it_and_by_no_other(copy: Bake, case: Bad) -> None:
    findings = validate(edited(copy(), case), require_kustomize=True).findings
    said = "\n".join(map(str, findings))
    own = [finding for finding in findings if finding.rule == case.rule]
    assert any(finding.file == case.file and case.message in finding.message for finding in own), said
    assert {finding.rule for finding in findings} == {case.rule, *case.also}, said


@pytest.mark.parametrize("case", GOOD, ids=lambda case: f"{case.rule}-{case.what}")
def test_what_comes_close_is_sound(copy: Bake, case: Good) -> None:
    assert "\n".join(map(str, validate(edited(copy(), case), require_kustomize=True).findings)) == ""


def test_without_its_rule_a_fault_passes_unnoticed(copy: Bake, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in BAD if case.rule == "WAVE02")
    repository = edited(copy(), case)
    others = tuple(rule for rule in all_rules() if rule.id != case.rule)
    assert validate(repository).findings
    monkeypatch.setattr(rules, "all_rules", lambda: others)
    assert not validate(repository).findings


def test_every_rule_has_a_fault_of_its_own_and_a_near_miss() -> None:
    assert len(IDS) == len(set(IDS))
    assert {case.rule for case in BAD} == {case.rule for case in GOOD} == set(IDS)


def test_every_rule_says_what_and_why() -> None:
    for rule in all_rules():
        assert rule.title.endswith("."), rule.id
        assert len(rule.reason) > 60, rule.id


def test_documentation_is_made_from_the_rules() -> None:
    written = (TEMPLATE / "docs/rules.md").read_text(encoding="utf-8")
    assert written == rules_page.page(), "write it with python -m gitops.rules_page > docs/rules.md"
