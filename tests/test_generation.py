"""The ways a repository comes into being: from a folder, a zip, Git, with cruft, over something that is there."""

import shutil
import subprocess
from pathlib import Path

import pytest
from commands import BIN, git, run, tree
from conftest import Bake


def generate(template: str | Path, output: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run(
        BIN / "cookiecutter",
        template,
        "--no-input",
        "--output-dir",
        output,
        *arguments,
        cwd=output,
        HOME=str(output),
        **variables,
    )


def test_same_repository_comes_from_a_folder_a_zip_and_git(bake: Bake, template: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "template"), "zip", template.parent, template.name)
    for source in (str(template), archive, f"git+file://{template}"):
        output = tmp_path / source.replace("/", "-")
        output.mkdir()
        done = generate(source, output)
        assert done.returncode == 0, done.stderr
        assert tree(output / "platform-gitops") == tree(bake()), source


def test_generation_says_what_comes_next(template: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    said = generate(template, tmp_path).stdout
    for command in (
        "git init",
        "kubectl apply --server-side --force-conflicts -k infrastructure/controllers/argocd/overlays/dev",
        "kubectl apply -f clusters/dev/root.yaml",
    ):
        assert command in said, said
    assert "note: repo_url is still an example" in said
    assert "note: base_domain is still an example" in said
    own = generate(template, tmp_path / "own", "repo_url=git@host.org:a/example/b.git", "base_domain=myexample.com")
    assert "still an example" not in own.stdout


def test_without_kustomize_one_sentence_says_what_was_skipped(template: Path, tmp_path: Path) -> None:
    # Python, Git and nothing else.
    path = tmp_path / "bin"
    path.mkdir()
    (path / "git").symlink_to(shutil.which("git") or "")
    (tmp_path / "output").mkdir()
    done = generate(template, tmp_path / "output", PATH=str(path), GITOPS_REQUIRE_KUSTOMIZE="")
    assert done.returncode == 0, done.stderr
    assert [line for line in (done.stdout + done.stderr).splitlines() if "neither kustomize nor kubectl" in line] != []
    (tmp_path / "required").mkdir()
    required = generate(template, tmp_path / "required", PATH=str(path), GITOPS_REQUIRE_KUSTOMIZE="1")
    assert required.returncode != 0
    assert list((tmp_path / "required").glob("platform*")) == []


def test_generation_needs_no_network(template: Path, tmp_path: Path) -> None:
    unshared = run("unshare", "--user", "--net", "true", cwd=tmp_path)
    if unshared.returncode != 0:
        pytest.skip(f"no network namespaces here: {unshared.stderr}")
    done = run(
        *("unshare", "--user", "--net", BIN / "cookiecutter", template, "--no-input", "--output-dir", tmp_path),
        cwd=tmp_path,
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr


def test_repository_of_an_owner_is_never_overwritten(template: Path, tmp_path: Path) -> None:
    assert generate(template, tmp_path).returncode == 0
    repository = tmp_path / "platform-gitops"
    (repository / "README.md").write_text("Mine.\n", encoding="utf-8")
    before = tree(repository)
    for arguments in ([], ["--overwrite-if-exists"]):
        again = generate(template, tmp_path, *arguments)
        assert again.returncode != 0
        assert tree(repository) == before
    assert "cruft update" in again.stderr


def test_empty_clone_is_accepted(template: Path, tmp_path: Path, bake: Bake) -> None:
    clone = tmp_path / "platform-gitops"
    clone.mkdir()
    git("init", cwd=clone)
    done = generate(template, tmp_path, "--overwrite-if-exists")
    assert done.returncode == 0, done.stderr
    assert tree(clone) == tree(bake())
    assert "git add" in done.stdout
    assert "git init" not in done.stdout


@pytest.mark.parametrize("path", ["monitoring/loki/mine.txt", "my-apps/a/b/mine.txt", ".gitlab-ci.yml"])
def test_what_an_owner_has_is_never_pruned(template: Path, tmp_path: Path, path: str) -> None:
    mine = tmp_path / "platform-gitops" / path
    mine.parent.mkdir(parents=True)
    mine.write_text("Mine.\n", encoding="utf-8")
    assert generate(template, tmp_path, "--overwrite-if-exists", "profile=minimal").returncode != 0
    assert mine.read_text(encoding="utf-8") == "Mine.\n"


def test_what_stands_beside_an_unchosen_ci_file_stays(template: Path, tmp_path: Path) -> None:
    mine = tmp_path / "platform-gitops/.github/CODEOWNERS"
    mine.parent.mkdir(parents=True)
    mine.write_text("* @me\n", encoding="utf-8")
    assert generate(template, tmp_path, "--overwrite-if-exists", "git_host=gitlab").returncode == 0
    assert mine.exists()
    assert not (mine.parent / "workflows").exists()


def test_cruft_creates_the_same_and_updates_it_without_a_conflict(template: Path, tmp_path: Path, bake: Bake) -> None:
    created = run(
        *(BIN / "cruft", "create", f"file://{template}", "--no-input", "--output-dir", tmp_path),
        cwd=tmp_path,
        HOME=str(tmp_path),
    )
    assert created.returncode == 0, created.stdout + created.stderr
    repository = tmp_path / "platform-gitops"
    assert tree(repository) == tree(bake())
    git("init", cwd=repository)
    git("add", "--all", cwd=repository)
    git("commit", "-m", "Generated", cwd=repository)

    # The owner moves a version in one environment; the template moves the same one, and changes a file of nobody's.
    versions = repository / "infrastructure/controllers/argocd/apps/environments/dev/versions.yaml"
    mine = versions.read_text(encoding="utf-8").replace("cert-manager: ", "cert-manager: v0.0.1 # was ")
    versions.write_text(mine, encoding="utf-8")
    git("commit", "--all", "-m", "Hold cert-manager back", cwd=repository)
    newer = Path(shutil.copytree(template, tmp_path / "newer"))
    catalogue = newer / "catalogue.yaml"
    text = catalogue.read_text(encoding="utf-8")
    moved = text.replace("summary: issues and renews certificates", "summary: renews certificates in time")
    version = next(line for line in text.split("\ncert-manager:")[1].splitlines() if line.startswith("  version: "))
    moved = moved.replace(version, "  version: v99.0.0")
    assert "renews certificates in time" in moved
    assert "v99.0.0" in moved
    production = versions.parent.parent / "prod/versions.yaml"
    before = production.read_text(encoding="utf-8")
    catalogue.write_text(moved, encoding="utf-8")
    git("commit", "--all", "-m", "Newer", cwd=newer)
    state = repository / ".cruft.json"
    state.write_text(state.read_text(encoding="utf-8").replace(str(template), str(newer)), encoding="utf-8")
    git("commit", "--all", "-m", "Move", cwd=repository)

    updated = run(BIN / "cruft", "update", "--skip-apply-ask", cwd=repository, HOME=str(tmp_path))
    assert updated.returncode == 0, updated.stdout + updated.stderr
    assert list(repository.rglob("*.rej")) == []
    assert versions.read_text(encoding="utf-8") == mine
    assert production.read_text(encoding="utf-8") == before
    assert "renews certificates in time" in (repository / "README.md").read_text(encoding="utf-8")
    changed = set(git("status", "--porcelain", cwd=repository).split()) - {"M", "MM"}
    assert changed == {".cruft.json", "README.md"}
