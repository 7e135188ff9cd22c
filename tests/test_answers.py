"""The rules for answers, each on a small catalogue that is made to show it."""

import json
from pathlib import Path

import pytest
import yaml
from gitops import answers

ROOT = Path(__file__).resolve().parent.parent

CATALOGUE = {
    "argocd": {"profile": "minimal", "provides": ["crds/argoproj.io"]},
    "secrets-operator": {"profile": "minimal", "provides": ["secrets"]},
    "disks": {"profile": "full", "namespace": "disks-system", "provides": ["storage"], "needs": ["secrets"]},
    "cert-manager": {"profile": "minimal", "provides": ["certificates"], "alsoWritesTo": ["leader-election"]},
    "metrics-server": {"profile": "standard", "namespace": "kube-system", "needs": ["certificates"]},
    "red-gateway": {"profile": "standard", "provides": ["gateway"]},
    "blue-gateway": {"profile": "full", "provides": ["gateway"]},
    "dns-writer": {"profile": "full", "provides": ["dns"]},
    "database": {"profile": "full", "needs": ["storage", "gateway"]},
}
# Together with `components`, all that the warnings about certificates and records look at.
CERTIFICATES = {"profile": "minimal", "acme_email": "ops@your-company.com", "dns_provider": "none"}
RECORDS = {"profile": "minimal", "acme_email": "", "dns_provider": "cloudflare"}


def told(**given: str) -> list[str]:
    """The problems of the answers `given`, as they are printed."""
    return [str(problem) for problem in answers.check(given, CATALOGUE)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("dev, staging, prod", ["dev", "staging", "prod"]),
        ("lab", ["lab"]),
        (" dev ,, prod,", ["dev", "prod"]),
        ("", []),
    ],
)
def test_environments_keep_their_order_and_lose_their_spaces(answer: str, expected: list[str]) -> None:
    assert answers.environments(answer) == expected


@pytest.mark.parametrize(
    ("profile", "explicit", "expected"),
    [
        ("minimal", "", ["argocd", "secrets-operator", "cert-manager"]),
        ("standard", "", ["argocd", "secrets-operator", "cert-manager", "metrics-server", "red-gateway"]),
        ("full", " ", list(CATALOGUE)),
        ("full", "cert-manager", ["argocd", "cert-manager"]),
        ("minimal", "database, argocd ,disks", ["argocd", "disks", "database"]),
        ("minimal", "+red-gateway", ["argocd", "secrets-operator", "cert-manager", "red-gateway"]),
        ("standard", "-metrics-server, +disks", ["argocd", "secrets-operator", "disks", "cert-manager", "red-gateway"]),
        ("full", "-argocd", list(CATALOGUE)),
        ("full", "unknown", ["argocd"]),
        ("unknown", "", ["argocd"]),
    ],
)
def test_components_come_in_the_order_of_the_catalogue(profile: str, explicit: str, expected: list[str]) -> None:
    assert answers.components(profile, explicit, CATALOGUE) == expected


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("project_name", 'Zürich\'s "platform" {x} $(y) \\ 日本'),
        ("project_name", "x" * 200),
        ("description", ""),
        ("project_slug", "a" * 63),
        ("repo_url", "https://git.example.com:8443/group/sub.group/repo.git"),
        ("repo_url", "https://dev.azure.com/org/My%20Project/_git/repo"),
        ("repo_url", "ssh://git@git.example.com:2222/~me/repo.git"),
        ("repo_url", "git@github.com:org/repo.git"),
        ("repo_url", "git@git.example.com:/srv/git/repo"),
        ("revision", "release/v1.2_x"),
        ("revision", "versions"),
        ("environments", "dev"),
        ("environments", "a,b,c,d,e,f,g,h,i"),
        ("environments", "eu-west-1, production, 2nd"),
        ("base_domain", "lan"),
        ("base_domain", "10.0.0.1.nip.io"),
        ("argocd_version", "v3.2.0"),
        ("argocd_version", "v4.0.0"),
        ("kubernetes_version", "1.30"),
        ("components", "argocd"),
        ("components", "disks, secrets-operator"),
        ("team", "a" * 58),
        ("team", "kubernetes"),
        ("team", "certificates"),
        ("chart_mirror", ""),
        ("chart_mirror", "https://charts.example.com"),
        ("chart_mirror", "registry.example.com:5000/mirror/charts"),
        ("acme_email", ""),
        ("acme_email", "ops@your-company.com"),
        ("acme_email", "it+acme.staging%x_1-2@mail.your-company.co.uk"),
        ("acme_email", "x" * 64 + "@your-company.com"),
        ("acme_email", "ops@notexample.com"),
        ("chart_mirror", "localhost:5000/charts"),
        ("image_mirror", ""),
        ("image_mirror", "registry.example.com"),
        ("image_mirror", "localhost:5000"),
        ("image_mirror", "10.0.0.1:5000/a/b__c/d.e-f"),
    ],
)
def test_what_is_sound_has_no_problem(field: str, answer: str) -> None:
    assert told(**{field: answer}) == []


