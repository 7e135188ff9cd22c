"""Boots a cluster: what has to hold before, the commands, and where every wave stands afterwards."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitops import git, layout, manifests
from gitops.clusters import Cluster
from gitops.documents import dig

NAMESPACE = "argocd"
NODES_OF_HIGHLY_AVAILABLE = 3
READY = ("Healthy", "Suspended")
CREDENTIAL = """\
{url} cannot be read without a credential, and the cluster has none: make one, then start again
  kubectl create namespace argocd
  kubectl -n argocd create secret generic repository --from-literal type=git --from-literal url={url} \\
    {credential}
  kubectl -n argocd label secret repository argocd.argoproj.io/secret-type=repository"""
TOKEN = '--from-literal username=git --from-literal password="$TOKEN"'
KEY = '--from-file sshPrivateKey="$HOME/.ssh/deploy_key"'


class Failed(Exception):
    """A program said no; the text is its own words."""


@dataclass(frozen=True)
class Preflight:
    """What was found before anything was applied: `problems` stop, `warnings` do not."""

    server: str
    problems: list[str]
    warnings: list[str]


@dataclass(frozen=True)
class Wave:
    """One wave of a cluster: how many Applications it has, and what each that is not ready waits for."""

    number: int
    count: int
    waiting: dict[str, str]


def commands(cluster: Cluster) -> list[list[str]]:
    """The kubectl commands that boot `cluster`, as the README has them."""
    overlay = f"{layout.ARGOCD}/overlays/{cluster.environment}"
    return [
        ["apply", "--server-side", "--force-conflicts", "-k", overlay],
        ["wait", "--for", "condition=established", "--timeout", "60s", "crd", "--all"],
        ["apply", "-f", f"{cluster.folder}/root.yaml"],
    ]


@dataclass(frozen=True)
class Kubectl:
    """kubectl, run in `root` with a context of the user's configuration; the current one where that is empty."""

    root: Path
    context: str

    def words(self, command: Sequence[str]) -> list[str]:
        return ["kubectl", *(["--context", self.context] if self.context else []), *command]

    def run(self, *command: str) -> str:
        """What it prints; raises Failed."""
        try:
            done = subprocess.run(self.words(command), cwd=self.root, capture_output=True, text=True, check=False)
        except OSError as error:
            raise Failed("kubectl is not on PATH: install it, in the version of the cluster") from error
        if done.returncode:
            raise Failed(done.stderr.strip() or done.stdout.strip())
        return done.stdout

    def get(self, *command: str) -> Any:
        """What it prints as JSON, None where it says no."""
        try:
            return json.loads(self.run(*command, "-o", "json"))
        except Failed:
            return None


def preflight(cluster: Cluster, kubectl: Kubectl) -> Preflight:
    """Everything that would make the boot fail later, found at once. Raises Failed if the cluster does not answer."""
    server = json.loads(kubectl.run("get", "--raw", "/version"))["gitVersion"]
    problems = [*_cluster_problems(cluster, kubectl), *_credential_problems(cluster, kubectl)]
    warnings = [*_git_warnings(cluster)]
    version = cluster.repository.kubernetes_version
    if not f"{server}.".startswith(f"v{version}."):
        warnings.append(f"the cluster runs Kubernetes {server}, and this repository is checked against {version}")
    return Preflight(server, problems, warnings)


