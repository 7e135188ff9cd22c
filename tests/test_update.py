"""Updates from the template, and other answers at the same version: what is new arrives, what is the owner's stays."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from commands import BIN, git, run, tree
from conftest import Bake, environments
from gitops import answers, entries, files, news, packages, remove
from gitops import environments as environment_folders
from gitops.cli import Refused
from gitops.commands.update import command
from gitops.merge import merge
from gitops.rerender import with_component
from gitops.update import update, write

TREE = "<<cookiecutter.project_slug>>"
VERSIONS = "infrastructure/controllers/argocd/apps/environments/{}/versions.yaml"
VALUES = "infrastructure/kyverno/values.yaml"
CHANGED = "webhooksCleanup:\n  enabled: false"
NEW = ("snapshot-controller", "tempo")
"""In the profile since HEAD: one that versions.yaml holds, and one with an app.yaml."""
OLD_VERSION = "v0.0.1"
NEWS = "## 0.0.1\n\nNews for owners.\n\n"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file}: {old}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def commit(repository: Path, message: str = "Change") -> None:
    git("add", "--all", cwd=repository)
    git("commit", "-m", message, cwd=repository)


def status(repository: Path) -> str:
    return git("status", "--porcelain", cwd=repository)


@pytest.fixture(scope="session")
def history(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with two commits: `earlier`, in which less was there, and HEAD, which is as it is."""
    folder = tmp_path_factory.mktemp("history") / "template"
    git("clone", str(template), str(folder), cwd=template)
    catalogue = folder / "catalogue.yaml"
    facts = yaml.safe_load(catalogue.read_text(encoding="utf-8"))
    head, body = catalogue.read_text(encoding="utf-8").split("\ncert-manager:\n")
    text = head + "\ncert-manager:\n" + body.replace(facts["cert-manager"]["version"], OLD_VERSION, 1)
    for name in NEW:
        before, after = text.split(f"\n{name}:\n")
        text = before + f"\n{name}:\n" + after.replace("profile: standard", "profile: full", 1)
    catalogue.write_text(text, encoding="utf-8")
    edit(folder / TREE / "README.md", "**Validate** before you commit", "**Look** before you commit")
    edit(folder / TREE / VALUES, CHANGED, "webhooksCleanup:\n  enabled: true")
    commit(folder, "Earlier")
    git("tag", "earlier", cwd=folder)
    git("checkout", "HEAD~", "--", ".", cwd=folder)
    changelog = folder / "CHANGELOG.md"
    edit(changelog, "\n## ", f"\n{NEWS}## ")
    commit(folder, "HEAD")
    return folder


def create(history: Path, folder: Path, *arguments: str) -> Path:
    """Generates a repository with cruft and commits it."""
    done = run(BIN / "cruft", "create", f"file://{history}", "--no-input", *arguments, cwd=folder, HOME=str(folder))
    assert done.returncode == 0, done.stderr
    repository = folder / "platform-gitops"
    git("init", cwd=repository)
    commit(repository, "Generate the repository")
    return repository


