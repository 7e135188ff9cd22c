"""Answers that are refused: one row a rejection, one fault a row, and what the one line about it says."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config
from cookiecutter.utils import create_env_with_context
from gitops import answers

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = yaml.safe_load((ROOT / "catalogue.yaml").read_text(encoding="utf-8"))

NAME = "must be lower-case letters, digits and '-'"
NOT_A_NAME = "is a number, a date, a yes or no, or nothing to YAML"
TEXT = "must be one line of printable characters"
URL = "must be https://host/path, http://host/path, ssh://user@host/path or user@host:path"
CREDENTIALS = "carries credentials"
QUERY = "must have no query and no fragment"
DOTS = "must not hold '..'"
ASCII = "must be printable ASCII without spaces"
BRANCH = "must be the name of a branch"
GIT_BRANCH = "must be a branch to Git"
DOMAIN = "must be a DNS domain"
GROUP = "must be empty or the API group of an operator"
MIRROR = "must be empty, the http(s) URL of one chart repository, or an OCI registry"
IMAGES = "must be empty or a lower-case registry"
EMAIL = "must be empty or an e-mail address"
WORD = "must not hold CLUSTER"

REJECTED = [
    ("project_name", "", "must be a name for people"),
    ("project_name", "   ", "must be a name for people"),
    ("project_name", "two\nlines", TEXT),
    ("project_name", "bell \x07", TEXT),
    ("project_name", "left \u202e right", TEXT),
    ("project_name", "x" * 201, "at most 200 characters"),
    ("description", "two\nlines", TEXT),
    ("description", "tab\there", TEXT),
    ("description", "x" * 201, "at most 200 characters"),
    ("project_slug", "", NAME),
    ("project_slug", "My Repo", "write my-repo"),
    ("project_slug", "my_repo", NAME),
    ("project_slug", "-repo", NAME),
    ("project_slug", "repo-", NAME),
    ("project_slug", "../repo", NAME),
    ("project_slug", "a/b", NAME),
    ("project_slug", "$(id)", NAME),
    ("project_slug", "it's", NAME),
    ("project_slug", "{repo}", NAME),
    ("project_slug", "répertoire", NAME),
    ("project_slug", "x" * 64, NAME),
    ("project_slug", "2048", NOT_A_NAME),
    ("repo_url", "", URL),
    ("repo_url", "github.com/org/repo", URL),
    ("repo_url", "github.com:org/repo", URL),
    ("repo_url", "https://github.com", URL),
    ("repo_url", "https://github.com/org/repo/", URL),
    ("repo_url", "HTTPS://github.com/org/repo", URL),
    ("repo_url", "ftp://example.com/repo", URL),
    ("repo_url", "git://example.com/repo", URL),
    ("repo_url", "file:///srv/repo", URL),
    ("repo_url", "/srv/repo", URL),
    ("repo_url", "ssh://example.com/org/repo", URL),
    ("repo_url", "ssh://git@example.com:org/repo", URL),
    ("repo_url", "git@-oProxyCommand:org/repo", URL),
    ("repo_url", "git@example.com:-org/repo", URL),
    ("repo_url", "--upload-pack=x", URL),
    ("repo_url", "https://example.com/$(id)", URL),
    ("repo_url", "https://example.com/'org'", URL),
    ("repo_url", 'https://example.com/"org"', URL),
    ("repo_url", "https://example.com/{org}", URL),
    ("repo_url", "https://example.com/*", URL),
    ("repo_url", "https://example.com/a%0ab", URL),
    ("repo_url", "https://example.com:port/repo", URL),
    ("repo_url", "https://user:password@example.com/repo", CREDENTIALS),
    ("repo_url", "https://token@example.com/repo", CREDENTIALS),
    ("repo_url", "ssh://git:password@example.com/repo", CREDENTIALS),
    ("repo_url", "git:password@example.com:repo", CREDENTIALS),
    ("repo_url", "https://example.com/repo?ref=main", QUERY),
    ("repo_url", "https://example.com/repo#main", QUERY),
    ("repo_url", "https://example.com/../repo", DOTS),
    ("repo_url", "git@example.com:../repo", DOTS),
    ("repo_url", "https://example.com/./repo", DOTS),
    ("repo_url", "https://example.com/my repo", ASCII),
    ("repo_url", "https://example.com/re\npo", ASCII),
    ("repo_url", "https://example.com/répertoire", ASCII),
    ("repo_url", "https://example.com/ENVIRONMENT/repo", WORD),
    ("revision", "", BRANCH),
    ("revision", "-main", BRANCH),
    ("revision", "my branch", BRANCH),
    ("revision", "main~1", BRANCH),
    ("revision", "main^", BRANCH),
    ("revision", "a:b", BRANCH),
    ("revision", "a*", BRANCH),
    ("revision", "main@{1}", BRANCH),
    ("revision", "$(id)", BRANCH),
    ("revision", "ma\nin", BRANCH),
    ("revision", "a..b", GIT_BRANCH),
    ("revision", "a//b", GIT_BRANCH),
    ("revision", "/a", GIT_BRANCH),
    ("revision", "a/", GIT_BRANCH),
    ("revision", "a.", GIT_BRANCH),
    ("revision", "a/.b", GIT_BRANCH),
    ("revision", "a.lock", GIT_BRANCH),
    ("revision", "a.lock/b", GIT_BRANCH),
    ("revision", "HEAD", "the short name of a branch"),
    ("revision", "refs/heads/main", "the short name of a branch"),
    ("revision", "0123456789abcdef0123456789abcdef01234567", "a commit is pinned later"),
    ("revision", "REVISION", WORD),
    ("environments", "", "must name 1 to 9 environments"),
    ("environments", "  ", "must name 1 to 9 environments"),
    ("environments", "a,b,c,d,e,f,g,h,i,j", "there are 10"),
    ("environments", "dev, dev, prod", "is named 2 times"),
    ("environments", "dev,, prod", "has an empty place"),
    ("environments", "dev, prod,", "has an empty place"),
    ("environments", "Dev, prod", "write dev"),
    ("environments", "dev; prod", NAME),
    ("environments", "dev, -prod", NAME),
    ("environments", "dev, ..", NAME),
    ("environments", "dev, $(id)", NAME),
    ("environments", "dev, 'prod'", NAME),
    ("environments", "dev, {prod}", NAME),
    ("environments", "dev,\nprod", NAME),
    ("environments", "dev, " + "x" * 64, NAME),
    ("environments", "base, prod", "is reserved: every component has a folder of this name"),
    ("environments", "in-cluster", "Argo CD's word for the cluster it runs in"),
    ("base_domain", "", DOMAIN),
    ("base_domain", "https://example.com", DOMAIN),
    ("base_domain", "example.com/path", DOMAIN),
    ("base_domain", "example.com.", DOMAIN),
    ("base_domain", "*.example.com", DOMAIN),
    ("base_domain", "example..com", DOMAIN),
    ("base_domain", "-example.com", DOMAIN),
    ("base_domain", "Example.com", DOMAIN),
    ("base_domain", "exa mple.com", DOMAIN),
    ("base_domain", "{example}.com", DOMAIN),
    ("base_domain", "$(id).com", DOMAIN),
    ("base_domain", "'example'.com", DOMAIN),
    ("base_domain", "10.0.0.1", DOMAIN),
    ("base_domain", "x" * 64 + ".com", DOMAIN),
    ("base_domain", ".".join(["x" * 60] * 5), "at most 253 characters"),
    ("base_domain", ".".join(["x" * 60] * 3) + ".example", "<name>.staging.<base_domain> may exceed 253 characters"),
    ("argocd_version", "", "must be vX.Y.Z"),
    ("argocd_version", "3.6.1", "must be vX.Y.Z"),
    ("argocd_version", "v3.6", "must be vX.Y.Z"),
    ("argocd_version", "v3.6.1-rc1", "must be vX.Y.Z"),
    ("argocd_version", "v3.06.1", "must be vX.Y.Z"),
    ("argocd_version", "latest", "must be vX.Y.Z"),
    ("argocd_version", "v3." + "9" * 5000 + ".0", "must be vX.Y.Z"),
    ("argocd_version", "v3.1.9", "must be v3.2.0 or newer: older ones have no retry.refresh"),
    ("argocd_version", "v2.14.0", "must be v3.2.0 or newer"),
    ("kubernetes_version", "", "must be X.Y"),
    ("kubernetes_version", "v1.35", "must be X.Y"),
    ("kubernetes_version", "1.35.2", "must be X.Y"),
    ("kubernetes_version", "1.3", "must be X.Y"),
    ("kubernetes_version", "1.29", "from 1.30 on"),
    ("kubernetes_version", "2.0", "from 1.30 on"),
    ("components", "certmanager", "is not in the catalogue. Did you mean cert-manager?"),
    ("components", "Loki", "Did you mean loki?"),
    ("components", "xyz", "There are argocd,"),
    ("components", "--help", "is not in the catalogue"),
    ("components", "$(id)", "is not in the catalogue"),
    ("components", "../loki", "is not in the catalogue"),
    ("components", "cert-manager, cert-manager", "is named 2 times"),
    ("components", "cert-manager,, argocd", "has an empty place"),
    ("components", "+certmanager", "is not in the catalogue. Did you mean cert-manager?"),
    ("components", "+loki, tempo", "has names with and without a sign"),
    ("components", "+loki, -loki", "is added and left out at once"),
    ("components", "-argocd", "cannot be left out"),
    ("team", "", NAME),
    ("team", "Team A", "write team-a"),
    ("team", "-team", NAME),
    ("team", "..", NAME),
    ("team", "{team}", NAME),
    ("team", "null", NOT_A_NAME),
    ("team", "x" * 59, "at most 58 characters, as team-<team> is its AppProject"),
    ("team", "kube", "namespaces kube-* belong to Kubernetes"),
    ("team", "kube-tools", "namespaces kube-* belong to Kubernetes"),
    ("team", "argocd", "namespaces argocd-* belong to Argo CD"),
    ("team", "openshift", "namespaces openshift-* belong to OpenShift"),
    ("team", "cert", "cert-manager's namespace cert-manager"),
    ("team", "external", "external-secrets's namespace external-secrets"),
    ("team", "longhorn", "longhorn's namespace longhorn-system"),
    ("app", "", NAME),
    ("app", "Shop", "write shop"),
    ("app", "shop.v2", NAME),
    ("app", "shop-", NAME),
    ("app", "$(id)", NAME),
    ("app", "on", NOT_A_NAME),
    ("app", "2fa", "must begin with a letter"),
    ("app", "x" * 60, "<team>-<app> names a namespace and has at most 63 characters: shorten it by 6"),
    ("acme_email", "ops", EMAIL),
    ("acme_email", "ops@", EMAIL),
    ("acme_email", "@your-company.com", EMAIL),
    ("acme_email", "ops@localhost", EMAIL),
    ("acme_email", "ops@10.0.0.1", EMAIL),
    ("acme_email", "mailto:ops@your-company.com", EMAIL),
    ("acme_email", "Ops <ops@your-company.com>", EMAIL),
    ("acme_email", "ops team@your-company.com", EMAIL),
    ("acme_email", ".ops@your-company.com", EMAIL),
    ("acme_email", "o..ps@your-company.com", EMAIL),
    ("acme_email", "ops@-your-company.com", EMAIL),
    ("acme_email", "ops@your-company..com", EMAIL),
    ("acme_email", "ops@your-company.com\n", EMAIL),
    ("acme_email", "'ops'@your-company.com", EMAIL),
    ("acme_email", '"ops"@your-company.com', EMAIL),
    ("acme_email", "{ops}@your-company.com", EMAIL),
    ("acme_email", "$(id)@your-company.com", EMAIL),
    ("acme_email", "öps@your-company.com", EMAIL),
    ("acme_email", "x" * 65 + "@your-company.com", EMAIL),
    ("acme_email", "ops@" + ".".join(["x" * 60] * 4) + ".company", "at most 254 characters"),
    ("acme_email", "a@your-company.com, b@your-company.com", "must be one e-mail address"),
    ("acme_email", "ops@example.com", "addresses Let's Encrypt refuses"),
    ("acme_email", "ops@mail.Example.ORG", "addresses Let's Encrypt refuses"),
    ("chart_mirror", "oci://registry.example.com/charts", "must be written without oci://"),
    ("chart_mirror", "registry.example.com", MIRROR),
    ("chart_mirror", "charts", MIRROR),
    ("chart_mirror", "registry.example.com/Charts", MIRROR),
    ("chart_mirror", "-registry.example.com/charts", MIRROR),
    ("chart_mirror", "ftp://example.com/charts", MIRROR),
    ("chart_mirror", "https://example.com/{charts}", MIRROR),
    ("chart_mirror", "https://example.com/$(id)", MIRROR),
    ("chart_mirror", "registry.example.com/'charts'", MIRROR),
    ("chart_mirror", "https://user:password@example.com/charts", "carries credentials"),
    ("chart_mirror", "user:password@registry.example.com/charts", "carries credentials"),
    ("chart_mirror", "https://example.com/charts?x=1", QUERY),
    ("chart_mirror", "https://example.com/charts#x", QUERY),
    ("chart_mirror", "registry.example.com/../charts", DOTS),
    ("chart_mirror", "https://example.com/charts/", "must not end with '/'"),
    ("chart_mirror", "registry.example.com/my charts", ASCII),
    ("chart_mirror", "registry.example.com/PRODUCTION", MIRROR),
    ("chart_mirror", "https://example.com/PRODUCTION", WORD),
    ("image_mirror", "images", IMAGES),
    ("image_mirror", "images/all", IMAGES),
    ("image_mirror", "Registry.example.com/images", IMAGES),
    ("image_mirror", "registry.example.com/Images", IMAGES),
    ("image_mirror", "registry.example.com//images", IMAGES),
    ("image_mirror", "-registry.example.com", IMAGES),
    ("image_mirror", "registry.example.com:0/images", IMAGES),
    ("image_mirror", "registry.example.com:latest", IMAGES),
    ("image_mirror", "registry.example.com/{images}", IMAGES),
    ("image_mirror", "registry.example.com/$(id)", IMAGES),
    ("image_mirror", "registry.example.com/'images'", IMAGES),
    ("image_mirror", "registry.example.com/images\n", ASCII),
    ("image_mirror", "registry.example.com/my images", ASCII),
    ("image_mirror", "https://registry.example.com/images", "must be written without a scheme"),
    ("image_mirror", "OCI://registry.example.com/images", "must be written without a scheme"),
    ("image_mirror", "docker://registry.example.com/images", "must be written without a scheme"),
    ("image_mirror", "user:password@registry.example.com/images", "carries credentials"),
    ("image_mirror", "registry.example.com/images@sha256:0", "carries credentials or a digest"),
    ("image_mirror", "registry.example.com/images:1", "must not hold a tag"),
    ("image_mirror", "registry.example.com/images?x=1", QUERY),
    ("image_mirror", "registry.example.com/../images", DOTS),
    ("image_mirror", "registry.example.com/images/", "must not end with '/'"),
    ("operator_group", "petstore", GROUP),
    ("operator_group", "Petstore.example.com", GROUP),
    ("operator_group", "petstore.example.com/v1", GROUP),
    ("operator_group", "petstore_1.example.com", GROUP),
    ("operator_group", "petstore..com", GROUP),
    ("operator_group", "petstore.example.com.", GROUP),
    ("operator_group", "1.5", GROUP),
    ("operator_group", "a.1", GROUP),
    ("operator_group", "$(id).example.com", GROUP),
    ("operator_group", "../lua.d", GROUP),
    ("operator_group", "pet-.example.com", "no '-' at its end"),
    ("operator_group", "x" * 48 + ".example.com", "at most 47 characters before the first dot"),
    ("operator_group", "a." + "x" * 63 + ".y" * 18, "at most 100 characters"),
    ("operator_group", "petstore.k8s.io", "is Kubernetes' own"),
    ("operator_group", "kubernetes.io", "is Kubernetes' own"),
    ("operator_kinds", "Pet", "must be Kind:class"),
    ("operator_kinds", "pet:resource", "a Kind begins with a capital"),
    ("operator_kinds", "Pet_1:resource", "has letters and digits"),
    ("operator_kinds", "../Pet:resource", "must be Kind:class"),
    ("operator_kinds", "P" * 64 + ":resource", "at most 63"),
    ("operator_kinds", "Pet:Resource", "Did you mean resource?"),
    ("operator_kinds", "Pet:thing", "There are resource, query, action, bundle, aggregate"),
    ("operator_kinds", "Pet:", "with a class that there is"),
    ("operator_kinds", "Null:resource", NOT_A_NAME),
    ("operator_kinds", "No:resource", NOT_A_NAME),
    ("operator_kinds", "Pet:resource,, Order:resource", "has an empty place"),
    ("operator_kinds", "Pet:resource, Pet:resource", "is named 2 times"),
]

# The fault of one answer beside another that is sound by itself.
REJECTED_BESIDE = [
    ({"secrets_backend": "vault"}, "components", "cert-manager", "is without external-secrets"),
    ({"secrets_backend": "fake"}, "components", "-external-secrets", "is without external-secrets"),
    ({"secrets_backend": "onepassword"}, "components", "-onepassword-connect", "is without onepassword-connect"),
]

# Faults that two answers have together: what is given, and the question that is told of it.
REJECTED_TOGETHER = [
    ({"operator_group": "petstore.example.com"}, "operator_kinds", "must name the kinds of operator_group"),
    ({"operator_kinds": "Pet:resource"}, "operator_group", "must name the API group of operator_kinds"),
    (
        {"operator_group": "cert-manager.io", "operator_kinds": "Pet:resource"},
        "operator_group",
        "is the API group of cert-manager",
    ),
    (
        {"operator_group": "gpu.example.com", "operator_kinds": "Pet:resource"},
        "operator_group",
        "makes gpu-operator, which is a component's name",
    ),
    (
        {"operator_group": "petstore.example.com", "operator_kinds": "Pet:resource", "team": "petstore"},
        "operator_group",
        "team petstore owns petstore-*",
    ),
    (
        {"operator_group": "petstore.example.com", "operator_kinds": "Pet:resource, PET:query"},
        "operator_kinds",
        "is named several times, capitals or not",
    ),
]

FIVE = {
    "project_slug": "My Repo",
    "repo_url": "https://me:secret@example.com/repo",
    "environments": "dev, Dev",
    "components": "certmanager",
    "argocd_version": "v3.1.0",
}


def answered(**given: str) -> dict[str, Any]:
    """All answers, hidden ones included, of somebody who gives these and takes every other default."""
    context = generate_context(str(ROOT / "cookiecutter.json"), extra_context=given)
    return dict(prompt_for_config(context, no_input=True))


def run_hook(folder: Path, script: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The pre-generation hook, rendered into `script` as cookiecutter does it and run in `folder`."""
    context = {"cookiecutter": answered(**given)}
    source = (ROOT / "hooks" / "pre_gen_project.py").read_text(encoding="utf-8")
    script.write_text(create_env_with_context(context).from_string(source).render(**context), encoding="utf-8")
    return subprocess.run([sys.executable, script], cwd=folder, capture_output=True, text=True, check=False)


