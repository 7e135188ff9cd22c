"""What is added by a command is what the template would have written, and is there once."""

import json
from pathlib import Path

import pytest
import yaml
from conftest import Bake, changed, contents, gitops
from gitops import add_app, add_environment, add_team
from gitops.changes import Changes
from gitops.cli import Refused, Wrong
from gitops.repository import Repository
from gitops.validate import validate

APPS = "infrastructure/controllers/argocd/apps"


def make(repository: Path, changes: Changes) -> None:
    """Writes planned changes without asking the rules, which takes most of the time."""
    for file, text in changes.items():
        assert text is not None
        (repository / file).parent.mkdir(parents=True, exist_ok=True)
        (repository / file).write_bytes(text.encode(errors="surrogateescape"))


def facts(repository: Path, cluster: str) -> dict[str, str]:
    data: dict[str, str] = yaml.safe_load((repository / f"clusters/{cluster}/cluster.yaml").read_text())["data"]
    return data


def set_fact(repository: Path, cluster: str, before: str, after: str) -> None:
    path = repository / f"clusters/{cluster}/cluster.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("profile", ["standard", "minimal"])
def test_an_added_environment_is_that_of_a_fresh_bake(copy: Bake, bake: Bake, profile: str) -> None:
    repository = copy(profile=profile)
    done = gitops(repository, "add", "environment", "qa", "--like", "staging")
    expected = contents(bake(profile=profile, environments="dev, staging, qa, prod"))
    assert changed(contents(repository), expected) == set()
    assert "A  clusters/qa/\n" in done.stdout
    assert "next: commit and push" in done.stderr
    again = gitops(repository, "add", "environment", "qa", "--like", "staging", "--before", "prod", sound=False)
    assert (again.returncode, again.stdout) == (0, "nothing to do: it is all there\n")
    assert changed(contents(repository), expected) == set()


def test_an_environment_may_come_first(copy: Bake, bake: Bake) -> None:
    repository = copy()
    changes, notes = add_environment.plan(repository, "sandbox", "dev", before="dev")
    make(repository, changes)
    expected = contents(bake(environments="sandbox, dev, staging, prod"))
    # The README boots the first environment as its example, which is still a sound one, and Renovate begins there.
    assert changed(contents(repository), expected) <= {"README.md", "renovate.json"}
    assert any("sandbox is first now" in note for note in notes)
    assert b"\nsandbox, dev, staging, prod.\n" in contents(repository)["README.md"]


def test_a_repository_of_one_environment_gets_a_second_one_like_it(copy: Bake, bake: Bake) -> None:
    repository = copy(environments="lab")
    gitops(repository, "add", "environment", "dev", "--like", "lab")
    expected = contents(bake(environments="dev, lab"))
    differ = changed(contents(repository), expected)
    # What it is like is what --like says, and lab is production.
    assert {path for path in differ if "/overlays/dev" not in path} <= {"README.md", "renovate.json"}
    assert facts(repository, "dev")["production"] == "false"
    assert facts(repository, "dev")["domain"] == "dev.example.com"


def test_only_the_last_environment_becomes_production_and_the_command_says_so(copy: Bake) -> None:
    repository = copy(environments="lab")
    done = gitops(repository, "add", "environment", "live", "--like", "lab", "--last")
    assert "production is live now, and lab no longer is; the domain of lab stays what it was" in done.stderr
    assert {name: facts(repository, name)["production"] for name in ("lab", "live")} == {"lab": "false", "live": "true"}
    assert {name: facts(repository, name)["domain"] for name in ("lab", "live")} == {
        "lab": "example.com",
        "live": "live.example.com",
    }
    assert 'environments = ["lab", "live"]\n' in (repository / "pyproject.toml").read_text(encoding="utf-8")
    again = add_environment.plan(repository, "live", "lab", last=True)
    assert again == ({}, [])


