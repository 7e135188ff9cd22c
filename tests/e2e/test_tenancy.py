"""A team's mistake, or worse, spoils its own app; what its project does not allow is refused with a message."""

from __future__ import annotations

import pytest
import yaml
from installation import Installation
from kube import Json

GOOD = "platform-hello-world"
LOOK_AGAIN = "kubectl -n argocd annotate applicationset my-apps argocd.argoproj.io/application-set-refresh=true"


def conditions(application: Json) -> str:
    """Return everything an Application complains about."""
    status = application.get("status", {})
    operation = status.get("operationState", {})
    results = operation.get("syncResult", {}).get("resources", [])
    complaints = [each["message"] for each in status.get("conditions", [])] + [operation.get("message", "")]
    return "\n".join(complaints + [str(each.get("message", "")) for each in results])


def app(name: str, app_yaml: str, *objects: Json) -> dict[str, str]:
    """Return the files of an app of the team platform: path -> text."""
    folder = f"my-apps/platform/{name}/overlays/dev"
    files = {f"{folder}/app.yaml": app_yaml, f"{folder}/kustomization.yaml": "resources: [objects.yaml]\n"}
    inside = objects or (config_map(name),)
    return {**files, f"{folder}/objects.yaml": yaml.safe_dump_all(inside)}


def remove(installation: Installation, head: str, *names: str) -> None:
    """Put the repository back to `head` and wait until these Applications are gone."""
    installation.repository.restore(head, "take it away")
    for name in names:
        if "operation" in (installation.kube.get("applications", name, "argocd") or {}):
            # `argocd app terminate-op`: an Application with a failing operation is deleted only when that gives up.
            terminating = {"status": {"operationState": {"phase": "Terminating"}}}
            installation.kube.patch("applications", name, terminating, "argocd")
    installation.wait(
        f"{', '.join(names)} gone",
        lambda: all(installation.kube.get("applications", name, "argocd") is None for name in names),
        120,
    )


def config_map(name: str, namespace: str | None = None) -> Json:
    """Return a ConfigMap."""
    meta = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"from": name}}


CLUSTER_ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "e2e-escalation"},
    "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
}  # fmt: skip
# A project names cluster kinds by their names only from 3.3 on; before, a team may make any Namespace.
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "stolen"}}
CHART = "chart: {repository: 'https://charts.example.org', name: evil, version: 1.0.0}\n"


@pytest.mark.parametrize(
    ("name", "files", "refusal"),
    [
        pytest.param("source", app("source", CHART), "is not permitted in project", id="a foreign chart repository"),
        pytest.param(
            "foreign", app("foreign", "{}\n", config_map("stolen", "monitoring")), "not permitted in project",
            id="a namespace of someone else",
        ),
        pytest.param(
            "system", app("system", "{}\n", config_map("stolen", "kube-system")), "not permitted in project",
            id="kube-system",
        ),
        pytest.param("role", app("role", "{}\n", CLUSTER_ROLE), "not permitted in project", id="a cluster-wide kind"),
        pytest.param(
            "namespace", app("namespace", "{}\n", NAMESPACE), "not permitted in project", id="a namespace of its own",
            marks=pytest.mark.since("v3.3"),
        ),
    ],
)  # fmt: skip
def test_what_a_team_may_not_do_is_refused(
    booted: Installation, name: str, files: dict[str, str], refusal: str
) -> None:
    head = booted.repository.head()
    booted.repository.commit(f"ask for too much: {name}", files)
    try:
        booted.wait(
            f"a refusal that says '{refusal}'",
            lambda: refusal in conditions(booted.application(f"platform-{name}")),
            90,
        )
        for namespace in ("monitoring", "kube-system"):
            assert booted.kube.get("configmaps", "stolen", namespace) is None, f"written into {namespace}"
        assert booted.kube.get("clusterroles", "e2e-escalation") is None, "a team made a ClusterRole"
        assert booted.kube.get("namespaces", "stolen") is None, "a team made a Namespace of somebody else's name"
        assert booted.is_ready(GOOD), booted.story()
    finally:
        remove(booted, head, f"platform-{name}")


HOSTILE = {
    "empty": "{}\n",
    "chart-list": "chart: [1, 2]\n",
    "chart-text": "chart: yes please\n",
    "chart-partly": "chart: {name: 5}\n",
    "template": "chart: {repository: '{{ .metadata }}', name: \"{{ fail 1 }}\", version: '{{'}\n",
    "quotes": 'chart: {repository: "\\", project: default, x: \\"", name: "a\\nproject: default", version: "1"}\n',
    "overwrite": "values: {revision: evil, environment: prod}\npath: {path: /etc, segments: [a, b, c]}\n",
    "identity": "name: root\nproject: platform\nnamespace: kube-system\nmetadata: {name: root}\n",
    "numbers": "name: 5\nnamespace: [a]\nnamespaceLabels: 7\nignoreDifferences: text\n",
}


def test_a_hostile_app_yaml_spoils_its_own_app_only(booted: Installation) -> None:
    head = booted.repository.head()
    applications = {item["metadata"]["name"] for item in booted.kube.list("applications")}
    files: dict[str, str] = {}
    for name, text in {**HOSTILE, "next-to-them": "{}\n"}.items():
        files.update(app(name, text))
    booted.repository.commit("hostile files", files)
    booted.wait_ready("platform-next-to-them", GOOD, timeout=90)
    new = {item["metadata"]["name"]: item for item in booted.kube.list("applications")}
    assert set(new) - applications == {f"platform-{name}" for name in [*HOSTILE, "next-to-them"]}, booted.story()
    for name in HOSTILE:
        spec = new[f"platform-{name}"]["spec"]
        assert spec["project"] == "team-platform", f"{name} chose its project: {spec}"
        assert spec["destination"]["namespace"] == f"platform-{name}", f"{name} chose its namespace: {spec}"
    remove(booted, head, *[f"platform-{name}" for name in [*HOSTILE, "next-to-them"]])


def test_an_app_yaml_that_is_no_yaml_stops_nothing_that_runs(booted: Installation) -> None:
    """Argo CD cannot read the whole set then: nothing new of my-apps arrives, and everything there stays."""
    head = booted.repository.head()
    booted.repository.commit("no YAML", app("broken", "{ this: is: no yaml\n"))

    def complains() -> bool:
        live = booted.kube.get("applicationsets", "my-apps", "argocd") or {}
        return any(
            each["type"] == "ErrorOccurred" and each["status"] == "True" for each in live["status"]["conditions"]
        )

    booted.wait("the ApplicationSet complains", complains, 60)
    assert booted.is_ready(GOOD), booted.story()
    booted.repository.restore(head, "YAML again")
    # By itself it looks again after three minutes, or when one of its Applications changes.
    assert LOOK_AGAIN in booted.repository.read("README.md"), "the README no longer says how to be faster"
    booted.run(LOOK_AGAIN)
    booted.wait("the ApplicationSet complains no more", lambda: not complains(), 60)
    booted.wait_ready()
