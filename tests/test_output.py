"""What holds for every repository, whatever the answers: all pairs of them, each profile, each component alone."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from conftest import Bake
from pairs import TEMPLATE, all_pairs, rows, values
from yamllint import linter
from yamllint.config import YamlLintConfig

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))


def with_needs(component: str) -> list[str]:
    """A component and, recursively, the first provider of each of its needs."""
    needed = [
        next(name for name, facts in CATALOGUE.items() if need in facts["provides"])
        for need in CATALOGUE[component]["needs"]
    ]
    return [component, *(name for needs in needed for name in with_needs(needs))]


ROWS = (
    [pytest.param({}, id="defaults")]
    + [pytest.param({"profile": profile}, id=f"profile {profile}") for profile in values()["profile"]]
    + [
        pytest.param({"components": ",".join(dict.fromkeys(with_needs(component)))}, id=f"{component} alone")
        for component in CATALOGUE
    ]
    + [pytest.param(row, id=f"pairs {number}") for number, row in enumerate(rows())]
)
DELIMITERS = re.compile(r"<< |\bcookiecutter\.|^\s*#%|^\s*#~|%#$|~#$", re.MULTILINE)


def files(repository: Path) -> list[Path]:
    return [path for path in repository.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def untidy(path: Path) -> list[str]:
    """What is untidy about a text file, in words."""
    text = path.read_text(encoding="utf-8")
    return [
        fault
        for fault, found in {
            "empty": not text.strip(),
            "no final newline": not text.endswith("\n"),
            "several final newlines": text.endswith("\n\n"),
            "blank first line": text.startswith("\n"),
            "space at the end of a line": re.search(r"[ \t]$", text, re.MULTILINE),
            "two blank lines": re.search(r"\n\n\n", text) and path.suffix != ".py" and path.name != "gitops",
            "a delimiter or variable of the template": DELIMITERS.search(text) and "tools" not in path.parts,
        }.items()
        if found
    ]


@cache
def linted(text: str, config: str) -> list[str]:
    """What yamllint finds in a file with `text`, warnings included; most files are the same in many repositories."""
    return [str(problem) for problem in linter.run(text, YamlLintConfig(config))]


def unlike_its_own_yamllint(repository: Path) -> list[str]:
    """What the repository's own .yamllint.yaml finds in its YAML."""
    config = (repository / ".yamllint.yaml").read_text(encoding="utf-8")
    return [
        f"{path.relative_to(repository)}:{problem}"
        for path in files(repository)
        if path.suffix in (".yaml", ".yml")
        for problem in linted(path.read_text(encoding="utf-8"), config)
    ]


def test_all_pairs_hold_every_value() -> None:
    rows = all_pairs(values())
    assert {name: {row[name] for row in rows} for name in values()} == {n: set(v) for n, v in values().items()}


@pytest.mark.parametrize("answers", ROWS)
def test_repository_is_tidy(bake: Bake, answers: dict[str, str]) -> None:
    repository = bake(**answers)
    assert {str(path.relative_to(repository)): faults for path in files(repository) if (faults := untidy(path))} == {}
    assert [str(path) for path in repository.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
    assert [str(path) for path in repository.rglob("*") if path.name in ("ENVIRONMENT", "PRODUCTION")] == []
    assert unlike_its_own_yamllint(repository) == []


@pytest.mark.parametrize("component", CATALOGUE)
def test_what_values_ask_for_is_among_needs_and_uses(component: str) -> None:
    """What the values look for in other components is provided by something that this one says it needs or uses."""
    facts = CATALOGUE[component]
    folder = TEMPLATE / "<<cookiecutter.project_slug>>" / facts["area"] / component
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml"))
    for other in set(re.findall(r"'([a-z-]+)' (?:not )?in components", text)):
        if CATALOGUE[other]["wave"] < facts["wave"]:
            assert {*facts["needs"], *facts["uses"]} & {*CATALOGUE[other]["provides"]}, other


def test_untidy_files_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "untidy.yaml"
    path.write_text("\na: << cookiecutter.app >> \n\n\n#% if x %#\n\n", encoding="utf-8")
    assert len(untidy(path)) == 5


def test_yaml_unlike_its_own_yamllint_is_noticed(copy: Bake) -> None:
    repository = copy()
    (repository / "untidy.yaml").write_text("a:   [1 ,2]\n", encoding="utf-8")
    found = unlike_its_own_yamllint(repository)
    assert len(found) == 3
    assert found[0].startswith("untidy.yaml:1:")