def test_the_answer_is_recorded_where_cruft_keeps_it(copy: Bake) -> None:
    repository = copy()
    answers = {
        "project_name": "é \U0001f600",
        "environments": "dev, staging, prod",
        "__environments": "dev staging prod",
    }
    state = json.dumps({"template": "x", "context": {"cookiecutter": answers}, "directory": None}, indent=2)
    (repository / ".cruft.json").write_text(state, encoding="utf-8")
    changes, _ = add_environment.plan(repository, "qa", "dev")
    assert changes[".cruft.json"] == state.replace("dev, staging, prod", "dev, staging, qa, prod").replace(
        "dev staging prod", "dev staging qa prod"
    )


def test_the_layout_of_the_order_stays(copy: Bake) -> None:
    repository = copy()
    path = repository / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    tall = 'environments = [\n  "dev", # ours\n  "staging",\n  "prod",\n] # the order'
    path.write_text(text.replace('environments = ["dev", "staging", "prod"]', tall), encoding="utf-8")
    changes, _ = add_environment.plan(repository, "qa", "dev")
    assert tall.replace('  "prod"', '  "qa",\n  "prod"') in str(changes["pyproject.toml"])


def test_what_an_owner_changed_is_copied_and_comments_with_it(copy: Bake) -> None:
    repository = copy()
    own = repository / "monitoring/loki/overlays/dev/values.yaml"
    own.write_bytes(b"# Ours.\r\nloki: {a: 1}   # why\r\n")
    (own.parent / "picture.bin").write_bytes(b"\xff\x00\r\n")
    make(repository, add_environment.plan(repository, "qa", "dev")[0])
    copied = contents(repository / "monitoring/loki/overlays/qa")
    assert copied["values.yaml"] == own.read_bytes()
    assert copied["picture.bin"] == b"\xff\x00\r\n"


def test_an_environment_that_lacks_something_gets_that_only(copy: Bake) -> None:
    repository = copy()
    for file in (repository / "monitoring/loki/overlays/staging").iterdir():
        file.unlink()
    (repository / "monitoring/loki/overlays/staging").rmdir()
    changes, _ = add_environment.plan(repository, "staging", "dev")
    assert {file.rpartition("/")[0] for file in changes} == {"monitoring/loki/overlays/staging"}


def test_a_new_cluster_is_not_pinned_to_what_was_before_it(copy: Bake) -> None:
    repository = copy()
    set_fact(repository, "dev", 'revision: "main"', f'revision: "{"0" * 40}"')
    changes, notes = add_environment.plan(repository, "qa", "dev")
    make(repository, changes)
    assert facts(repository, "qa")["revision"] == "main"
    assert any("cluster qa follows main" in note for note in notes)


def test_an_environment_whose_cluster_has_another_name_is_a_model_too(copy: Bake) -> None:
    repository = copy()
    (repository / "clusters/staging").rename(repository / "clusters/west")
    for file in ("cluster.yaml", "root.yaml"):
        path = repository / "clusters/west" / file
        text = path.read_text(encoding="utf-8").replace('  name: "staging"', '  name: "west"')
        path.write_text(text.replace("clusters/staging", "clusters/west"), encoding="utf-8")
    assert validate(repository).findings == []
    gitops(repository, "add", "environment", "qa", "--like", "staging")
    assert facts(repository, "qa")["environment"] == facts(repository, "qa")["name"] == "qa"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Qa", "dev"), ["environments: 'Qa': must be lower-case letters"]),
        (("base", "dev"), ["environments: 'base': is reserved"]),
        (("a, b", "dev"), ["environments: 'a, b': must be one name"]),
        (("q" * 63, "nope", "nor"), ["like: 'nope'", "before: 'nor'"]),
        (("Qa", "nope", "dev", True), ["environments: 'Qa'", "like: 'nope'", "before: 'dev': says one place"]),
        (("dev", "dev"), ["like: 'dev': must be another environment"]),
    ],
)
def test_arguments_are_held_to_the_rules_for_answers_all_at_once(
    bake: Bake, arguments: tuple[str, str], said: list[str]
) -> None:
    with pytest.raises(Wrong) as wrong:
        add_environment.plan(bake(), *arguments)
    for line, expected in zip(wrong.value.message.splitlines(), said, strict=True):
        assert line.startswith(expected)