def test_a_backend_brings_what_it_needs_unless_that_is_left_out() -> None:
    real = yaml.safe_load((ROOT / "catalogue.yaml").read_text(encoding="utf-8"))
    for backend in ("none", "vault", "fake"):
        assert answers.components("full", "", real, backend) == answers.components("full", "", real)
    brought = {*answers.components("full", "", real, "onepassword")} - {*answers.components("full", "", real)}
    assert brought == {"onepassword-connect"}
    assert answers.components("", "external-secrets", real, "onepassword") == [
        "argocd", "external-secrets", "onepassword-connect"
    ]  # fmt: skip
    assert "onepassword-connect" not in answers.components("full", "-onepassword-connect", real, "onepassword")


def test_what_is_left_out_goes_with_what_is_told_about_its_kinds() -> None:
    catalogue = {
        "argocd": {"area": "infrastructure", "provides": ["crds/argoproj.io"]},
        "disks": {"area": "infrastructure", "provides": ["crds/disks.io", "crds/shared.io", "storage"]},
        "logs": {"area": "monitoring", "provides": ["crds/logs.io", "crds/shared.io"]},
    }
    argocd = "infrastructure/controllers/argocd"

    def told(group: str) -> list[str]:
        return [f"{argocd}/lua/{group}", f"tools/gitops/schemas/{group}.json"]

    disks = ["infrastructure/disks", f"{argocd}/apps/disks.yaml", *told("disks.io")]
    logs = ["monitoring/logs", f"{argocd}/apps/logs.yaml", *told("logs.io")]
    assert sorted(answers.left_out(["argocd", "disks", "logs"], catalogue)) == []
    # Another component still brings the kinds of shared.io.
    assert sorted(answers.left_out(["argocd", "disks"], catalogue)) == sorted(logs)
    assert sorted(answers.left_out(["argocd"], catalogue)) == sorted([*disks, *logs, *told("shared.io")])


def test_problems_come_in_the_order_of_the_questions() -> None:
    given = {"team": "Team", "argocd_version": "3", "repo_url": "x", "project_name": "", "environments": "A,B"}
    fields = [problem.field for problem in answers.check(given, CATALOGUE)]
    assert fields == ["project_name", "repo_url", "environments", "environments", "team", "argocd_version"]


def test_rules_stand_in_the_order_of_the_questions_and_miss_none() -> None:
    questions = json.loads((ROOT / "cookiecutter.json").read_text(encoding="utf-8"))
    free = [key for key, default in questions.items() if isinstance(default, str) and not key.startswith("_")]
    assert list(answers.ALONE) == free


def test_a_default_made_of_a_faulty_answer_is_not_told_again() -> None:
    given = {"project_slug": "My Repo", "repo_url": "https://github.com/example/My Repo.git"}
    assert [problem.field for problem in answers.check(given, CATALOGUE)] == ["project_slug"]


def test_a_fault_beside_a_faulty_default_is_told() -> None:
    given = {"project_slug": "My Repo", "repo_url": "https://github.com/{org}/My Repo.git"}
    assert [problem.field for problem in answers.check(given, CATALOGUE)] == ["project_slug", "repo_url"]