def _cluster_problems(cluster: Cluster, kubectl: Kubectl) -> Iterator[str]:
    try:
        kubectl.run("auth", "can-i", "*", "*", "--all-namespaces")
    except Failed:
        yield "you may not do everything in this cluster: take a context of its administrator (cluster-admin)"
    root = kubectl.get("-n", NAMESPACE, "get", "applications.argoproj.io", "root")
    path = dig(root, "spec", "source", "path")
    if path not in (None, cluster.folder):
        yield f"this cluster was booted from {path}: choose another context, or boot {str(path).rpartition('/')[2]}"
    overlay = f"{layout.ARGOCD}/overlays/{cluster.environment}"
    found = manifests.installed(cluster.repository, overlay)
    if found and found[0].highly_available:
        nodes = dig(kubectl.get("get", "nodes"), "items") or []
        usable = sum(not dig(node, "spec", "unschedulable") for node in nodes)
        if usable < NODES_OF_HIGHLY_AVAILABLE:
            yield (
                f"Argo CD is highly available here, which takes {NODES_OF_HIGHLY_AVAILABLE} nodes, and there are "
                f"{usable}: add nodes, or let {overlay} build on the plain manifest"
            )


def _credential_problems(cluster: Cluster, kubectl: Kubectl) -> Iterator[str]:
    url = cluster.own_url()
    if url.startswith("http") and _ls_remote(url, "HEAD", anonymous=True) is not None:
        return
    for kind in ("repository", "repo-creds"):
        if dig(kubectl.get("-n", NAMESPACE, "get", "secrets", "-l", f"argocd.argoproj.io/secret-type={kind}"), "items"):
            return
    yield CREDENTIAL.format(url=url, credential=TOKEN if url.startswith("http") else KEY)


def _git_warnings(cluster: Cluster) -> Iterator[str]:
    """What differs between the tree here and what Argo CD is going to read."""
    root = cluster.repository.root
    if git.ask(root, "status", "--porcelain"):
        yield "there are changes here that are not committed: Argo CD reads what is pushed"
    # The root follows the branch, whatever revision the cluster is pinned to.
    branch = cluster.branch or "HEAD"
    said = _ls_remote(cluster.own_url(), branch)
    head = (git.ask(root, "rev-parse", "HEAD") or "").strip()
    if said is None:
        yield f"{cluster.own_url()} cannot be read from here, so nothing is known about what is pushed"
    elif not said:
        yield f"{cluster.own_url()} has no {branch}: push it"
    elif head and said != head:
        yield f"{branch} is {said[:12]} in {cluster.own_url()} and {head[:12]} here: Argo CD boots the former"


def _ls_remote(url: str, name: str, *, anonymous: bool = False) -> str | None:
    """The commit of a branch, empty where there is none; None where the repository cannot be read."""
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
    alone = ["-c", "credential.helper=", "-c", "core.askPass="] if anonymous else []
    try:
        done = subprocess.run(
            ["git", *alone, "ls-remote", url, name],
            env={**os.environ, **quiet},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.partition("\t")[0] if done.returncode == 0 else None


def waves(cluster: Cluster, kubectl: Kubectl) -> list[Wave]:
    """Where each wave of the files stands in the cluster. Raises Failed if the cluster does not answer."""
    live = json.loads(kubectl.run("-n", NAMESPACE, "get", "applications.argoproj.io", "-o", "json"))["items"]
    found = {item["metadata"]["name"]: item for item in live}
    planned: dict[int, list[str]] = {}
    for name, wave in cluster.waves.items():
        planned.setdefault(wave, []).append(name)
    return [
        Wave(number, len(names), {name: why for name in names if (why := _waits(found.get(name)))})
        for number, names in sorted(planned.items())
    ]


def _waits(application: Any) -> str:
    """Why an Application is not ready; empty when it is."""
    if application is None:
        return "not started"
    sync = dig(application, "status", "sync", "status") or "not compared"
    health = dig(application, "status", "health", "status") or "no health yet"
    phase = dig(application, "status", "operationState", "phase")
    if sync == "Synced" and health in READY and phase in (None, "Succeeded"):
        return ""
    conditions = [dig(each, "message") for each in dig(application, "status", "conditions") or []]
    operation = dig(application, "status", "operationState", "message") if phase != "Succeeded" else None
    said = next((str(text) for text in (*conditions, operation) if text), "")
    return f"{sync}, {health}{': ' if said else ''}{said}"