def test_the_domain_and_the_number_of_environments_have_bounds(bake: Bake) -> None:
    nine = bake(environments="a, b2, c-3, test, 1, true, uat, pre-prod, production")
    with pytest.raises(Wrong, match="must name 1 to 9 environments"):
        add_environment.plan(nine, "tenth", "a")
    long = bake(base_domain=".".join(["d" * 45] * 4), environments="dev, stage")
    with pytest.raises(Wrong, match="may exceed 253 characters"):
        add_environment.plan(long, "staging", "dev")


@pytest.mark.parametrize(
    ("name", "before", "last"), [("prod", None, False), ("dev", None, True), ("dev", "prod", False)]
)
def test_the_place_of_an_environment_does_not_change(bake: Bake, name: str, before: str | None, last: bool) -> None:
    with pytest.raises(Refused, match="is there already, in the order dev, staging, prod"):
        add_environment.plan(bake(), name, "staging", before, last)


def test_an_order_that_is_not_known_is_refused(copy: Bake) -> None:
    repository = copy()
    path = repository / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"staging", ', ""), encoding="utf-8")
    with pytest.raises(Refused, match="has to list dev, prod, staging, in the order of promotion, and lists dev, prod"):
        add_environment.plan(repository, "qa", "dev")


def test_a_wrong_argument_exits_with_2_and_changes_nothing(copy: Bake) -> None:
    repository = copy()
    before = contents(repository)
    done = gitops(repository, "add", "app", "Web/shop", "--like", "x/y", "--environment", "nope", sound=False)
    assert done.returncode == 2
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == ["team", "like", "environment"]
    assert changed(before, contents(repository)) == set()


@pytest.mark.parametrize("profile", ["standard", "minimal"])
def test_an_added_team_and_its_app_are_those_of_a_fresh_bake(copy: Bake, bake: Bake, profile: str) -> None:
    repository, expected = copy(profile=profile), contents(bake(profile=profile, team="web", app="shop"))
    gitops(repository, "add", "team", "web")
    before = contents(repository)
    done = gitops(repository, "add", "app", "web/shop")
    assert done.stdout == "A  my-apps/web/\n"
    after = contents(repository)
    for path in ("my-apps/web/", f"{APPS}/projects/team-web.yaml"):
        assert [(p, c) for p, c in after.items() if p.startswith(path)] == [
            (p, c) for p, c in expected.items() if p.startswith(path)
        ]
    # Everything else is left alone.
    assert all(path.startswith("my-apps/web") for path in changed(before, after))
    assert add_team.plan(repository, "web") == ({f"{APPS}/projects/kustomization.yaml": _text(repository)}, [])
    assert add_app.plan(repository, "web/shop") == ({}, [])


def _text(repository: Path) -> str:
    return (repository / APPS / "projects/kustomization.yaml").read_text(encoding="utf-8")


def test_teams_are_listed_in_order(copy: Bake) -> None:
    repository = copy()
    for team in ("web", "data"):
        make(repository, add_team.plan(repository, team, like="platform")[0])
    lines = _text(repository).splitlines()
    assert lines[-3:] == ["  - team-data.yaml", "  - team-platform.yaml", "  - team-web.yaml"]


@pytest.mark.parametrize(
    ("name", "like", "said"),
    [
        ("kube", None, "team: 'kube': is reserved"),
        ("cert", None, "team: 'cert': is reserved: the team would own cert-*, and so cert-manager's"),
        ("metrics", None, "team: 'metrics': is reserved"),
        ("Web", None, "team: 'Web': must be lower-case"),
        ("platform-x", None, "team: 'platform-x': team platform owns the namespaces platform-*"),
        ("plat", "x", "like: 'x': has no project of its own: there are platform"),
    ],
)
def test_a_team_is_held_to_the_rules_for_answers(bake: Bake, name: str, like: str | None, said: str) -> None:
    with pytest.raises(Wrong) as wrong:
        add_team.plan(bake(), name, like)
    assert wrong.value.message.startswith(said)