def generate(out: Path, *options: str, **given: str) -> subprocess.CompletedProcess[str]:
    """`cookiecutter .` as a person runs it, with a home of its own beside the folder `out`."""
    home = out.parent / "home"
    home.mkdir()
    pairs = [f"{question}={answer}" for question, answer in given.items()]
    return subprocess.run(
        [sys.executable, "-m", "cookiecutter", str(ROOT), "--no-input", "-o", str(out), *options, *pairs],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(home)},
    )


def question(line: str) -> str:
    """The question that a line of the hook is about; empty for anybody else's line."""
    field = line.removeprefix("warning: ").split(":")[0]
    return field if field in answers.ALONE else ""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("field", "answer", "reason"), REJECTED, ids=[f"{field}={answer[:30]!r}" for field, answer, _ in REJECTED]
)
def test_an_answer_is_rejected_for_its_fault_and_no_other(field: str, answer: str, reason: str) -> None:
    given = answered() | {field: answer}
    (problem,) = answers.check(given, CATALOGUE)
    assert (problem.field, problem.warning) == (field, False)
    assert reason in problem.rule


@pytest.mark.parametrize(("beside", "field", "answer", "reason"), REJECTED_BESIDE)
def test_an_answer_is_rejected_beside_another(beside: dict[str, str], field: str, answer: str, reason: str) -> None:
    assert answers.check(answered() | {field: answer}, CATALOGUE) == []
    (problem,) = answers.check(answered() | beside | {field: answer}, CATALOGUE)
    assert (problem.field, problem.warning) == (field, False)
    assert reason in problem.rule


