"""./gitops doctor compares what is here with what Argo CD uses."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from commands import edit, gitops
from conftest import Bake
from gitops import repo_server
from gitops.doctor.remote import _place

ARGOCD = "infrastructure/controllers/argocd"
URL = "https://github.com/example/platform-gitops.git"
SAYS = {
    "kustomize": "v5.8.1",
    "kubectl": "Client Version: v1.34.2\nKustomize Version: v5.7.1",
    "helm": "v4.2.1+g1234567",
    "argocd": "argocd: v3.6.0+abcdef0",
}

BUILDS_NOTHING = 'case "$1" in build|kustomize) exit 1 ;; esac'


def programs(folder: Path, **says: str) -> str:
    """A PATH with Git and with programs that say these versions."""
    folder.mkdir()
    git = shutil.which("git")
    assert git
    (folder / "git").symlink_to(git)
    for name, text in says.items():
        script = f"#!/bin/sh\n{BUILDS_NOTHING}\nexec /bin/cat <<'END'\n{text}\nEND\n"
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def git(repository: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", str(repository), *identity, *arguments], capture_output=True, check=True)


@pytest.fixture
def pushed(copy: Bake) -> Path:
    """A repository of which everything is committed and pushed to where Argo CD reads."""
    repository = copy()
    git(repository, "init", "--initial-branch", "main")
    git(repository, "add", "--all")
    git(repository, "commit", "--message", "Generate")
    git(repository, "remote", "add", "origin", URL)
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    return repository


def checks(repository: Path, path: str, code: int = 0) -> dict[str, tuple[str, str, str]]:
    """State, finding and fix by subject; the objects are those of the sources."""
    run = gitops(repository, "doctor", "--json", PATH=path)
    assert run.returncode == code, run.stdout + run.stderr
    return {c["subject"]: (c["state"], c["found"], c["fix"]) for c in json.loads(run.stdout)}


def test_all_is_well(pushed: Path, tmp_path: Path) -> None:
    found = checks(pushed, programs(tmp_path / "bin", **SAYS))
    assert {subject for subject, (state, _, _) in found.items() if state != "ok"} == set()
    assert found.keys() >= {"python", "git", *SAYS, "remote", "pushed", "branch", "argocd version", "argocd manifest"}


@pytest.mark.parametrize(
    ("argocd", "says", "told"),
    [
        ("v3.6.1", {**SAYS, "kustomize": "v5.6.0"}, {"kustomize": "v5.6.0; the repo-server of Argo CD v3.6.1 is 5.8"}),
        ("v3.6.1", {**SAYS, "helm": "v3.19.4"}, {"helm": "v3.19.4; the repo-server of Argo CD v3.6.1 is 4.2"}),
        ("v3.3.2", SAYS, {"helm": "v4.2.1+g1234567; the repo-server of Argo CD v3.3.2 is 3.19", "argocd": "is 3.3"}),
        ("v3.6.1", {**SAYS, "kubectl": "Client Version: v1.33.0"}, {"kubectl": "Kubernetes in pyproject.toml is 1.35"}),
        ("v9.9.0", {**SAYS, "argocd": "argocd: v9.9.1"}, {}),
        (
            "v3.6.1",
            {"kubectl": SAYS["kubectl"]},
            {"kustomize": "5.7.1, the one in", "helm": "not", "argocd": "not"},
        ),
        ("v3.6.1", {**SAYS, "helm": "who knows"}, {"helm": "who knows"}),
    ],
    ids=["kustomize", "helm", "an older argocd", "kubectl", "an unknown argocd", "only kubectl", "no version"],
)
def test_versions_are_those_of_the_repo_server(
    pushed: Path, tmp_path: Path, argocd: str, says: dict[str, str], told: dict[str, str]
) -> None:
    for kustomization in (pushed / ARGOCD / "overlays").glob("*/kustomization.yaml"):
        edit(kustomization, "v3.6.1", argocd)
    git(pushed, "commit", "--all", "--message", "Another Argo CD", "--allow-empty")
    git(pushed, "update-ref", "refs/remotes/origin/main", "HEAD")
    found = checks(pushed, programs(tmp_path / "bin", **says))
    notes = {subject: text for subject, (state, text, _) in found.items() if state != "ok"}
    assert notes.keys() == told.keys()
    for subject, text in told.items():
        assert text in notes[subject]


def test_nothing_that_builds_is_a_problem(pushed: Path, tmp_path: Path) -> None:
    state, text, fix = checks(pushed, programs(tmp_path / "bin"), 1)["kustomize"]
    assert (state, "nothing is built" in text, "https://" in fix) == ("problem", True, True)


def test_versions_of_every_argocd_that_may_be_generated_are_known() -> None:
    assert next(iter(repo_server.TOOLS)) == "3.2"


def test_git_that_argocd_does_not_read_is_a_problem(pushed: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", **SAYS)
    git(pushed, "remote", "set-url", "origin", "https://me:secret@github.com/example/another.git")
    state, text, fix = checks(pushed, path, 1)["remote"]
    assert (state, URL in text, "another" in text, URL in fix) == ("problem", True, True, True)
    assert "secret" not in text
    git(pushed, "remote", "remove", "origin")
    assert "there is none" in checks(pushed, path, 1)["remote"][1]
    shutil.rmtree(pushed / ".git")
    found = checks(pushed, path, 1)
    assert found["repository"][0] == "problem"
    assert "remote" not in found


def test_what_argocd_does_not_see_is_a_note(pushed: Path, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", **SAYS)
    edit(pushed / "README.md", "# ", "# New ")
    git(pushed, "switch", "--create", "mine")
    git(pushed, "commit", "--all", "--message", "Mine")
    (pushed / "new.yaml").write_text("a: b\n", encoding="utf-8")
    found = checks(pushed, path)
    assert {subject: found[subject][1] for subject in ("pushed", "branch", "changes")} == {
        "pushed": "origin/main lacks 1 of the commits here",
        "branch": "mine; Argo CD follows main",
        "changes": "not committed, so Argo CD does not see it: 1",
    }
    git(pushed, "update-ref", "-d", "refs/remotes/origin/main")
    assert "origin/main is not known here" in checks(pushed, path)["pushed"][1]


def test_settings_that_drift_apart_are_notes(pushed: Path, tmp_path: Path) -> None:
    overlays = pushed / ARGOCD / "overlays"
    edit(overlays / "dev/kustomization.yaml", "v3.6.1", "v3.6.2")
    upstream = pushed / ARGOCD / "upstream/v3.6.1"
    upstream.mkdir(parents=True)
    (upstream / "kustomization.yaml").write_text("kind: Kustomization\n", encoding="utf-8")
    url = "https://raw.githubusercontent.com/argoproj/argo-cd/v3.6.1/manifests/install.yaml"
    edit(overlays / "staging/kustomization.yaml", url, "../../upstream/v3.6.1")
    with (overlays / "prod/kustomization.yaml").open("a", encoding="utf-8") as file:
        file.write("configMapGenerator:\n  - name: argocd-cmd-params-cm\n    literals: [server.insecure=true]\n")
    found = checks(pushed, programs(tmp_path / "bin", **SAYS))
    drifted = {subject: text for subject, (state, text, _) in found.items() if state == "note" and subject != "changes"}
    assert drifted == {
        "argocd version": "dev: v3.6.2, staging: v3.6.1, prod: v3.6.1",
        "argocd manifest": "dev: fetched by Argo CD, staging: a copy in this repository, prod: fetched by Argo CD",
        "argocd-cmd-params-cm server.insecure": "dev: not set, staging: not set, prod: true",
    }


def test_table_says_what_to_do(pushed: Path, tmp_path: Path) -> None:
    git(pushed, "remote", "remove", "origin")
    run = gitops(pushed, "doctor", PATH=programs(tmp_path / "bin", **SAYS))
    lines = run.stdout.splitlines()
    (number,) = (number for number, line in enumerate(lines) if line.startswith("problem"))
    assert lines[number + 1] == f"    fix: git remote add origin {URL}, or correct the URL where it is written"


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:example/platform-gitops.git",
        "ssh://git@github.com/example/platform-gitops",
        "ssh://git@github.com:22/example/platform-gitops.git",
        "https://token@github.com/Example/platform-gitops/",
    ],
)
def test_one_repository_has_many_urls(url: str) -> None:
    assert _place(url) == _place(URL)
    assert _place(url.replace("platform", "plat")) != _place(URL)