@pytest.fixture(scope="session")
def created(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(history, tmp_path_factory.mktemp("created"), "--checkout", "earlier")


@pytest.fixture
def owned(created: Path, tmp_path: Path) -> Path:
    """The repository of an owner, generated at the earlier state of the template."""
    return Path(shutil.copytree(created, tmp_path / "platform-gitops"))


def gitops(repository: Path, *arguments: str) -> tuple[int, str]:
    done = run(BIN / "python", "gitops", *arguments, cwd=repository, HOME=str(repository.parent))
    return done.returncode, done.stdout + done.stderr


def copy_app(repository: Path) -> None:
    """Makes the app platform/shop of hello-world."""
    shop = shutil.copytree(repository / "my-apps/platform/hello-world", repository / "my-apps/platform/shop")
    for file in shop.glob("overlays/*/kustomization.yaml"):
        edit(file, "namespace: platform-hello-world", "namespace: platform-shop")


def test_update_brings_what_is_new_and_leaves_what_is_the_owners(owned: Path, history: Path, bake: Bake) -> None:
    # An environment copied by hand, versions, an app, and a comment in values.
    environment_folders.write(environment_folders.plan(owned, "qa", ["staging"]))
    edit(owned / "pyproject.toml", '"staging", ', '"staging", "qa", ')
    edit(owned / VERSIONS.format("dev"), f'cert-manager: "{OLD_VERSION}"', 'cert-manager: "v9.9.9" # ours')
    edit(owned / "monitoring/loki/overlays/prod/app.yaml", "version: ", "version: 1.2.3 # was ")
    copy_app(owned)
    edit(owned / VALUES, "webhooksCleanup:\n", "# Ours, and it stays.\nwebhooksCleanup:\n")
    edit(owned / "clusters/prod/cluster.yaml", 'revision: "main"', 'revision: "v1"')
    # As after an earlier update: Git has never held what the template rendered for the files that the owner changed.
    shutil.rmtree(owned / ".git")
    git("init", cwd=owned)
    commit(owned)
    git("tag", "v1", cwd=owned)
    before = tree(owned)

    code, said = gitops(owned, "update")
    assert code == 0, said
    after = tree(owned)
    assert [path for path in after if path.endswith(".rej")] == []
    assert before.keys() <= after.keys()
    mine = {
        path for path, text in before.items() if "overlays/prod" in path or "clusters/" in path or "my-apps" in path
    }
    assert mine
    assert {path for path in mine if after[path] != before[path]} == set()
    kept = {VERSIONS.format(name) for name in environments(owned)}
    for path in kept:
        new = yaml.safe_load(after[path])["data"]
        assert new.pop("snapshot-controller")
        assert new == yaml.safe_load(before[path])["data"], path
    assert "# ours" in after[VERSIONS.format("dev")]
    assert f"# Ours, and it stays.\n{CHANGED}" in after[VALUES]

    # All the rest is what HEAD generates with these environments.
    fresh = tree(bake(environments="dev, staging, qa, prod"))
    assert fresh.keys() - after.keys() == set()
    differs = {path for path, text in fresh.items() if text != after[path]}
    # README.md names the environments: whoever copies one by hand adds it there.
    own = {"monitoring/loki/overlays/prod/app.yaml", VALUES, "clusters/prod/cluster.yaml", "README.md"}
    assert "Validate" in after["README.md"]
    assert differs == own | kept
    for name in environments(owned):
        assert (owned / f"monitoring/tempo/overlays/{name}/app.yaml").is_file()
    record = json.loads((owned / ".cruft.json").read_text(encoding="utf-8"))
    assert record["commit"] == git("rev-parse", "HEAD", cwd=history).strip()
    assert record["template"] == str(history)
    assert record["context"]["cookiecutter"]["environments"] == "dev, staging, qa, prod"

    for part in ("## 0.0.1\n  News for owners.", "monitoring/tempo", f"dev v9.9.9, prod {OLD_VERSION}", "loki "):
        assert part in said, said
    commit(owned)
    assert gitops(owned, "update", "--check") == (0, "nothing to update: this is what the template has\n")


def test_update_that_conflicts_is_told_and_written_for_the_owner_to_decide(
    owned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(owned / VALUES, "webhooksCleanup:\n  enabled: true", "webhooksCleanup:\n  enabled: true # ours")
    commit(owned)
    found = update(owned, None)
    assert found is not None
    assert status(owned) == "", "nothing is written before all of it is there"
    (conflict,) = found.conflicts
    line = int(conflict.removeprefix(f"{VALUES}:").partition(":")[0])
    assert "YAML01" in found.findings, "marks of a conflict are no YAML"
    monkeypatch.setattr("gitops.update.update", lambda *_: found)
    checked = CliRunner().invoke(command, ["--check"])
    assert checked.exit_code == 1
    assert f"To be decided by hand:\n  {conflict}\n" in checked.stdout
    assert status(owned) == ""
    write(owned, found)
    text = (owned / VALUES).read_text(encoding="utf-8").splitlines()
    assert text[line - 1].startswith("<<<<<<<")
    assert "  enabled: true # ours" in text
    assert "  enabled: false" in text


def test_update_that_fails_leaves_the_tree_as_it_was(owned: Path, history: Path) -> None:
    git("checkout", "-b", "broken", cwd=history)
    edit(
        history / "hooks/pre_gen_project.py",
        "    problems = check(",
        '    sys.exit("revision: is refused")\n    problems = check(',
    )
    commit(history)
    git("checkout", "main", cwd=history)
    before = tree(owned)
    code, said = gitops(owned, "update", "--to", "broken")
    assert code == 3
    assert said.endswith("does not take the answers in .cruft.json: revision: is refused\n"), said
    assert tree(owned) == before
    assert status(owned) == ""


def test_what_cannot_be_updated_is_refused_in_one_sentence(owned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = gitops(owned, "update", "--to", "v99")
    assert (code, len(said.splitlines())) == (3, 1), said
    assert "the template has no v99" in said
    (owned / "mine.txt").write_text("Mine.\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"not committed \(mine\.txt\): commit it"):
        update(owned, None)
    (owned / "mine.txt").unlink()

    def offline(requirements: Path) -> Path:
        assert requirements.is_file()
        raise packages.NotInstalled(f"{requirements.name} was not installed")

    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(packages, "environment", offline)
    with pytest.raises(Refused, match=r"requirements-update\.txt was not installed"):
        update(owned, None)
    (owned / ".cruft.json").unlink()
    commit(owned)
    with pytest.raises(Refused, match="cruft link URL"):
        update(owned, None)
    shutil.rmtree(owned / ".git")
    with pytest.raises(Refused, match="not the top of a Git repository"):
        update(owned, None)


def test_repository_of_cookiecutter_is_linked_to_its_template(owned: Path, history: Path) -> None:
    record = owned / ".cruft.json"
    created = json.loads(record.read_text(encoding="utf-8"))
    record.unlink()
    command = (BIN / "cruft", "link", f"file://{history}", "--checkout", "earlier", "--no-input")
    done = run(*command, cwd=owned, HOME=str(owned.parent))
    assert done.returncode == 0, done.stderr
    assert json.loads(record.read_text(encoding="utf-8")) == created


def test_added_component_is_what_its_answer_generates(history: Path, tmp_path: Path, bake: Bake) -> None:
    repository = create(history, tmp_path, "--extra-context", '{"components": "-envoy-gateway, -gateway-api-crds"}')
    assert not (repository / "infrastructure/envoy-gateway").exists()
    versions = repository / VERSIONS.format("dev")
    edit(versions, "  prometheus-operator-crds: ", "  prometheus-operator-crds: 0.0.1 # was ")
    edit(repository / VALUES, "\n", "\n# Ours, and it stays.\n")
    copy_app(repository)
    before = tree(repository)

    code, said = gitops(repository, "add", "component", "envoy-gateway")
    assert code == 0, said
    for line in ("M  .cruft.json", "A  infrastructure/envoy-gateway/", "note: gateway-api-crds comes with it, "):
        assert line in said, said
    after, fresh = tree(repository), tree(bake())
    own = {path for path in before if "/shop/" in path} | {VALUES, VERSIONS.format("dev")}
    assert {path for path in after.keys() | fresh.keys() if after.get(path) != fresh.get(path)} == own
    assert after[VALUES] == before[VALUES]
    data = yaml.safe_load(after[VERSIONS.format("dev")])["data"]
    assert data["prometheus-operator-crds"] == "0.0.1"
    assert list(data) == list(yaml.safe_load(fresh[VERSIONS.format("dev")])["data"])
    context = json.loads((repository / ".cruft.json").read_text(encoding="utf-8"))["context"]["cookiecutter"]
    assert context["components"] == ""
    assert context["_template"] == str(history)
    assert gitops(repository, "add", "component", "loki") == (0, "nothing to do: it is all there\n")


def test_removed_component_leaves_what_its_answer_generates_and_comes_back(
    history: Path, tmp_path: Path, bake: Bake
) -> None:
    repository = create(history, tmp_path)
    values = repository / VALUES
    edit(values, "\n", "\n# Ours, and it stays.\n")
    edit(repository / VERSIONS.format("dev"), "  cert-manager: ", "  cert-manager: 9.9.9 # was ")
    (repository / "infrastructure/cert-manager/base/ours.yaml").write_text("# Ours, and of no use without it.\n")
    before = tree(repository)
    code, said = gitops(repository, "remove", "component", "prometheus-operator-crds", "--yes")
    assert code == 3
    assert "needed, so it stays. Remove these first" in said
    assert "kube-prometheus-stack needs crds/monitoring.coreos.com" in said

    code, said = gitops(repository, "remove", "component", "cert-manager", "--yes")
    assert code == 0, said
    assert "is not known" not in said
    after, fresh = tree(repository), tree(bake(components="-cert-manager"))
    assert {path for path in after.keys() | fresh.keys() if after.get(path) != fresh.get(path)} == {VALUES}
    # Values of others speak of it, and so does more than what is its own.
    assert (
        after["monitoring/kube-prometheus-stack/values.yaml"] != before["monitoring/kube-prometheus-stack/values.yaml"]
    )
    context = json.loads((repository / ".cruft.json").read_text(encoding="utf-8"))["context"]["cookiecutter"]
    assert context["components"] == "-cert-manager"

    code, said = gitops(repository, "add", "component", "cert-manager")
    assert code == 0, said
    again, fresh = tree(repository), tree(bake())
    assert {path for path in again.keys() | fresh.keys() if again.get(path) != fresh.get(path)} == {VALUES}
    assert again[VALUES] == before[VALUES]


def test_what_only_the_owner_can_do_for_an_added_component_is_said(
    created: Path, owned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = gitops(owned, "add", "component", "metallb")
    assert code == 0, said
    assert "A  infrastructure/metallb/\n" in said
    assert (
        "README.md says what only you can do for it:\n\n## Boot a cluster\n### What only you know\n- **Addresses**"
        in said
    )
    assert "Write the range that the environment may use." in said
    assert "| " not in said


def test_component_is_not_removed_over_what_the_owner_wrote(owned: Path) -> None:
    project = owned / "infrastructure/controllers/argocd/apps/projects/infrastructure.yaml"
    url = '- "https://charts.jetstack.io"'
    edit(project, url, f"{url} # ours")
    before = tree(owned)
    with pytest.raises(Refused, match=r"would touch what you changed:\n  infrastructure/.*infrastructure\.yaml:\d+"):
        remove.component(owned, "cert-manager")
    assert tree(owned) == before


def test_component_of_the_owner_is_removed_without_the_template(owned: Path) -> None:
    shutil.copytree(owned / "monitoring/loki", owned / "monitoring/ours")
    removal = remove.component(owned, "ours")
    assert removal.notes[0] == remove.UNKNOWN
    assert {path.split("/")[1] for path, file in removal.changes.items() if file is None} == {"ours"}


def test_component_is_not_added_over_what_the_owner_wrote(owned: Path) -> None:
    mine = owned / "monitoring/tempo/values.yaml"
    mine.parent.mkdir()
    mine.write_text("mine: true\n", encoding="utf-8")
    before = tree(owned)
    with pytest.raises(Refused, match=r"monitoring/tempo/values\.yaml comes, and there is one here"):
        with_component(owned, "tempo")
    assert tree(owned) == before
    with pytest.raises(Refused, match="Did you mean tempo"):
        with_component(owned, "temp")


@pytest.mark.parametrize(
    ("ours", "base", "theirs", "result", "conflict"),
    [
        pytest.param("a", "a", "b", "b", "", id="changed in the template"),
        pytest.param("b", "a", "a", "b", "", id="changed by the owner"),
        pytest.param("b", "a", "b", "b", "", id="changed by both to the same"),
        pytest.param("1\na\n3\n4\nx", "1\na\n3\n4\na", "1\nb\n3\n4\na", "1\nb\n3\n4\nx", "", id="apart"),
        pytest.param("c", "a", "b", None, "file:1 was changed here too", id="the same line"),
        pytest.param(None, None, "b", "b", "", id="new"),
        pytest.param("c", None, "b", "c", "file comes, and there is one here", id="new in both"),
        pytest.param("a", "a", None, None, "", id="removed in the template"),
        pytest.param("c", "a", None, "c", "file goes, and it was changed here", id="removed there, changed here"),
        pytest.param(None, "a", "b", None, "", id="removed by the owner"),
    ],
)
def test_three_trees_are_merged(
    tmp_path: Path, ours: str | None, base: str | None, theirs: str | None, result: str | None, conflict: str
) -> None:
    roots = [tmp_path / name for name in ("ours", "base", "theirs")]
    for root, text in zip(roots, (ours, base, theirs), strict=True):
        root.mkdir()
        if text is not None:
            (root / "file").write_text(f"{text}\n", encoding="utf-8")
    ours_root, base_root, theirs_root = roots
    merged = merge(ours_root, base_root, theirs_root)
    assert merged.conflicts == ([conflict] if conflict else [])
    if not conflict:
        files.write(ours_root, merged.files)
        assert tree(ours_root) == ({} if result is None else {"file": f"{result}\n"})


HEAD = "# Facts.\nkind: ConfigMap\n"


@pytest.mark.parametrize(
    ("ours", "base", "theirs", "result"),
    [
        pytest.param(
            'data:\n  a: "9" # held\n  b: "1"\n',
            'data:\n  a: "1"\n  b: "1"\n',
            'data:\n  a: "2"\n  # Why.\n  new: "1"\n  b: "2"\n',
            'data:\n  a: "9" # held\n  # Why.\n  new: "1"\n  b: "1"\n',
            id="new entry, versions of the owner",
        ),
        pytest.param(
            'data:\n  a: "9"\n  b: "2"\n',
            'data:\n  a: "1"\n  b: "1"\n',
            'data:\n  b: "1"\n',
            'data:\n  b: "2"\n',
            id="gone",
        ),
        pytest.param("# Mine.\n", "", 'data:\n  a: "1"\n', '# Mine.\ndata:\n  a: "1"\n', id="first"),
        pytest.param('data:\n  a: "9"\n', 'data:\n  a: "1"\n', "", "", id="last"),
        pytest.param('data:\n  z: "9"\n', 'data:\n  a: "1"\n', 'data:\n  a: "1"\n', 'data:\n  z: "9"\n', id="nothing"),
    ],
)
def test_entries_come_and_go_and_their_values_stay(ours: str, base: str, theirs: str, result: str) -> None:
    assert entries.merge(HEAD + ours, HEAD + base, HEAD + theirs) == HEAD + result


CATALOGUE = {
    "argocd": {"profile": "minimal", "provides": ["crds/argo"], "needs": []},
    "crds": {"profile": "standard", "provides": ["crds/gateway"], "needs": []},
    "gateway": {"profile": "standard", "provides": [], "needs": ["crds/gateway"]},
    "disks": {"profile": "named", "provides": ["storage"], "needs": []},
    "nfs": {"profile": "named", "provides": ["storage"], "needs": []},
    "backup": {"profile": "full", "provides": [], "needs": ["storage"]},
}


@pytest.mark.parametrize(
    ("name", "profile", "answer", "result", "added"),
    [
        pytest.param("gateway", "minimal", "", "+gateway, +crds", ["crds", "gateway"], id="with its provider"),
        pytest.param("gateway", "minimal", "+crds", "+crds, +gateway", ["gateway"], id="its provider is there"),
        pytest.param("gateway", "standard", "-gateway, +nfs", "+nfs", ["gateway"], id="had been left out"),
        pytest.param(
            "gateway", "standard", "argocd, nfs", "argocd, nfs, gateway, crds", ["crds", "gateway"], id="list"
        ),
        pytest.param("backup", "minimal", "+nfs", "+nfs, +backup", ["backup"], id="one of two providers is there"),
        pytest.param("crds", "standard", "", "", [], id="there"),
    ],
)
def test_answer_that_adds_a_component(name: str, profile: str, answer: str, result: str, added: list[str]) -> None:
    given = {"profile": profile, "components": answer}
    assert answers.with_component(name, given, CATALOGUE) == (result, added)


@pytest.mark.parametrize(
    ("name", "profile", "answer", "result"),
    [
        pytest.param("gateway", "standard", "", "-gateway", id="of the profile"),
        pytest.param("gateway", "minimal", "+crds, +gateway", "+crds", id="beside the profile"),
        pytest.param("crds", "minimal", "+crds", "", id="the only one"),
        pytest.param("nfs", "minimal", "nfs, crds", "crds", id="list"),
        pytest.param("nfs", "standard", "nfs", "argocd", id="the last of a list"),
        pytest.param("nfs", "standard", "-gateway, +nfs", "-gateway", id="what was left out stays out"),
        pytest.param("nfs", "minimal", "", None, id="not there"),
    ],
)
def test_answer_that_removes_a_component(name: str, profile: str, answer: str, result: str | None) -> None:
    given = {"profile": profile, "components": answer}
    assert answers.without_component(name, given, CATALOGUE) == result
    if result is not None:
        before = answers.components(profile, answer, CATALOGUE)
        added = answers.with_component(name, given | {"components": result}, CATALOGUE)
        assert answers.components(profile, added.answer, CATALOGUE) == before


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        pytest.param("crds", {"components": ""}, "^gateway needs crds/gateway$", id="by a component"),
        pytest.param("nfs", {"components": "+nfs, +backup"}, "^backup needs storage$", id="no other provider is there"),
        pytest.param(
            "onepassword-connect",
            {"components": "external-secrets", "secrets_backend": "onepassword"},
            "^secrets_backend onepassword needs onepassword-connect$",
            id="by an answer",
        ),
        pytest.param(
            "external-secrets",
            {"components": "+external-secrets", "secrets_backend": "vault"},
            "without external-secrets, which secrets_backend vault needs",
            id="by an answer, which a component reads for",
        ),
    ],
)
def test_answer_keeps_a_component_that_is_needed(name: str, given: dict[str, str], said: str) -> None:
    stores: dict[str, object] = {"provides": [], "needs": []}
    catalogue = CATALOGUE | {"external-secrets": stores, "onepassword-connect": stores}
    with pytest.raises(ValueError, match=said):
        answers.without_component(name, {"profile": "standard"} | given, catalogue)


def test_component_whose_provider_is_to_be_chosen_is_refused() -> None:
    with pytest.raises(ValueError, match="needs storage: choose disks or nfs too"):
        answers.with_component("backup", {"profile": "minimal", "components": ""}, CATALOGUE)


def test_news_are_what_the_older_changelog_does_not_say() -> None:
    old = "# Changelog\n\nFor owners.\n\n## Unreleased\n\n### Added\n\n- One\n  thing.\n"
    new = (
        "# Changelog\n\nFor all owners.\n\n## Unreleased\n\n### Fixed\n\n- Two.\n\n"
        "## 1.0.0\n\n### Added\n\n- One\n  thing.\n- Three.\n\n### Changed\n\n## 0.9.0\n"
    )
    assert news.of_changelog(old, new) == "## Unreleased\n### Fixed\n- Two.\n## 1.0.0\n### Added\n- Three."
    assert news.of_changelog(new, new) == ""


def test_changes_of_files_left_alone_are_shown_unless_only_versions_moved() -> None:
    old = {name: files.File(b"uses: a@v1.0.0\nrun: b\n") for name in ("moved", "changed", "taken", "gone")}
    new = {
        "moved": files.File(b"uses: a@v2.1.0\nrun: b\n"),
        "changed": files.File(b"uses: a@v2.1.0\nrun: c\n"),
        "taken": files.File(b"run: c\n"),
    }
    shown = news.of_files_left_alone(old, new, {"moved", "changed", "gone"})
    assert "+run: c" in shown
    assert "moved" not in shown
    assert "taken" not in shown
