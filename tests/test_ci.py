"""What a repository gets for its Git host: a CI file that only calls the Makefile, and a Makefile that works."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake
from pairs import QUESTIONS, TEMPLATE
from schemas import argocd_manifest, argocd_schemas, crd_schemas, kubernetes_schemas, schema_faults

TREE = TEMPLATE / "<<cookiecutter.project_slug>>"
CACHE = TEMPLATE / ".cache"
LUA = "infrastructure/controllers/argocd/lua/argoproj.io/ApplicationSet"
OWN = TEMPLATE / ".github/workflows/ci.yaml"
HOSTS = {
    "github": (".github/workflows/validate.yaml", "github-workflows"),
    "gitea": (".gitea/workflows/validate.yaml", "github-workflows"),
    "gitlab": (".gitlab-ci.yml", "gitlab-ci"),
    "bitbucket": ("bitbucket-pipelines.yml", "bitbucket-pipelines"),
}
WORKFLOWS = ["github", "gitea"]


def ci_text(bake: Bake, host: str) -> str:
    return (bake(git_host=host) / HOSTS[host][0]).read_text(encoding="utf-8")


# Which files are there


@pytest.mark.parametrize("host", QUESTIONS["git_host"])
def test_a_repository_holds_the_ci_file_of_its_host_and_no_other(bake: Bake, host: str) -> None:
    repository = bake(git_host=host)
    assert {other for other, (file, _) in HOSTS.items() if (repository / file).exists()} == {host} - {"other"}
    assert [name for name in (".github", ".gitea") if (repository / name).exists()] == (
        [f".{host}"] if host in WORKFLOWS else []
    )


def assigned(hook: str, name: str) -> Any:
    """What a hook, as it lies in the template, assigns to `name` and adds to it."""
    value: Any = None
    for node in ast.parse((TEMPLATE / "hooks" / hook).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value = ast.literal_eval(node.value)
        elif isinstance(node, ast.AugAssign) and ast.unparse(node.target) == name:
            more = ast.literal_eval(node.value)
            value = value | more if isinstance(value, dict) else value + more
    return value


def test_the_hooks_prune_and_guard_every_ci_file() -> None:
    files = {host: file for host, (file, _) in HOSTS.items()}
    assert assigned("post_gen_project.py", "CI") == files
    assert {*files, "other"} == {*QUESTIONS["git_host"]}
    assert {*files.values()} <= {*assigned("pre_gen_project.py", "OWNED")}
    assert [file for file in files.values() if not (TREE / file).is_file()] == []


# What the files say


@pytest.mark.parametrize("host", HOSTS)
def test_the_ci_file_is_what_its_host_reads(bake: Bake, host: str, tmp_path: Path) -> None:
    assert schema_faults(HOSTS[host][1], ci_text(bake, host), tmp_path) == ""


def test_the_templates_own_workflow_is_what_github_reads(tmp_path: Path) -> None:
    assert schema_faults("github-workflows", OWN.read_text(encoding="utf-8"), tmp_path) == ""


@pytest.mark.parametrize(
    ("host", "before", "after"),
    [
        ("github", "timeout-minutes: 15", "timeout-minuts: 15"),
        ("gitea", "runs-on: ubuntu-latest", "runson: ubuntu-latest"),
        ("gitlab", "  interruptible: true", "  interruptible: sometimes"),
        ("bitbucket", "  max-time: 15", "  max-time: long"),
    ],
)
def test_a_file_that_its_host_does_not_read_is_noticed(
    bake: Bake, host: str, before: str, after: str, tmp_path: Path
) -> None:
    text = ci_text(bake, host)
    assert before in text
    faults = schema_faults(HOSTS[host][1], text.replace(before, after), tmp_path)
    assert "Schema validation errors were encountered" in faults


def careless(text: str) -> list[str]:
    """What a workflow says that lets others in: rights, actions and images that may change, steps that never end."""
    workflow = yaml.safe_load(text)
    faults = [] if workflow.get("permissions") == {} else ["the workflow has rights"]
    for name, job in workflow["jobs"].items():
        if job.get("permissions", {}) not in ({}, {"contents": "read"}):
            faults.append(f"{name} may do more than read")
        if "timeout-minutes" not in job:
            faults.append(f"{name} may run for ever")
        for step in job["steps"]:
            if "checkout" in step.get("uses", "") and step["with"].get("persist-credentials") is not False:
                faults.append(f"{name} keeps the token")
            if "${{" in step.get("run", ""):
                faults.append(f"{name} puts an expression into a script")
    if "pull_request_target" in text:
        faults.append("strangers' code runs with rights")
    for line in re.findall(r"uses:.*", text):
        if not re.fullmatch(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line):
            faults.append(f"{line} is not pinned")
    return faults


@pytest.mark.parametrize("host", WORKFLOWS)
def test_a_workflow_is_careful(bake: Bake, host: str) -> None:
    assert careless(ci_text(bake, host)) == []


def test_the_templates_own_workflow_is_careful() -> None:
    assert careless(OWN.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("permissions: {}\n\nconc", "conc"),
        ("contents: read", "contents: write"),
        ("    timeout-minutes: 15\n", ""),
        ("persist-credentials: false", "persist-credentials: true"),
        ("make check FORMAT=github", "make check ${{ github.head_ref }}"),
        ("pull_request:", "pull_request_target:"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
        (" # v7.0.0", ""),
    ],
)
def test_a_careless_workflow_is_noticed(bake: Bake, before: str, after: str) -> None:
    text = ci_text(bake, "github")
    assert before in text
    assert careless(text.replace(before, after)) != []


@pytest.mark.parametrize("host", ["gitlab", "bitbucket"])
def test_an_image_is_pinned_by_digest(bake: Bake, host: str) -> None:
    images = re.findall(r"image: (.*)", ci_text(bake, host))
    assert images
    assert [image for image in images if not re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", image)] == []


def gate(text: str) -> dict[str, Any]:
    """The job that needs all the others, whose names are in its `needs`."""
    jobs = yaml.safe_load(text)["jobs"]
    ((name, job),) = ((name, job) for name, job in jobs.items() if "needs" in job)
    if isinstance(job["needs"], str):
        job["needs"] = [job["needs"]]
    assert {*job["needs"]} == {*jobs} - {name}
    assert job["if"] == "always()", "a gate that is skipped lets everything through"
    return dict(job)


def passes(job: dict[str, Any], *results: str) -> bool:
    """Whether the gate's step ends well when the jobs that it needs, in their order, ended so."""
    (step,) = job["steps"]
    assert [*step["env"].values()] == [f"${{{{ needs.{name}.result }}}}" for name in job["needs"]]
    environment = dict(zip(step["env"], results, strict=True)) | {"PATH": os.environ["PATH"]}
    return subprocess.run(["bash", "-e", "-c", step["run"]], env=environment, check=False).returncode == 0


