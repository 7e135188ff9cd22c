"""A promotion gives an environment what another one runs: a revision where it is pinned, else versions."""

import shutil
from pathlib import Path

import pytest
from commands import git
from conftest import Bake, changed, contents, gitops
from gitops import promote
from gitops.changes import Changes, diff
from gitops.cli import Refused, Wrong

VERSIONS = "infrastructure/controllers/argocd/apps/environments/{}/versions.yaml"
LOKI = "monitoring/loki/overlays/{}/app.yaml"
ARGOCD = "infrastructure/controllers/argocd/overlays/{}/kustomization.yaml"
HELLO = "my-apps/platform/hello-world/overlays/{}/kustomization.yaml"


def edit(repository: Path, file: str, before: str, after: str) -> None:
    path = repository / file
    text = path.read_text(encoding="utf-8")
    assert before in text, text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def version(repository: Path, file: str, key: str) -> str:
    lines = (repository / file).read_text(encoding="utf-8").splitlines()
    said = next(line.split(": ", 1)[1] for line in lines if line.strip().startswith(f"{key}: "))
    return said.partition(" #")[0].strip('"')


def move(repository: Path, environment: str) -> None:
    """A newer version of three things in an environment."""
    for file, key, newer in (
        (VERSIONS, "cert-manager", "v1.99.0"),
        (LOKI, "version", "99.0.0"),
        (HELLO, "newTag", "9.9.9"),
    ):
        path = file.format(environment)
        edit(repository, path, version(repository, path, key), newer)


def manifest(version: str, flavour: str = "") -> str:
    return f"https://raw.githubusercontent.com/argoproj/argo-cd/{version}/manifests/{flavour}install.yaml"


def pinned(repository: Path, cluster: str, revision: str) -> None:
    path = f"clusters/{cluster}/cluster.yaml"
    edit(repository, path, f'revision: "{version(repository, path, "revision")}"', f'revision: "{revision}"')


def commit(repository: Path, message: str) -> str:
    if not (repository / ".git").exists():
        git("init", "--quiet", cwd=repository)
    git("add", "--all", cwd=repository)
    git("commit", "--quiet", "--message", message, cwd=repository)
    return git("rev-parse", "HEAD", cwd=repository).strip()


def lines(repository: Path, changes: Changes) -> list[str]:
    shown = diff(repository, changes).splitlines()
    return [line for line in shown if line[0] in "+-" and not line.startswith(("+++", "---"))]


def test_versions_arrive_in_a_continuous_environment_and_are_written_when_asked(copy: Bake) -> None:
    repository = copy()
    move(repository, "dev")
    before = contents(repository)
    done = gitops(repository, "promote", "dev", "staging")
    assert "nothing was written" in done.stderr
    assert changed(before, contents(repository)) == set()
    assert gitops(repository, "promote", "dev", "staging", "--write").stdout == done.stdout
    after = contents(repository)
    assert changed(before, after) == {file.format("staging") for file in (VERSIONS, LOKI, HELLO)}
    for file in (VERSIONS, LOKI, HELLO):
        assert after[file.format("staging")] == after[file.format("dev")]
    again = gitops(repository, "promote", "dev", "staging", "--write")
    assert again.stdout == "nothing to do: staging runs what dev runs\n"
    assert changed(after, contents(repository)) == set()


def test_what_renovate_reads_beside_a_version_stays(copy: Bake) -> None:
    repository = copy()
    move(repository, "dev")
    changes, _ = promote.plan(repository, "dev", "prod", ("cert-manager",))
    (line,) = [line for line in lines(repository, changes) if line[0] == "+"]
    assert line == '+  cert-manager: "v1.99.0" # https://charts.jetstack.io cert-manager'


def test_argocd_gets_its_version_and_stays_plain_or_highly_available(copy: Bake) -> None:
    repository = copy()
    edit(repository, ARGOCD.format("dev"), "v3.6.1", "v3.7.0")
    changes, notes = promote.plan(repository, "dev", "staging")
    assert lines(repository, changes) == [f"-  - {manifest('v3.6.1')}", f"+  - {manifest('v3.7.0')}"]
    changes, _ = promote.plan(repository, "dev", "prod", ("argocd",))
    assert lines(repository, changes) == [f"-  - {manifest('v3.6.1', 'ha/')}", f"+  - {manifest('v3.7.0', 'ha/')}"]
    assert notes == []
    assert promote.plan(repository, "staging", "prod", ("argocd",)) == ({}, [])