@pytest.mark.parametrize(
    ("secret", "value"),
    [
        ("hunter2", "https://me:hunter2@git.example.com/a"),
        ("hunter2", "https://hunter2@git.example.com/a"),
        ("hunter2", "https://me:hunter/hunter2@git.example.com/a"),
        ("hunter2", "ssh://git:hunter2@git.example.com/a"),
        ("hunter2", "git:hunter2@git.example.com:a"),
        ("hunter2", "https://git.example.com/a?token=hunter2"),
    ],
)
def test_secrets_are_not_shown(secret: str, value: str) -> None:
    (line,) = told(repo_url=value)
    assert secret not in line
    assert "***" in line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\n\x1b[31mb", r"'a\n\x1b[31mb'"),
        ("x" * 100, "'" + "x" * 76 + "..."),
        ("git@github.com:org/repo", "'git@github.com:org/repo'"),
    ],
)
def test_values_are_shown_quoted_escaped_and_clipped(value: str, expected: str) -> None:
    assert answers.shown(value) == expected
    assert len(answers.shown(value)) <= 80


def test_a_missing_need_is_named_and_offered_with_its_own_needs() -> None:
    assert told(components="database") == [
        "components: 'database': needs storage, secrets, gateway: choose disks, secrets-operator, "
        "red-gateway or blue-gateway too",
    ]


def test_a_need_is_not_looked_at_while_a_name_is_unknown() -> None:
    assert told(components="database, disk") == [
        "components: 'disk': is not in the catalogue. Did you mean disks?",
    ]


@pytest.mark.parametrize("team", ["kube", "kube-tools", "argocd", "openshift", "disks", "cert", "leader", "red"])
def test_a_team_owns_no_namespace_of_the_platform(team: str) -> None:
    (line,) = told(team=team, app="hello")
    assert line.startswith(f"team: '{team}': is reserved:")


def test_an_app_is_no_component() -> None:
    assert told(team="metrics", app="server") == [
        "app: 'server': <team>-<app> is metrics-server, a component's Application: choose another name",
    ]


def test_team_and_app_together_fit_a_label() -> None:
    assert told(team="t" * 31, app="a" * 31) == []
    (line,) = told(team="t" * 31, app="a" * 33)
    assert line.endswith("shorten it by 2")


def test_a_domain_leaves_room_for_the_longest_environment() -> None:
    domain = ".".join(["d" * 45] * 4)  # 183 characters
    assert told(base_domain=domain, environments="dev, stage") == []
    (line,) = told(base_domain=domain, environments="dev, staging")
    assert "<name>.staging.<base_domain>" in line
    assert line.endswith("shorten it by 2")


@pytest.mark.parametrize(
    "given",
    [
        {"repo_url": "http://git.example.com/a"},
        {"chart_mirror": "http://charts.example.com"},
        {"argocd_version": "v3.2.11", "wave_gate": "strict"},
        {"argocd_version": "v3.3.0", "wave_gate": "health"},
        CERTIFICATES | {"components": "secrets-operator"},
        CERTIFICATES | {"components": "cert-manager"},
        RECORDS | {"components": "secrets-operator"},
        RECORDS | {"components": "cert-manager"},
    ],
)
def test_a_warning_says_so(given: dict[str, str]) -> None:
    (problem,) = answers.check(given, CATALOGUE)
    assert problem.warning
    assert str(problem).startswith("warning: ")


@pytest.mark.parametrize(
    "given",
    [
        CERTIFICATES | {"components": "cert-manager, red-gateway"},
        CERTIFICATES | {"components": "cert-manager", "dns_provider": "route53"},
        RECORDS | {"components": "dns-writer"},
        RECORDS | {"components": "cert-manager", "acme_email": "ops@your-company.com"},
    ],
)
def test_no_warning_where_certificates_or_records_come_about(given: dict[str, str]) -> None:
    assert told(**given) == []


@pytest.mark.parametrize(("version", "gate"), [("v3.3.0", "off"), ("v3.4.0", "strict"), ("v3.20.0", "strict")])
def test_no_warning_without_a_gate_or_with_a_prompt_argocd(version: str, gate: str) -> None:
    assert told(argocd_version=version, wave_gate=gate) == []
