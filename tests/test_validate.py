"""The validator and the commands around it, as people and hooks use them."""

import re
import shutil
from pathlib import Path

import pytest
from commands import edit, gitops
from conftest import Bake, environments
from gitops import kustomize, vendor
from gitops.findings import Finding, ordered
from gitops.repository import Repository
from gitops.validate import CannotRun, validate

ARGOCD = "infrastructure/controllers/argocd"
NINE = "a, b2, c-3, test, 1, true, uat, pre-prod, production"


@pytest.mark.parametrize("profile", ["minimal", "standard", "full"])
def test_every_profile_is_sound(bake: Bake, profile: str) -> None:
    assert not validate(bake(profile=profile), require_kustomize=True).findings


@pytest.mark.parametrize(
    "answers",
    [
        {"profile": "full", "environments": NINE, "revision": "release/1.10"},
        {"environments": "lab", "wave_gate": "off", "high_availability": "all"},
        {"components": "cert-manager", "repo_url": "git@git.example.org:platform/gitops.git"},
        {"chart_mirror": "registry.example.org/charts", "argocd_version": "v3.2.11"},
    ],
    ids=["nine environments", "one environment", "one component", "a mirror"],
)
def test_both_views_of_a_cluster_are_equal(bake: Bake, answers: dict[str, str]) -> None:
    repository = Repository(bake(**answers), kustomize.find())
    assert repository.clusters
    for cluster in repository.clusters:
        built = {(item.kind, item.name): item.data for item in cluster.objects}
        filled = {(item.kind, item.name): item.data for item in cluster.filled()}
        assert repository.is_built(cluster.folder)
        assert filled == built


def test_views_differ_where_something_is_not_filled_in(copy: Bake) -> None:
    root = copy()
    edit(root / ARGOCD / "apps/facts/kustomization.yaml", "          - spec.generators.0.git.values.revision\n", "")
    dev = Repository(root, kustomize.find()).clusters[0]
    assert dev.repository.is_built(dev.folder)
    built = {(item.kind, item.name): item.data for item in dev.objects}
    assert {(item.kind, item.name): item.data for item in dev.filled()} != built


def test_many_faults_are_all_reported_at_once_with_their_lines(copy: Bake) -> None:
    repository = copy()
    edit(repository / "clusters/dev/root.yaml", "limit: -1", "limit: 5")
    edit(repository / ARGOCD / "apps/cert-manager.yaml", 'sync-wave: "1"', "sync-wave: later")
    (repository / "my-apps/platform/hello-world/overlays/dev/app.yaml").write_text("chart: [\n", encoding="utf-8")
    run = gitops(repository, "validate")
    assert run.returncode == 1, run.stderr
    found = re.findall(r"^(\S+?):(\d+): ([A-Z]+\d+) .+\n    fix: .+$", run.stdout, flags=re.MULTILINE)
    assert {(file, rule) for file, _, rule in found} == {
        ("clusters/dev/root.yaml", "GATE04"),
        (f"{ARGOCD}/apps/cert-manager.yaml", "WAVE01"),
        ("my-apps/platform/hello-world/overlays/dev/app.yaml", "YAML01"),
    }
    line = next(int(line) for file, line, _ in found if file == "clusters/dev/root.yaml")
    assert "limit: 5" in (repository / "clusters/dev/root.yaml").read_text(encoding="utf-8").splitlines()[line - 1]
    assert run.stdout.rstrip().endswith("3 findings")
    assert "\x1b" not in run.stdout


@pytest.mark.parametrize(
    "text",
    ["", "[]\n", "a\n", "- - -\n", "kind: 1\nmetadata: x\n", "&a [*a]\n", "a: " + "[" * 5000, "\0", "? [a]\n: b\n"],
)
@pytest.mark.parametrize(
    "file",
    [
        "clusters/dev/cluster.yaml",
        "clusters/dev/root.yaml",
        "clusters/dev/kustomization.yaml",
        f"{ARGOCD}/apps/environments/dev/versions.yaml",
        f"{ARGOCD}/apps/my-apps-appset.yaml",
        f"{ARGOCD}/lua/gate.yaml",
        "infrastructure/metrics-server/overlays/dev/app.yaml",
        "infrastructure/metrics-server/component.yaml",
    ],
)
def test_nonsense_in_a_file_is_a_finding_and_never_a_traceback(
    copy: Bake, file: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kustomize, "find", lambda: None)
    repository = copy()
    (repository / file).write_text(text, encoding="utf-8")
    assert validate(repository).findings


def test_without_kustomize_one_sentence_says_what_was_skipped(bake: Bake, tmp_path: Path) -> None:
    run = gitops(bake(), "validate", PATH=str(tmp_path), GITOPS_REQUIRE_KUSTOMIZE="")
    assert run.returncode == 0, run.stdout + run.stderr
    (note,) = (line for line in run.stdout.splitlines() if line.startswith("note: "))
    assert "kustomize" in note
    assert "nothing was built" in note
    assert "https://" in note