def test_a_copy_of_argocd_is_taken_where_it_is_there_and_is_asked_for_where_not(copy: Bake) -> None:
    repository = copy()
    edit(repository, ARGOCD.format("dev"), manifest("v3.6.1"), "../../upstream/v3.7.0")
    edit(repository, ARGOCD.format("staging"), manifest("v3.6.1"), "../../upstream/v3.6.1")
    changes, notes = promote.plan(repository, "dev", "staging", ("argocd",))
    assert lines(repository, changes) == ["-  - ../../upstream/v3.6.1", f"+  - {manifest('v3.7.0')}"]
    assert len(notes) == 1
    assert notes[0].endswith("./gitops vendor argocd makes one")
    for name in ("v3.7.0", "v3.7.0-ha"):
        (repository / "infrastructure/controllers/argocd/upstream" / name).mkdir(parents=True)
    for environment, old, new in (
        ("staging", "../../upstream/v3.6.1", "../../upstream/v3.7.0"),
        ("prod", manifest("v3.6.1", "ha/"), "../../upstream/v3.7.0-ha"),
    ):
        changes, notes = promote.plan(repository, "dev", environment, ("argocd",))
        assert lines(repository, changes) == [f"-  - {old}", f"+  - {new}"]
        assert not any("vendor" in note for note in notes)


def test_what_differs_otherwise_stays_and_so_do_quotes_and_comments(copy: Bake) -> None:
    repository = copy()
    move(repository, "dev")
    edit(repository, HELLO.format("prod"), "newTag: 6.14.1", "newTag: '6.14.1' # since May")
    edit(repository, LOKI.format("prod"), "  version: ", "  version:   ")
    changes, _ = promote.plan(repository, "dev", "prod", ("loki", "platform/hello-world"))
    assert "    newTag: '9.9.9' # since May\n" in str(changes[HELLO.format("prod")])
    assert "patches:" in str(changes[HELLO.format("prod")])
    assert "  version:   99.0.0\n" in str(changes[LOKI.format("prod")])
    assert changes.keys() == {LOKI.format("prod"), HELLO.format("prod")}


def test_what_is_missing_is_said_and_not_made(copy: Bake) -> None:
    repository = copy()
    move(repository, "dev")
    shutil.rmtree(repository / "monitoring/loki/overlays/staging")
    edit(repository, HELLO.format("staging"), "podinfo", "other")
    edit(repository, VERSIONS.format("staging"), "  cert-manager:", "  cert-manage:")
    edit(repository, "monitoring/tempo/overlays/staging/app.yaml", "https://", "https://mirror.")
    edit(repository, "monitoring/tempo/overlays/dev/app.yaml", "version: ", "version: 9")
    changes, notes = promote.plan(repository, "dev", "staging")
    assert changes == {}
    assert sorted(note.split(":")[0].split(",")[0] for note in notes) == [
        f"cert-manager has no line in {VERSIONS.format('staging')}",
        "loki is not in staging",
        f"newTag of ghcr.io/stefanprodan/podinfo in platform/hello-world has no line in {HELLO.format('staging')}",
        "tempo is another chart in staging",
    ]


def test_a_digest_is_promoted_with_its_tag(copy: Bake) -> None:
    repository = copy()
    for environment, digit in (("dev", "1"), ("staging", "2")):
        digest = f"sha256:{digit * 64}"
        edit(repository, HELLO.format(environment), "newTag: 6.14.1", f"newTag: 6.{digit}.0\n    digest: {digest}")
    changes, _ = promote.plan(repository, "dev", "staging")
    assert lines(repository, changes)[2:] == ["+    newTag: 6.1.0", f"+    digest: sha256:{'1' * 64}"]


