"""What is removed is gone everywhere, after it was said what that means; what others need stays."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from commands import git
from conftest import Bake, changed, contents, gitops
from gitops import remove
from gitops.changes import listing
from gitops.cli import Refused
from gitops.component_files import component_files

ARGOCD = "infrastructure/controllers/argocd"
PROJECT = f"{ARGOCD}/apps/projects/infrastructure.yaml"
MONITORING = f"{ARGOCD}/apps/projects/monitoring.yaml"


def test_a_removed_component_leaves_what_a_bake_without_it_has(copy: Bake, bake: Bake) -> None:
    repository = copy(profile="full")
    before = contents(repository)
    done = gitops(repository, "remove", "component", "longhorn", "--yes")
    after, expected = contents(repository), contents(bake(profile="full", components="-longhorn"))
    # Kinds stay allowed: what only its chart applies is not known without rendering it. What others say of it is told.
    others = {path for path in changed(after, expected) if not path.startswith(f"{ARGOCD}/lua")} - {PROJECT}
    # What the README says beside its table, and Argo CD of kinds, stays too.
    assert others - {"README.md"} <= {"infrastructure/kyverno-policies/values.yaml"}
    assert all(f"{path}:" in done.stdout for path in others - {"README.md"})
    kind = b"    - group: scheduling.k8s.io\n      kind: PriorityClass\n"
    assert after[PROJECT].replace(kind, b"") == expected[PROJECT]
    assert changed(before, after) >= {f"{ARGOCD}/apps/longhorn.yaml", "infrastructure/longhorn", "README.md"}
    said = done.stdout
    assert "is not known and stays" in said
    assert "the root keeps it as left over" in said
    assert "kubectl -n argocd delete application longhorn\n" in said
    assert "kubectl delete namespace longhorn-system\n" in said
    assert "grep -E '[.](longhorn[.]io)$' | xargs kubectl delete" in said
    again = gitops(repository, "remove", "component", "longhorn", "--yes", sound=False)
    assert (again.returncode, again.stdout) == (0, "nothing to do\nthere is no longhorn\n")
    assert changed(after, contents(repository)) == set()


def test_a_component_of_a_later_wave_goes_and_those_who_name_it_are_named(copy: Bake) -> None:
    repository = copy()
    done = gitops(repository, "remove", "component", "loki", "--yes")
    assert not (repository / "monitoring/loki").exists()
    assert "monitoring/kube-prometheus-stack/values.yaml:" in done.stdout
    assert "url: http://loki.loki.svc:3100" in done.stdout
    assert "left over" not in done.stdout
    assert "D  monitoring/loki/" in done.stdout


def test_what_is_left_of_a_smaller_repository_is_sound(copy: Bake) -> None:
    repository = copy(environments="lab", profile="minimal", components="-kyverno")
    gitops(repository, "remove", "component", "kube-prometheus-stack", "--yes")
    project = yaml.safe_load((repository / ARGOCD / "apps/projects/monitoring.yaml").read_text(encoding="utf-8"))
    assert [destination["namespace"] for destination in project["spec"]["destinations"]] == ["kube-system"]


def test_permissions_that_others_use_stay(copy: Bake) -> None:
    repository = copy()
    text = str(remove.component(repository, "metrics-server").changes[PROJECT])
    assert "https://kubernetes-sigs.github.io/metrics-server" not in text
    assert "namespace: metrics-server" not in text
    assert "https://charts.jetstack.io" in text
    # prometheus-operator-crds is in the same repository as kube-prometheus-stack, but in another project.
    text = str(remove.component(repository, "kube-prometheus-stack").changes[MONITORING])
    assert "prometheus-community" not in text
    assert "grafana" in text


def test_what_others_need_is_refused_and_they_are_named(copy: Bake) -> None:
    repository = copy()
    before = contents(repository)
    done = gitops(repository, "remove", "component", "cert-manager", "--yes", sound=False)
    assert done.returncode == 3
    assert "metrics-server needs certificates (infrastructure/metrics-server/component.yaml)" in done.stderr
    assert "kube-prometheus-stack needs certificates" in done.stderr
    assert changed(before, contents(repository)) == set()
    with pytest.raises(Refused, match=r"HTTPRoute hello-world is of gateway.networking.k8s.io \(my-apps/"):
        remove.component(repository, "gateway-api-crds")
    # With another provider of the same it is no longer needed.
    other = repository / "infrastructure/kyverno/component.yaml"
    text = other.read_text(encoding="utf-8").replace("provides:\n", "provides:\n  - certificates\n  - issuer\n")
    other.write_text(text, encoding="utf-8")
    assert remove.component(repository, "cert-manager").changes


def test_argocd_is_never_removed(bake: Bake) -> None:
    with pytest.raises(Refused, match="it cannot be removed"):
        remove.component(bake(), "argocd")


def test_nothing_is_removed_where_there_is_nobody_to_ask(copy: Bake) -> None:
    repository = copy()
    before = contents(repository)
    for arguments in (("component", "tempo"), ("app", "platform/hello-world")):
        done = gitops(repository, "remove", *arguments, sound=False)
        assert done.returncode == 3
        assert "These change:" in done.stdout
        assert "nothing was removed: there is nobody to ask, so say --yes" in done.stderr
    assert changed(before, contents(repository)) == set()


@pytest.mark.parametrize(("answer", "code"), [(b"n\n", 3), (b"y\n", 0)])
def test_at_a_terminal_it_asks(copy: Bake, answer: bytes, code: int) -> None:
    repository = copy()
    keyboard, terminal = pty.openpty()
    os.write(keyboard, answer)
    command = [sys.executable, str(repository / "gitops"), "remove", "component", "tempo"]
    done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, check=False)
    os.close(keyboard)
    os.close(terminal)
    assert done.returncode == code, done.stderr
    assert "Remove tempo? [y/N]" in done.stdout
    assert (repository / "monitoring/tempo").exists() == bool(code)


def test_the_command_for_what_is_left_deletes_what_bears_the_mark_and_nothing_else(bake: Bake, tmp_path: Path) -> None:
    (command,) = [line for line in remove.component(bake(), "tempo").commands if "tracking-id" in line]
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(
        "#!/bin/sh\n"
        '[ "$1" = get ] || { echo "$@"; exit; }\n'
        "echo 'ClusterRole    a   <none>        tempo:rbac.authorization.k8s.io/ClusterRole:/a'\n"
        "echo 'Role           b   kube-system   tempo:rbac.authorization.k8s.io/Role:kube-system/b'\n"
        "echo 'Service        c   tempo-2       tempo-2:/Service:tempo-2/c'\n"
        "echo 'ClusterRole    d   <none>        <none>'\n",
        encoding="utf-8",
    )
    kubectl.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", command], env={"PATH": path}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["delete ClusterRole/a", "delete --namespace kube-system Role/b"]


def test_comments_and_lines_of_others_stay(copy: Bake) -> None:
    repository = copy()
    path = repository / ARGOCD / "apps/environments/dev/versions.yaml"
    text = path.read_text(encoding="utf-8").replace("  cert-manager:", "  # Waits for 1.22.\n  cert-manager:  ")
    path.write_text(text, encoding="utf-8")
    edited = component_files(repository, "kyverno")[f"{ARGOCD}/apps/environments/dev/versions.yaml"]
    assert edited == "".join(line for line in text.splitlines(keepends=True) if not line.startswith("  kyverno:"))


def test_files_of_a_component_are_its_own(bake: Bake) -> None:
    changes = component_files(bake(), "loki")
    gone = {path for path, text in changes.items() if text is None}
    files = {path for path, content in contents(bake()).items() if content}
    assert gone == {path for path in files if path.startswith("monitoring/loki/")}
    assert changes.keys() - gone == {"README.md"}
    assert component_files(bake(), "lok") == {}
    assert remove.component(bake(), "lok").notes == ["there is no lok; did you mean loki?"]


def test_a_removed_app_is_gone_and_what_stays_of_it_is_said(copy: Bake) -> None:
    repository = copy()
    gitops(repository, "add", "app", "platform/shop")
    pin = repository / "clusters/prod/cluster.yaml"
    pin.write_text(pin.read_text(encoding="utf-8").replace('"main"', f'"{"0" * 40}"'), encoding="utf-8")
    values = repository / "monitoring/loki/values.yaml"
    text = values.read_text(encoding="utf-8")
    values.write_text(f"{text}\nx: http://hello-world.platform-hello-world.svc\n", encoding="utf-8")
    removal = remove.app(repository, "platform/hello-world")
    assert removal.commands == ["kubectl delete namespace platform-hello-world"]
    assert len(removal.miss) == 1
    assert "hello-world.platform-hello-world.svc" in removal.miss[0]
    assert any(note.startswith("prod: pinned") for note in removal.notes)
    assert listing(repository, removal.changes) == ["D  my-apps/platform/hello-world/"]
    gitops(repository, "remove", "app", "platform/hello-world", "--yes")
    assert [path.name for path in (repository / "my-apps/platform").iterdir()] == ["shop"]
    assert remove.app(repository, "platform/hello-world").changes == {}


def test_the_last_app_that_is_committed_stays(copy: Bake) -> None:
    repository = copy()
    git("init", "--quiet", cwd=repository)
    git("add", "--all", cwd=repository)
    git("commit", "--quiet", "--message", "Generated", cwd=repository)
    done = gitops(repository, "remove", "app", "platform/hello-world", "--yes", sound=False)
    assert done.returncode == 3
    assert "DELETE02" in done.stderr
    assert (repository / "my-apps/platform/hello-world").is_dir()