@pytest.mark.parametrize(("given", "field", "reason"), REJECTED_TOGETHER, ids=lambda value: str(value)[:60])
def test_answers_are_rejected_together(given: dict[str, str], field: str, reason: str) -> None:
    problems = answers.check(answered() | given, CATALOGUE)
    assert {(problem.field, problem.warning) for problem in problems} == {(field, False)}
    assert all(reason in problem.rule for problem in problems)


def test_every_question_has_its_rejections() -> None:
    assert {field for field, _, _ in REJECTED} == set(answers.ALONE)


def test_the_defaults_are_sound() -> None:
    assert answers.check(answered(), CATALOGUE) == []


@pytest.mark.parametrize("profile", answers.PROFILES)
def test_a_profile_named_component_by_component_is_sound(profile: str) -> None:
    named = ", ".join(answers.components(profile, "", CATALOGUE))
    assert answers.check({"components": named}, CATALOGUE) == []


def test_every_need_in_the_catalogue_is_provided_by_a_component() -> None:
    provided = {capability for facts in CATALOGUE.values() for capability in facts.get("provides", ())}
    needed = {need for facts in CATALOGUE.values() for need in facts.get("needs", ())}
    assert needed <= provided


def test_a_component_alone_is_sound_or_told_what_it_needs() -> None:
    for key in CATALOGUE:
        for problem in answers.check({"components": key}, CATALOGUE):
            assert problem.value == key
            offered = problem.rule.split(": choose ")[1].removesuffix(" too").replace(" or ", ", ")
            assert answers.check({"components": f"{key}, {offered}"}, CATALOGUE) == []