def test_a_pinned_environment_gets_the_revision_in_every_cluster_of_it(copy: Bake) -> None:
    repository = copy()
    shutil.copytree(repository / "clusters/prod", repository / "clusters/prod-eu")
    for file, before, after in (
        ("cluster.yaml", 'name: "prod"', 'name: "prod-eu"'),
        ("root.yaml", "clusters/prod", "clusters/prod-eu"),
    ):
        edit(repository, f"clusters/prod-eu/{file}", before, after)
    old = commit(repository, "Generated")
    for cluster in ("prod", "prod-eu"):
        pinned(repository, cluster, old)
    git("branch", "--move", "main", cwd=repository)
    newest = commit(repository, "Pin")
    done = gitops(repository, "promote", "staging", "prod", "--write")
    for cluster in ("prod", "prod-eu"):
        assert version(repository, f"clusters/{cluster}/cluster.yaml", "revision") == newest
    assert "has not been pushed" in done.stderr
    # A pinned source is what it is pinned to.
    pinned(repository, "staging", old)
    changes, _ = promote.plan(repository, "staging", "prod")
    assert lines(repository, changes) == [f'-  revision: "{newest}"', f'+  revision: "{old}"'] * 2
    with pytest.raises(Refused, match="prod is pinned, and a pin moves everything: leave out loki"):
        promote.plan(repository, "staging", "prod", ("loki",))


def test_of_two_clusters_the_continuous_one_gets_versions_and_the_pinned_one_a_revision(copy: Bake) -> None:
    repository = copy()
    shutil.copytree(repository / "clusters/prod", repository / "clusters/prod-eu")
    old = commit(repository, "Generated")
    pinned(repository, "prod", old)
    move(repository, "staging")
    newest = commit(repository, "Move")
    changes, _ = promote.plan(repository, "staging", "prod")
    assert changes.keys() == {"clusters/prod/cluster.yaml", *(file.format("prod") for file in (VERSIONS, LOKI, HELLO))}
    assert newest in str(changes["clusters/prod/cluster.yaml"])
    changes, notes = promote.plan(repository, "staging", "prod", ("loki",))
    assert changes.keys() == {LOKI.format("prod")}
    assert notes == ["prod: pinned, and so left as it is: a pin moves everything"]


def test_a_pinned_source_gives_the_versions_of_its_pin(copy: Bake) -> None:
    repository = copy()
    move(repository, "staging")
    old = commit(repository, "Move")
    edit(repository, LOKI.format("staging"), "99.0.0", "100.0.0")
    pinned(repository, "staging", old)
    changes, _ = promote.plan(repository, "staging", "prod", ("loki",))
    assert [line for line in lines(repository, changes) if line[0] == "+"] == ["+  version: 99.0.0"]


def test_backwards_is_refused_unless_told(copy: Bake) -> None:
    repository = copy()
    move(repository, "prod")
    with pytest.raises(Refused, match="prod comes after dev in the order dev, staging, prod: say --backwards"):
        promote.plan(repository, "prod", "dev")
    assert len(promote.plan(repository, "prod", "dev", backwards=True)[0]) == 3


def test_clusters_that_differ_are_no_source_and_an_unknown_branch_none_either(copy: Bake) -> None:
    repository = copy()
    pinned(repository, "prod", "0" * 40)
    with pytest.raises(Refused, match="staging runs main, which is not here"):
        promote.plan(repository, "staging", "prod")
    shutil.copytree(repository / "clusters/staging", repository / "clusters/west")
    pinned(repository, "west", "1" * 40)
    with pytest.raises(Refused, match="run different revisions"):
        promote.plan(repository, "staging", "prod")


def test_wrong_arguments_are_told_all_at_once(bake: Bake) -> None:
    with pytest.raises(Wrong) as wrong:
        promote.plan(bake(), "devel", "prd", ("lokki", "hello-world"))
    assert wrong.value.message.splitlines() == [
        "from: 'devel': is no environment: there are dev, staging, prod",
        "to: 'prd': is no environment: there are dev, staging, prod",
        "what: 'lokki': is no component and no TEAM/APP here; did you mean loki?",
        "what: 'hello-world': is no component and no TEAM/APP here; did you mean platform/hello-world?",
    ]