def test_with_several_teams_somebody_says_whose_permissions_it_gets(copy: Bake) -> None:
    repository = copy()
    make(repository, add_team.plan(repository, "web")[0])
    with pytest.raises(Wrong, match="like: '': must say whose permissions it gets: one of platform, web"):
        add_team.plan(repository, "data")


def test_an_app_takes_its_own_names_and_leaves_images_files_and_comments(copy: Bake) -> None:
    repository = copy()
    base = repository / "my-apps/platform/hello-world/base"
    (base / "hello-world.yaml").write_text(
        "# hello-world, the first\n"
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        "metadata:\n"
        "  name: hello-world-settings\n"
        "data:\n"
        "  image: ghcr.io/example/hello-world\n"
        '  url: "http://hello-world.platform-hello-world.svc/hello-world?x=othello-world"\n'
        "  text: |\n"
        "    host hello-world\n",
        encoding="utf-8",
    )
    path = base / "kustomization.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}  - hello-world.yaml\n", encoding="utf-8")
    (base / "notes.txt").write_text("hello-world\n", encoding="utf-8")
    make(repository, add_app.plan(repository, "platform/shop")[0])
    copied = contents(repository / "my-apps/platform/shop/base")
    assert copied["hello-world.yaml"].decode() == (
        "# hello-world, the first\n"
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        "metadata:\n"
        "  name: shop-settings\n"
        "data:\n"
        "  image: ghcr.io/example/hello-world\n"
        '  url: "http://shop.platform-shop.svc/shop?x=othello-world"\n'
        "  text: |\n"
        "    host shop\n"
    )
    assert b"  - hello-world.yaml\n" in copied["kustomization.yaml"]
    assert copied["notes.txt"] == b"hello-world\n"
    assert validate(repository).findings == []


def test_an_app_may_be_in_some_environments_and_follows_the_one_before_into_others(copy: Bake) -> None:
    repository = copy()
    make(repository, add_app.plan(repository, "platform/shop", environments=["dev"])[0])
    overlays = repository / "my-apps/platform/shop/overlays"
    assert [path.name for path in overlays.iterdir()] == ["dev"]
    (overlays / "dev/kustomization.yaml").write_text("# Ours.\n", encoding="utf-8")
    changes, notes = add_app.plan(repository, "platform/shop", environments=["staging"])
    assert {file: text for file, text in changes.items() if file.endswith("kustomization.yaml")} == {
        "my-apps/platform/shop/overlays/staging/kustomization.yaml": "# Ours.\n"
    }
    assert notes == ["in staging it is like platform/shop in dev"]


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("shop", "app: 'shop': must be TEAM/NAME"),
        ("web/shop", "team: 'web': has no project .*: add it with ./gitops add team web"),
        ("platform/Shop", "app: 'Shop': must be lower-case"),
        ("platform/1", "app: '1': is a number"),
        ("platform/a/b", "app: 'a/b': must be lower-case"),
        (f"platform/{'a' * 60}", "<team>-<app> names a namespace"),
        ("metrics/server", "team: 'metrics': is reserved"),
    ],
)
def test_an_app_is_held_to_the_rules_for_answers(bake: Bake, app: str, said: str) -> None:
    with pytest.raises(Wrong, match=said):
        add_app.plan(bake(), app)


def test_what_the_platform_runs_is_taken(bake: Bake) -> None:
    taken = add_team.taken(Repository(bake()))
    assert taken["cert-manager"]["namespace"] == "cert-manager"
    assert taken["loki"]["namespace"] == "loki"
    assert not any("hello-world" in name for name in taken)