def test_five_broken_answers_give_five_lines_and_an_empty_folder(out: Path) -> None:
    run = generate(out, **FIVE)
    assert run.returncode != 0
    lines = run.stderr.splitlines()
    assert [question(line) for line in lines[:5]] == list(FIVE)
    assert not any(question(line) for line in lines[5:])
    assert list(out.iterdir()) == []


def test_a_rejection_shows_no_traceback_of_ours_and_no_secret(out: Path) -> None:
    run = generate(out, **FIVE)
    # cookiecutter's own traceback goes to standard output.
    assert all(question(line) for line in run.stderr.splitlines())
    assert "answers.py" not in run.stdout
    assert "me:secret" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("project_name", "quotes ' \" ''' \"\"\" and \\ {x} {{ y }} $(z) `z` %d\nsecond line"),
        ("project_slug", "../out-of-here"),
        ("repo_url", "https://example.com/'''"),
        ("environments", "dev, pröd"),
        ("description", "\\" * 201),
    ],
)
def test_a_broken_answer_stops_a_real_generation(out: Path, field: str, answer: str) -> None:
    run = generate(out, **{field: answer})
    assert run.returncode != 0
    lines = run.stderr.splitlines()
    assert [question(line) for line in lines if question(line)] == [field]
    assert sorted(path.name for path in out.parent.iterdir()) == ["home", "out"]
    assert list(out.iterdir()) == []


