"""`validate --changed-since` says what the whole says, of what may have become wrong since a sound revision."""

import shutil
from pathlib import Path

import pytest
from commands import edit, git
from commands import gitops as run
from conftest import Bake, gitops
from gitops import scope
from gitops.validate import validate
from rules.cases import BAD, Bad, Edit

HELLO = "my-apps/platform/hello-world"
# What breaks a rule in the folder of a team, and nowhere else.
OF_A_TEAM = [
    case for case in BAD if all(isinstance(e, Edit) and e.file.startswith("my-apps/platform/") for e in case.edits)
]


@pytest.fixture(scope="session")
def two_teams(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed repository whose second team has an app. Do not change it."""
    repository = tmp_path_factory.mktemp("teams") / "repository"
    shutil.copytree(bake(), repository)
    gitops(repository, "add", "team", "shop")
    gitops(repository, "add", "app", "shop/cart")
    for command in (("init",), ("add", "--all"), ("commit", "--message", "Generate")):
        git(*command, cwd=repository)
    return repository


@pytest.fixture
def repository(two_teams: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_teams, tmp_path / "repository", symlinks=True))


def told(repository: Path, revision: str | None = None) -> list[str]:
    return [str(finding) for finding in validate(repository, True, revision).findings]


@pytest.mark.parametrize("case", OF_A_TEAM, ids=lambda case: f"{case.rule}-{case.what}")
def test_it_tells_what_the_whole_tells(repository: Path, case: Bad) -> None:
    for each in case.edits:
        each.make(repository)
    whole = told(repository)
    assert whole
    assert told(repository, "HEAD") == whole


def test_there_are_such_cases_of_many_rules() -> None:
    assert len({case.rule for case in OF_A_TEAM}) > 10


def test_what_was_wrong_before_in_another_team_is_not_looked_at(repository: Path) -> None:
    edit(repository / "my-apps/shop/cart/base/kustomization.yaml", "resources:\n", "resources:\n  - nowhere.yaml\n")
    assert told(repository)
    git("commit", "--all", "--message", "Break", cwd=repository)
    edit(repository / f"{HELLO}/base/kustomization.yaml", "resources:\n", "# a comment\nresources:\n")
    assert told(repository, "HEAD") == []
    assert told(repository, "HEAD~1") == told(repository) != []


def test_what_everybody_shares_is_looked_at_whole(repository: Path) -> None:
    edit(repository / "my-apps/shop/cart/base/kustomization.yaml", "resources:\n", "resources:\n  - nowhere.yaml\n")
    git("commit", "--all", "--message", "Break", cwd=repository)
    edit(repository / "clusters/dev/root.yaml", "limit: -1", "limit: 5")
    assert told(repository, "HEAD") == told(repository)


@pytest.mark.parametrize(
    ("files", "apps"),
    [
        (["my-apps/shop/cart/base/a.yaml", "my-apps/platform/x/app.yaml"], {"shop/cart", "platform/x"}),
        ([], set()),
        (["my-apps/README.md"], None),
        (["my-apps/shop/cart/base/a.yaml", "Makefile"], None),
    ],
)
def test_a_change_concerns_the_apps_that_it_is_made_in(files: list[str], apps: set[str] | None) -> None:
    assert scope.of(files).apps == (None if apps is None else frozenset(apps))


def test_a_file_that_git_does_not_know_yet_has_changed(repository: Path) -> None:
    (repository / "my-apps/shop/new.yaml").write_text("a: [\n", encoding="utf-8")
    assert scope.since(repository, "HEAD").teams == frozenset({"shop"})
    assert told(repository, "HEAD") == told(repository) != []


@pytest.mark.parametrize("revision", ["nowhere", "", "--all", "HEAD:clusters"])
def test_a_revision_that_is_none_is_refused_with_what_to_do(repository: Path, revision: str) -> None:
    done = run(repository, "validate", "--changed-since", revision)
    assert done.returncode == 3
    assert f"{revision} is no commit of a Git repository" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_git_it_is_refused(copy: Bake) -> None:
    assert "is no commit" in run(copy(), "validate", "--changed-since", "HEAD").stderr
