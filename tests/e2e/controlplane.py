"""A Kubernetes control plane on loopback; KWOK plays its nodes and pods."""

from __future__ import annotations

import json
import secrets
import urllib.request
from pathlib import Path

from kube import Kube
from processes import LOOPBACK, Process, Processes, free_port, wait_for

NODES = 3  # what a highly available Argo CD takes
GATE_LABEL = "e2e/gate"


class ControlPlane:
    """Started by `start`; afterwards `kube` speaks to it and `kubeconfig` is a file for other programs."""

    def __init__(self, processes: Processes, binaries: Path, stages: list[Path]) -> None:
        self.processes = processes
        self.binaries = binaries
        self.stages = stages
        self.folder = processes.folder / "controlplane"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"https://{LOOPBACK}:{self.port}"
        self.kube = Kube(self.url, secrets.token_hex(16))
        self.kubeconfig = self.folder / "kubeconfig.json"
        self.running: dict[str, Process] = {}

    def start(self) -> ControlPlane:
        """Start everything and wait until pods can run."""
        self._write_kubeconfig()
        etcd = self._start_etcd()
        self._start_api_server(etcd)
        self._start("kube-controller-manager", *self._controller_manager())
        self._start("kube-scheduler", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
                    f"--bind-address={LOOPBACK}", f"--secure-port={free_port()}", "--kube-api-qps=200",
                    "--kube-api-burst=400")  # fmt: skip
        stages = [f"--config={stage}" for stage in self.stages]
        self._start("kwok", f"--kubeconfig={self.kubeconfig}", "--manage-all-nodes=true",
                    f"--server-address={LOOPBACK}:{free_port()}", *stages)  # fmt: skip
        for number in range(NODES):
            self.add_node(f"node-{number}")
        wait_for("namespace default", lambda: self.kube.get("namespaces", "default"), 30)
        return self

    def add_node(self, name: str, gate: str | None = None) -> None:
        """Add a node that KWOK plays; pods whose nodeSelector asks for `gate` can run from now on."""
        labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", **({GATE_LABEL: gate} if gate else {})}
        self.kube.create("nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})

    def open_gate(self, gate: str) -> None:
        """Let the pods that wait for `gate` run."""
        self.add_node(f"gate-{gate}", gate)

    def ready(self) -> bool:
        """Whether the API server answers "ready"."""
        return self.kube.request("GET", "/readyz").get("text") == "ok"

    def _start(self, name: str, *flags: str) -> Process:
        process = self.processes.start(name, [self.binaries / name, *flags])
        self.running[name] = process
        return process

    def _start_etcd(self) -> str:
        client, peer = (f"http://{LOOPBACK}:{free_port()}" for _ in range(2))
        process = self._start(
            "etcd", f"--data-dir={self.folder / 'etcd'}", f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync", "--log-level=warn",
        )  # fmt: skip
        process.wait_ready(lambda: urllib.request.urlopen(f"{client}/health", timeout=2).status == 200)
        return client

    def _start_api_server(self, etcd: str) -> None:
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{self.kube.token},admin,admin,system:masters\n")
        tokens.chmod(0o600)
        # The serving certificate, which the API server makes for itself, signs service account tokens too.
        process = self._start(
            "kube-apiserver", f"--etcd-servers={etcd}", f"--bind-address={LOOPBACK}", f"--secure-port={self.port}",
            f"--cert-dir={self.folder / 'certs'}", f"--token-auth-file={tokens}", "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={self.folder / 'certs' / 'apiserver.key'}",
            f"--service-account-key-file={self.folder / 'certs' / 'apiserver.key'}",
            "--service-cluster-ip-range=10.96.0.0/16", "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none", "--allow-privileged=true",
        )  # fmt: skip
        process.wait_ready(self.ready)

    def _controller_manager(self) -> list[str]:
        return [
            f"--kubeconfig={self.kubeconfig}", "--leader-elect=false", f"--bind-address={LOOPBACK}",
            f"--secure-port={free_port()}",
            f"--service-account-private-key-file={self.folder / 'certs' / 'apiserver.key'}",
            # KWOK's nodes send no heartbeat: without this they are "not ready" after 40 s.
            "--node-monitor-grace-period=10h", "--kube-api-qps=200", "--kube-api-burst=400",
        ]  # fmt: skip

    def _write_kubeconfig(self) -> None:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "e2e", "cluster": {"server": self.url, "insecure-skip-tls-verify": True}}],
            "users": [{"name": "admin", "user": {"token": self.kube.token}}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "admin", "namespace": "argocd"}}],
            "current-context": "e2e",
        }
        self.kubeconfig.write_text(json.dumps(config, indent=2))
        self.kubeconfig.chmod(0o600)