def test_the_gate_opens_only_when_nothing_failed(bake: Bake) -> None:
    job = gate(ci_text(bake, "github"))
    assert passes(job, "success", "success")
    assert passes(job, "success", "skipped"), "there is nothing to compare with after the merge"
    for bad in ("failure", "cancelled", ""):
        assert not passes(job, bad, "success")
        assert not passes(job, "success", bad)
    assert not passes(job, "skipped", "success")


def test_the_templates_own_gate_opens_only_when_nothing_failed() -> None:
    job = gate(OWN.read_text(encoding="utf-8"))
    assert passes(job, "success")
    assert [result for result in ("failure", "cancelled", "skipped", "") if passes(job, result)] == []


def scripts(value: Any) -> Iterator[str]:
    """Every command of a CI file."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("run", "script"):
                yield from [item] if isinstance(item, str) else item
            else:
                yield from scripts(item)
    elif isinstance(value, list):
        for item in value:
            yield from scripts(item)


@pytest.mark.parametrize("host", HOSTS)
def test_the_ci_file_checks_and_shows_changes_and_nothing_else(bake: Bake, host: str) -> None:
    commands = set(scripts(yaml.safe_load(ci_text(bake, host))))
    assert {"make check FORMAT=github" if host == "github" else "make check", "make changes"} <= commands
    # What is left is only GitHub's: the gate, and the summary.
    assert len(commands) == (4 if host == "github" else 2)


# What the Makefile does


def make(repository: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=repository,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def git(repository: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=owner", "-c", "user.email=owner@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=repository, check=True, capture_output=True)


@pytest.fixture(scope="module")
def prepared(bake: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository under Git in which `make` finds what it would fetch: programs, packages, Argo CD's manifest."""
    repository = tmp_path_factory.mktemp("prepared") / "repository"
    shutil.copytree(bake(profile="minimal", environments="dev", high_availability="none"), repository)
    manifest = argocd_manifest("v3.6.1", CACHE)
    run = [sys.executable, "gitops", "vendor", "argocd", "--from", str(manifest)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    (repository / ".cache/ci").mkdir(parents=True)
    git(repository, "init", "--initial-branch", "main")
    git(repository, "add", "--all")
    git(repository, "commit", "--message", "Generate the repository")
    return repository


@pytest.fixture
def repository(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `prepared` that the test may change; kubeconform finds its schemas on this machine."""
    copy = tmp_path / "repository"
    shutil.copytree(prepared, copy)
    (copy / ".cache/ci/installed").touch()
    version = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))["cert-manager"]["version"]
    cert_manager = crd_schemas("github.com/cert-manager/cert-manager", version, "deploy/crds/*.yaml", CACHE)
    folders = [kubernetes_schemas("1.35", CACHE), argocd_schemas("v3.6.1", CACHE), cert_manager]
    locations = (f"-schema-location '{folder}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json'" for folder in folders)
    monkeypatch.setenv("SCHEMAS", " ".join(locations))
    # As in CI, there are the programs that CI installs, and no argocd.
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("kustomize", "kubeconform"):
        path = shutil.which(program)
        assert path is not None
        (programs / program).symlink_to(path)
    elsewhere = [folder for folder in os.environ["PATH"].split(os.pathsep) if not Path(folder, "argocd").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), str(Path(sys.executable).parent), *elsewhere]))
    return copy


def test_a_generated_repository_passes_its_own_check(repository: Path) -> None:
    run = make(repository, "check")
    assert run.returncode == 0, run.stdout + run.stderr
    # A fault in one of them fails the whole: make stops there.
    assert {"./gitops validate --format text", "./gitops test lua", "yamllint --strict ."} <= {*run.stdout.splitlines()}
    assert "tests passed in embedded Lua" in run.stdout
    valid, invalid, errors = map(int, re.findall(r"(?:Valid|Invalid|Errors): (\d+)", run.stdout))
    assert valid > 50
    assert (invalid, errors) == (0, 0)
    # Only definitions of kinds are passed unread.
    rendered = "".join(file.read_text(encoding="utf-8") for file in (repository / ".cache/rendered").rglob("*.yaml"))
    definitions = len(re.findall(r"^kind: CustomResourceDefinition$", rendered, re.MULTILINE))
    assert f"Skipped: {definitions}\n" in run.stdout


@pytest.mark.parametrize(
    ("target", "file", "before", "after", "reason"),
    [
        ("validate", "my-apps/platform/hello-world/base/kustomization.yaml", "service.yaml", "servise.yaml", "servise"),
        ("test", f"{LUA}/health_test.yaml", "Every Application is ready", "All is well", "+message: Every Application"),
        ("lint", "my-apps/platform/hello-world/base/service.yaml", "  ports:", "  ports:  ", "trailing spaces"),
        ("schemas", "my-apps/platform/hello-world/base/service.yaml", "port: 80", "prot: 80", "'prot' not allowed"),
        ("schemas", "clusters/dev/root.yaml", "prune: true", "prune: 'true'", "want boolean"),
        ("schemas", "my-apps/platform/hello-world/base/service.yaml", "kind: Service", "kind: Servise", "Servise"),
    ],
    ids=[
        "file that is missing",
        "health check that says something else",
        "untidy file",
        "misspelt field",
        "text for a yes or no",
        "kind nobody knows",
    ],
)
def test_a_fault_fails_the_target_that_looks_for_it(
    repository: Path, target: str, file: str, before: str, after: str, reason: str
) -> None:
    path = repository / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    run = make(repository, target)
    assert run.returncode != 0
    assert reason in run.stdout + run.stderr


def test_changes_shows_what_a_branch_does_to_the_clusters(repository: Path) -> None:
    git(repository, "switch", "--create", "feature")
    for file, before, after in (
        ("my-apps/platform/hello-world/overlays/dev/kustomization.yaml", "newTag: 6.14.1", "newTag: 6.15.0"),
        ("infrastructure/metrics-server/overlays/dev/app.yaml", "version: 3.14.0", "version: 3.15.0"),
    ):
        path = repository / file
        path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    git(repository, "commit", "--all", "--message", "Move two versions")
    run = make(repository, "changes", BASE="main")
    assert run.returncode == 0, run.stderr
    diff = (repository / ".cache/changes.diff").read_text(encoding="utf-8")
    assert diff in run.stdout
    assert [line.strip() for line in diff.splitlines() if re.match(r"[+-] ", line)] == [
        "-    targetRevision: 3.14.0",
        "+    targetRevision: 3.15.0",
        "-        image: ghcr.io/stefanprodan/podinfo:6.14.1",
        "+        image: ghcr.io/stefanprodan/podinfo:6.15.0",
    ]


def test_changes_is_empty_where_nothing_changes_and_fails_where_there_is_nothing_to_compare(repository: Path) -> None:
    assert make(repository, "changes", BASE="main").returncode == 0
    assert (repository / ".cache/changes.diff").read_text(encoding="utf-8") == ""
    assert make(repository, "changes", BASE="nowhere").returncode != 0


def test_a_branch_that_mends_what_does_not_build_shows_its_changes(repository: Path) -> None:
    path = repository / "my-apps/platform/hello-world/base/kustomization.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- service.yaml", "- servise.yaml"), encoding="utf-8")
    git(repository, "commit", "--all", "--message", "Break the app")
    broken = make(repository, "changes", BASE="main~1")
    assert broken.returncode != 0
    assert "my-apps/platform/hello-world/overlays/dev was not built" in broken.stderr
    git(repository, "switch", "--create", "mend")
    path.write_text(text, encoding="utf-8")
    git(repository, "commit", "--all", "--message", "Mend the app")
    assert make(repository, "changes", BASE="main").returncode == 0
    assert "+kind: Service\n" in (repository / ".cache/changes.diff").read_text(encoding="utf-8")


def test_the_summary_shows_the_changes(bake: Bake, repository: Path) -> None:
    (script,) = (command for command in scripts(yaml.safe_load(ci_text(bake, "github"))) if "SUMMARY" in command)
    (repository / ".cache/changes.diff").write_text("-a\n+b\n", encoding="utf-8")
    summary = repository / ".cache/summary"
    environment = os.environ | {"GITHUB_STEP_SUMMARY": str(summary)}
    subprocess.run(["bash", "-e", "-c", script], cwd=repository, env=environment, check=True)
    assert summary.read_text(encoding="utf-8") == "~~~~~~diff\n-a\n+b\n\n~~~~~~\n"


def test_help_lists_every_target(repository: Path) -> None:
    text = (repository / "Makefile").read_text(encoding="utf-8")
    listed = [line.split()[0] for line in make(repository).stdout.splitlines()]
    assert listed == re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert "check" in listed


# What is installed


@pytest.fixture
def programs(bake: Bake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """tools/ci of a repository, with a `curl` that makes an archive of two programs wherever one is asked for."""
    copy = tmp_path / "ci"
    shutil.copytree(bake() / "tools/ci", copy)
    commands = tmp_path / "bin"
    commands.mkdir()
    for program in ("kustomize", "kubeconform"):
        (commands / program).write_text("#!/bin/sh\n", encoding="utf-8")
    subprocess.run(["tar", "-czf", tmp_path / "archive", "-C", commands, "kustomize", "kubeconform"], check=True)
    for program in ("kustomize", "kubeconform"):
        (commands / program).unlink()
    (commands / "curl").write_text(
        '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --output ] && to=$2; shift; done\n'
        f'echo "$1" >> {tmp_path}/asked\ncp {tmp_path}/archive "$to"\n',
        encoding="utf-8",
    )
    (commands / "curl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    return copy


def install(programs: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(programs / "install.sh"), str(programs / "installed")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_programs_are_installed_from_releases_with_the_right_checksum(programs: Path) -> None:
    sha256 = subprocess.run(["sha256sum", programs.parent / "archive"], capture_output=True, text=True, check=True)
    versions = programs / "versions.txt"
    text = re.sub(r"[0-9a-f]{64}", sha256.stdout.split()[0], versions.read_text(encoding="utf-8"))
    versions.write_text(text, encoding="utf-8")
    run = install(programs)
    assert (run.returncode, run.stdout) == (0, "kustomize v5.8.1\nkubeconform v0.8.0\n"), run.stderr
    assert sorted(path.name for path in (programs / "installed").iterdir()) == ["kubeconform", "kustomize"]
    kustomize, kubeconform = (programs.parent / "asked").read_text(encoding="utf-8").split()
    releases = "https://github.com/{}/releases/download/"
    assert re.fullmatch(
        releases.format("kubernetes-sigs/kustomize") + r"kustomize%2Fv5\.8\.1/kustomize_v5\.8\.1_\w+_\w+\.tar\.gz",
        kustomize,
    )
    assert re.fullmatch(releases.format("yannh/kubeconform") + r"v0\.8\.0/kubeconform-\w+-\w+\.tar\.gz", kubeconform)


def test_an_archive_with_another_checksum_is_not_installed(programs: Path) -> None:
    run = install(programs)
    assert run.returncode == 1
    assert "nothing was installed" in run.stderr
    assert not (programs / "installed").exists()


def test_a_platform_without_a_checksum_is_named(programs: Path) -> None:
    (programs / "versions.txt").write_text("# none\n", encoding="utf-8")
    run = install(programs)
    assert run.returncode == 3
    assert "names no kustomize for " in run.stderr


def test_versions_are_those_the_template_is_tested_with(bake: Bake) -> None:
    lines = (bake() / "tools/ci/versions.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    assert [row for row in rows if not re.fullmatch("[0-9a-f]{64}|[0-9a-f]{40}", row[-1])] == []
    assert len({row[-1] for row in rows}) == len(rows)
    go = (TEMPLATE / "tools/go.mod").read_text(encoding="utf-8")
    for program, module in (
        ("kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),
        ("kubeconform", "github.com/yannh/kubeconform"),
    ):
        assert {row[1] for row in rows if row[0] == program} == {*re.findall(rf"\t{re.escape(module)} (v\S+)", go)}


def test_packages_of_both_lists_are_the_same(bake: Bake) -> None:
    """pip refuses two versions of one package."""
    one, other = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (bake() / file).read_text(encoding="utf-8"), re.MULTILINE))
        for file in ("tools/requirements.txt", "tools/ci/requirements.txt")
    )
    shared = one.keys() & other.keys()
    assert shared
    assert {name: one[name] for name in shared} == {name: other[name] for name in shared}


# Before a commit


def test_pre_commit_runs_what_ci_runs_and_pins_the_rest(bake: Bake) -> None:
    text = (bake() / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    local, *others = yaml.safe_load(text)["repos"]
    assert [hook["entry"] for hook in local["hooks"]] == ["./gitops validate", "./gitops test lua"]
    assert others
    assert [repo for repo in others if not re.fullmatch("[0-9a-f]{40}", repo["rev"])] == []
    assert len(re.findall(r"rev: \S+ # frozen: v\d+\.\d+\.\d+$", text, re.MULTILINE)) == len(others)
    requirements = (bake() / "tools/ci/requirements.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"yamllint\n.*frozen: v(\S+)", text)
    assert f"yamllint=={version} " in requirements