def test_without_kustomize_the_sources_are_checked_all_the_same(copy: Bake, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = copy()
    edit(repository / "clusters/dev/root.yaml", "limit: -1", "limit: 5")
    edit(repository / ARGOCD / "base/parameters.env", "progressive.syncs=true", "progressive.syncs=false")
    monkeypatch.setattr(kustomize, "find", lambda: None)
    assert {finding.rule for finding in validate(repository).findings} == {"GATE03", "GATE04"}


def test_kustomize_can_be_required(bake: Bake, tmp_path: Path) -> None:
    run = gitops(bake(), "validate", PATH=str(tmp_path), GITOPS_REQUIRE_KUSTOMIZE="1")
    assert run.returncode == 3
    assert run.stdout == ""
    assert "neither kustomize nor kubectl is on PATH" in run.stderr


def test_kubectl_is_used_where_there_is_no_kustomize(bake: Bake, tmp_path: Path) -> None:
    kubectl = shutil.which("kubectl")
    assert kubectl
    (tmp_path / "kubectl").symlink_to(kubectl)
    run = gitops(bake(), "validate", PATH=str(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_is_fetched_and_that_is_said(copy: Bake) -> None:
    repository = copy()
    kustomization = repository / "monitoring/loki/overlays/dev/kustomization.yaml"
    kustomization.write_text(
        f"{kustomization.read_text(encoding='utf-8')}resources:\n  - https://192.0.2.1/v1.2.3/extra.yaml\n",
        encoding="utf-8",
    )
    report = validate(repository, require_kustomize=True)
    assert not report.findings
    assert any("built on a stand-in" in note and f"{ARGOCD}/overlays/dev" in note for note in report.notes)
    assert any(
        note.startswith("monitoring/loki/overlays/dev was not built: https://192.0.2.1") for note in report.notes
    )


def test_what_is_no_repository_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="clusters"):
        validate(tmp_path)


def test_a_link_that_leads_out_of_the_repository_is_told_and_not_read(copy: Bake, tmp_path: Path) -> None:
    repository = copy()
    (tmp_path / "secret.yaml").write_text("a: [\n", encoding="utf-8")
    link = repository / "infrastructure/kyverno/secret.yaml"
    link.symlink_to(tmp_path / "secret.yaml")
    assert [finding.rule for finding in validate(repository).findings] == ["FILE01"]
    link.unlink()
    (tmp_path / "secret.yaml").rename(link)
    assert [finding.rule for finding in validate(repository).findings] == ["YAML01"]


def test_findings_are_ordered_by_place_and_said_once() -> None:
    first, second = Finding("B01", "a", 2, "m", "f"), Finding("A01", "a", 10, "m", "f")
    assert ordered([second, first, first]) == [first, second]
    assert str(first) == "a:2: B01 m\n    fix: f"
    assert str(Finding("B01", "a", None, "m", "f")) == "a: B01 m\n    fix: f"


def test_only_findings_in_the_named_paths_are_told(copy: Bake) -> None:
    repository = copy()
    edit(repository / "clusters/dev/root.yaml", "limit: -1", "limit: 5")
    edit(repository / ARGOCD / "apps/cert-manager.yaml", 'sync-wave: "1"', "sync-wave: later")
    assert gitops(repository, "validate", "clusters/dev").stdout.count("fix: ") == 1
    assert gitops(repository, "validate", "clusters/dev/root.yaml", ARGOCD).stdout.count("fix: ") == 2
    assert gitops(repository, "validate", "clusters/prod").returncode == 0
    assert gitops(repository, "validate", "no-such-folder").returncode == 2
    outside = gitops(repository, "validate", "..")
    assert outside.returncode == 2
    assert "is not in" in outside.stderr


def manifest(version: str, highly_available: bool = False) -> str:
    """As much of an install manifest as tells which it is, and as our parts need."""
    from gitops import stand_in

    return stand_in.manifest(version, highly_available)


def test_vendoring_keeps_copies_that_the_overlays_build_on(copy: Bake, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = copy()
    asked = []

    def download(url: str, expected: object = None) -> str:
        asked.append(url)
        return manifest("v3.6.1", "/ha/" in url)

    monkeypatch.setattr(vendor, "_read", download)
    done = vendor.argocd(repository, None)
    assert len(asked) == 2
    for environment in environments(repository):
        text = (repository / ARGOCD / "overlays" / environment / "kustomization.yaml").read_text(encoding="utf-8")
        assert f"- ../../upstream/v3.6.1{'-ha' if environment == 'prod' else ''}\n" in text
        assert text.startswith("# ")
        assert any(f"overlays/{environment}/" in line for line in done)
    report = validate(repository, require_kustomize=True)
    assert not report.findings
    assert not report.notes
    assert vendor.argocd(repository, None) == ["nothing to do: no overlay of Argo CD fetches its manifest"]


def test_vendoring_from_a_file_serves_the_overlays_that_name_it(copy: Bake, tmp_path: Path) -> None:
    repository = copy()
    (tmp_path / "install.yaml").write_text(manifest("v3.6.1"), encoding="utf-8")
    run = gitops(repository, "vendor", "argocd", "--from", str(tmp_path / "install.yaml"))
    assert run.returncode == 0, run.stderr
    assert (repository / ARGOCD / "upstream/v3.6.1/install.yaml").exists()
    assert "https://" in (repository / ARGOCD / "overlays/prod/kustomization.yaml").read_text(encoding="utf-8")
    assert gitops(repository, "validate").returncode == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (manifest("v3.5.0"), "is Argo CD v3.5.0, and the overlays name Argo CD v3.6.1"),
        ("<html>404</html>\n", "no install manifest"),
        (None, "could not be read"),
    ],
    ids=["another version", "another file", "no file"],
)
def test_what_cannot_be_vendored_changes_nothing(copy: Bake, tmp_path: Path, content: str | None, said: str) -> None:
    repository = copy()
    if content:
        (tmp_path / "install.yaml").write_text(content, encoding="utf-8")
    before = {path: path.read_bytes() for path in repository.rglob("*.yaml")}
    run = gitops(repository, "vendor", "argocd", "--from", str(tmp_path / "install.yaml"))
    assert run.returncode == 3
    assert said in run.stderr
    assert {path: path.read_bytes() for path in repository.rglob("*.yaml")} == before