@pytest.mark.parametrize(
    ("field", "answer"), [("profile", "huge"), ("wave_gate", "perhaps"), ("description", "a << b"), ("team", "a #% b")]
)
def test_what_cookiecutter_itself_refuses_leaves_nothing(out: Path, field: str, answer: str) -> None:
    assert generate(out, **{field: answer}).returncode != 0
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("folder", ["clusters", "infrastructure"])
def test_a_repository_is_never_generated_over_even_with_force(out: Path, folder: str) -> None:
    file = out / "mine" / folder / "file.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("kept: true\n")
    run = generate(out, "-f", project_slug="mine")
    assert run.returncode != 0
    assert "project_slug: 'mine': this folder holds a repository already: update it with cruft update" in run.stderr
    assert [path for path in out.rglob("*") if path.is_file()] == [file]
    assert file.read_text() == "kept: true\n"


def test_an_empty_clone_is_accepted(out: Path, tmp_path: Path) -> None:
    (out / ".git").mkdir()
    (out / "README.md").touch()
    run = run_hook(out, tmp_path / "hook.py")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_warning_is_told_and_passes(out: Path, tmp_path: Path) -> None:
    given = {"repo_url": "http://git.example.com/a", "argocd_version": "v3.2.11", "wave_gate": "strict"}
    run = run_hook(out, tmp_path / "hook.py", **given)
    assert run.returncode == 0
    assert [line.split(":")[1].strip() for line in run.stderr.splitlines()] == ["repo_url", "argocd_version"]
    assert all(line.startswith("warning: ") for line in run.stderr.splitlines())


def test_the_hook_takes_every_printable_character(out: Path, tmp_path: Path) -> None:
    text = "'\"\\ ''' \"\"\" {x} {{ y }} $(z) `z` %s & > # \\N{x} \\u0041 é 日本 😀"
    run = run_hook(out, tmp_path / "hook.py", project_name=text, project_slug="mine", description=text)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_hook_leaves_no_file(out: Path, tmp_path: Path) -> None:
    tools = next(ROOT.glob("*cookiecutter.project_slug*/tools"))
    before = set(tools.rglob("*"))
    run_hook(out, tmp_path / "hook.py")
    assert list(out.iterdir()) == []
    assert set(tools.rglob("*")) == before


def test_the_hook_is_short_and_python_before_it_is_rendered() -> None:
    source = (ROOT / "hooks" / "pre_gen_project.py").read_text(encoding="utf-8")
    compile(source, "pre_gen_project.py", "exec")
    assert len(source.splitlines()) <= 60


def test_a_row_that_is_sound_would_be_noticed() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        test_an_answer_is_rejected_for_its_fault_and_no_other("team", "platform", "")
