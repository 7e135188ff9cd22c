"""A pin is one line, and what Git knows of the revision is said."""

from pathlib import Path

import pytest
from commands import git
from conftest import Bake, changed, contents, gitops
from gitops import pin
from gitops.cli import Refused, Wrong

FACTS = "clusters/prod/cluster.yaml"


@pytest.fixture
def repository(copy: Bake, tmp_path: Path) -> Path:
    """A repository whose branch main and tag v1.0.0 have been pushed, and a commit after them that has not."""
    folder = copy()
    git("init", "--quiet", "--bare", str(tmp_path / "origin"), cwd=tmp_path)
    git("init", "--quiet", cwd=folder)
    git("remote", "add", "origin", str(tmp_path / "origin"), cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "Generated", cwd=folder)
    git("tag", "v1.0.0", cwd=folder)
    git("branch", "release", cwd=folder)
    git("push", "--quiet", "--tags", "origin", "main", "release", cwd=folder)
    git("branch", "--delete", "release", cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message", "Not pushed", cwd=folder)
    return folder


def revision(repository: Path, name: str) -> str:
    return git("rev-parse", name, cwd=repository).strip()


def test_one_line_changes_and_is_shown(repository: Path) -> None:
    before = contents(repository)
    shown = gitops(repository, "pin", "prod", "v1.0.0", "--dry-run").stdout
    assert changed(before, contents(repository)) == set()
    done = gitops(repository, "pin", "prod", "v1.0.0")
    assert done.stdout == shown
    lines = [line for line in shown.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == ['-  revision: "main"', '+  revision: "v1.0.0"']
    assert done.stderr == ""
    after = contents(repository)
    assert changed(before, after) == {FACTS}
    assert after[FACTS] == before[FACTS].replace(b'revision: "main"', b'revision: "v1.0.0"')
    assert gitops(repository, "pin", "prod", "v1.0.0").stdout == "nothing to do: prod is at v1.0.0\n"
    assert changed(after, contents(repository)) == set()


@pytest.mark.parametrize(
    ("given", "written"), [("v1.0.0", "v1.0.0"), ("release", "release"), ("HEAD~1", None), ("main", "main")]
)
def test_branches_and_tags_keep_their_names_and_all_else_is_the_whole_commit(
    repository: Path, given: str, written: str | None
) -> None:
    changes, notes = pin.plan(repository, "prod", given)
    assert f'  revision: "{written or revision(repository, given)}"\n' in str(changes[FACTS])
    assert not any(note.startswith("warning") for note in notes)


def test_a_short_commit_is_written_whole(repository: Path) -> None:
    whole = revision(repository, "v1.0.0")
    changes, _ = pin.plan(repository, "prod", whole[:8])
    assert f'"{whole}"' in str(changes[FACTS])


def test_a_commit_that_has_not_been_pushed_is_a_warning(repository: Path) -> None:
    changes, notes = pin.plan(repository, "prod", "HEAD")
    assert f'"{revision(repository, "HEAD")}"' in str(changes[FACTS])
    (note,) = notes
    assert note.startswith("warning: ")
    assert "has not been pushed" in note


def test_a_commit_that_is_not_here_is_a_warning_and_a_name_is_refused(repository: Path) -> None:
    _, notes = pin.plan(repository, "prod", "0" * 40)
    assert "may not exist" in notes[0]
    for name in ("v9", "--all", "0123abc", ""):
        with pytest.raises(Wrong, match="is no branch, tag or commit here"):
            pin.plan(repository, "prod", name)


def test_what_is_not_in_the_revision_is_told(repository: Path) -> None:
    gitops(repository, "add", "environment", "qa", "--like", "dev")
    git("add", "--all", cwd=repository)
    git("commit", "--quiet", "--message", "Add qa", cwd=repository)
    _, notes = pin.plan(repository, "qa", "v1.0.0")
    assert "v1.0.0 has no " in notes[0]
    assert "infrastructure/controllers/argocd/overlays/qa" in notes[0]
    assert pin.plan(repository, "prod", "v1.0.0")[1] == []


def test_without_git_a_revision_is_believed_and_that_is_said(bake: Bake) -> None:
    changes, notes = pin.plan(bake(), "prod", "v9")
    assert '"v9"' in str(changes[FACTS])
    assert "nobody has looked" in notes[0]
    with pytest.raises(Wrong, match="must be a branch, a tag or a whole commit"):
        pin.plan(bake(), "prod", "-x y")


def test_an_unknown_cluster_is_a_wrong_argument(bake: Bake) -> None:
    with pytest.raises(Wrong, match="cluster: 'pord': is no cluster: did you mean prod"):
        pin.plan(bake(), "pord", "main")


def test_a_line_that_is_not_there_is_refused_with_its_file(copy: Bake) -> None:
    repository = copy()
    path = repository / FACTS
    path.write_text(path.read_text(encoding="utf-8").replace('  revision: "main"\n', ""), encoding="utf-8")
    with pytest.raises(Refused, match=r"clusters/prod/cluster.yaml: data.revision .*: edit it by hand"):
        pin.plan(repository, "prod", "v9")


def test_the_comment_behind_the_line_stays(repository: Path) -> None:
    path = repository / FACTS
    text = path.read_text(encoding="utf-8").replace('revision: "main"', "revision:  'main' # held")
    path.write_text(text, encoding="utf-8")
    changes, _ = pin.plan(repository, "prod", "v1.0.0")
    assert changes[FACTS] == text.replace("'main' # held", "'v1.0.0' # held")
