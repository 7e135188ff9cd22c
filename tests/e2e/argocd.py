"""Argo CD's real programs as processes, run the way a kubelet would run the workloads found in the cluster.

The cluster's own Deployments and StatefulSet decide: a program starts when its workload appears, has the environment
that the workload's container has (so argocd-cmd-params-cm counts), starts anew when the pod template changes and when
it dies. Only addresses, folders and, for the tests' sake, polling times are ours.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from controlplane import ControlPlane
from kube import ApiError, Json
from processes import LOOPBACK, Process, Processes, free_port, make_accessible

NAMESPACE = "argocd"


@dataclass(frozen=True)
class Polling:
    """How often Argo CD asks Git, in seconds; upstream's defaults are 120 (+ up to 60) and 180."""

    applications: int
    generators: int


@dataclass
class Workload:
    """A workload of upstream's manifest and the flags that move its program to loopback and free ports."""

    plural: str
    name: str
    flags: list[str]
    process: Process | None = None
    template: str = ""


class ArgoCD:
    """`start` begins to follow the workloads of one control plane; `stop` ends that."""

    def __init__(
        self,
        processes: Processes,
        plane: ControlPlane,
        binary: Path,
        polling: Polling,
    ) -> None:
        self.processes = processes
        self.plane = plane
        self.kube = plane.kube
        self.polling = polling
        self.folder = processes.folder / "argocd"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.binary = binary
        self.tools = self._tool_folder(plane.binaries)
        self.redis_port, self.repo_port, self.server_port = free_port(), free_port(), free_port()
        self.metrics = {name: free_port() for name in ("controller", "applicationset", "repo", "server")}
        self.workloads = self._workloads()
        self.redis: Process | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> ArgoCD:
        """Start Redis and begin to follow the workloads, which need not exist yet."""
        self.redis = self.processes.start(
            "redis", [self.plane.binaries / "redis-server", "--bind", LOOPBACK, "--port", str(self.redis_port),
                      "--save", "", "--appendonly", "no"],
        )  # fmt: skip
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop following, so that programs which end now stay ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(15)

    @staticmethod
    def settle(seconds: float) -> None:
        """Give Argo CD time to do what a test says that it must not do."""
        time.sleep(seconds)

    def workload(self, name: str) -> Workload:
        """Return the workload called `name`."""
        return next(load for load in self.workloads if load.name == name)

    def _workloads(self) -> list[Workload]:
        common = ["--redis", f"{LOOPBACK}:{self.redis_port}"]
        repo = f"{LOOPBACK}:{self.repo_port}"
        return [
            Workload("deployments", "argocd-repo-server", [
                *common, "--address", LOOPBACK, "--port", str(self.repo_port),
                "--metrics-address", LOOPBACK, "--metrics-port", str(self.metrics["repo"]),
            ]),
            Workload("statefulsets", "argocd-application-controller", [
                *common, "--repo-server", repo, "--metrics-port", str(self.metrics["controller"]),
            ]),
            Workload("deployments", "argocd-applicationset-controller", [
                "--argocd-repo-server", repo, "--metrics-addr", f"{LOOPBACK}:{self.metrics['applicationset']}",
                "--probe-addr", f"{LOOPBACK}:{free_port()}", "--webhook-addr", f"{LOOPBACK}:{free_port()}",
            ]),
            Workload("deployments", "argocd-server", [
                *common, "--repo-server", repo, "--insecure", "--address", LOOPBACK, "--port", str(self.server_port),
                "--metrics-address", LOOPBACK, "--metrics-port", str(self.metrics["server"]),
            ]),
        ]  # fmt: skip

    def _tool_folder(self, binaries: Path) -> Path:
        """Return a folder for the repo-server's PATH with the tools that it calls, and no other of ours."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        for name in ("helm", "kustomize"):
            (tools / name).symlink_to(binaries / name)
        # Argo CD 3.6 asks it of every commit, also where signatures are not checked: nothing said is unsigned.
        unsigned = tools / "git-verify-wrapper.sh"
        unsigned.write_text("#!/bin/sh\n")
        unsigned.chmod(0o755)
        return tools

    def _program(self, name: str) -> Path:
        """Return the one binary under the name of one program: it decides by it, and field managers are called so."""
        link = self.folder / name
        if not link.is_symlink():
            link.symlink_to(self.binary)
        return link

    def _follow(self) -> None:
        while not self._stop.is_set():
            for load in self.workloads:
                # The API server is not there yet, or a test has just killed it.
                with suppress(ApiError, OSError):
                    self._reconcile(load)
            self._stop.wait(0.5)

    def _reconcile(self, load: Workload) -> None:
        live = self.kube.get(load.plural, load.name, NAMESPACE)
        if live is None:
            return
        template = json.dumps(live["spec"]["template"], sort_keys=True)
        if load.process is not None and load.process.running and template == load.template:
            return
        container = live["spec"]["template"]["spec"]["containers"][0]
        argv = [*_entrypoint(container), str(self._program(load.name)), *load.flags]
        env = self._environment(load, container)
        load.template = template
        if load.process is None:
            load.process = self.processes.start(load.name, argv, env)
            return
        load.process.stop()
        # Its folder stays what it was, as a volume does when a container is started again.
        load.process.argv = argv
        load.process.env.update(env)
        load.process.start()
        time.sleep(1)

    def fetched(self) -> list[Path]:
        """Return the `.git` folder of each repository that the repo-server has fetched."""
        folder = self.folder / "argocd-repo-server-data/tmpdir/_argocd-repo"
        make_accessible(folder)
        return list(folder.glob("*/.git"))

    def _environment(self, load: Workload, container: Json) -> Mapping[str, str]:
        """Return what the container's `env` says, ConfigMaps looked up, with our addresses and folders over it."""
        found: dict[str, str] = {}
        for entry in container.get("env", []):
            if "value" in entry:
                found[entry["name"]] = entry["value"]
            reference = entry.get("valueFrom", {}).get("configMapKeyRef")
            if reference:
                data = (self.kube.get("configmaps", reference["name"], NAMESPACE) or {}).get("data", {})
                if reference["key"] in data:
                    found[entry["name"]] = data[reference["key"]]
        data_folder = self.folder / f"{load.name}-data"
        folders = {
            name: data_folder / name.lower()
            for name in ("ARGOCD_TLS_DATA_PATH", "ARGOCD_SSH_DATA_PATH", "ARGOCD_GNUPGHOME", "ARGOCD_GPG_DATA_PATH",
                         "ARGOCD_PLUGINSOCKFILEPATH", "KUBECACHEDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME",
                         "HELM_DATA_HOME", "TMPDIR", "HOME")
        }  # fmt: skip
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)
        folders["ARGOCD_GNUPGHOME"].chmod(0o700)
        return {
            **found,
            **{name: str(folder) for name, folder in folders.items()},
            "PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}",
            "KUBECONFIG": str(self.plane.kubeconfig),
            "ARGOCD_FAKE_IN_CLUSTER": "true",
            "ARGOCD_RECONCILIATION_TIMEOUT": f"{self.polling.applications}s",
            "ARGOCD_RECONCILIATION_JITTER": "0",
            "ARGOCD_APPLICATIONSET_CONTROLLER_REQUEUE_AFTER": f"{self.polling.generators}s",
            # Signatures are not checked here, and checking would need gpg and upstream's wrapper scripts.
            "ARGOCD_GPG_ENABLED": "false",
            "GIT_CONFIG_NOSYSTEM": "1",
        }


def _entrypoint(container: Json) -> list[str]:
    """Return what a container runs before its program: nothing, unless our patch of the workload says something."""
    command: list[str] = container.get("command", [])
    # tini, which is in the image only, collects orphans.
    return command[2:] if command[:2] == ["/usr/bin/tini", "--"] else command
