"""A generated repository, the servers it needs and a cluster that it boots, all on loopback and all our own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from argocd import NAMESPACE, ArgoCD, Polling
from chart_server import ChartServer, CustomKind, StandIn
from controlplane import ControlPlane
from git_server import GitServer, WorkingCopy
from kube import Event, History
from operators import Operators
from processes import NotReady, Processes, wait_for

Json = dict[str, Any]

TEMPLATE = Path(__file__).resolve().parents[2]
# Kinds that are cluster-scoped without saying so by a name that begins with Cluster or ends in Class.
_CLUSTER_KINDS = {"ValidatingPolicy", "MutatingPolicy", "ImageValidatingPolicy", "GeneratingPolicy", "PolicyException"}


@dataclass(frozen=True)
class Tools:
    """The programs, and what of their modules is needed at run time."""

    binaries: Path
    argocd: Path
    manifests: Path
    stages: tuple[Path, ...]

    @property
    def version(self) -> str:
        """Version of Argo CD, as its manifest's images say."""
        found = re.search(r"quay\.io/argoproj/argocd:(v\S+)", (self.manifests / "install.yaml").read_text())
        if found is None:
            raise ValueError(f"install.yaml in {self.manifests} names no image of Argo CD")
        return found[1]


class Installation:
    """Everything of one test. Use it as a context; `boot` runs the generated README's commands."""

    def __init__(
        self,
        folder: Path,
        tools: Tools,
        answers: dict[str, str] | None = None,
        charts: Iterable[StandIn] = (),
        poll: int = 6,
        environment: str = "dev",
        beside: Installation | None = None,
    ) -> None:
        self.tools = tools
        self.environment = environment
        self.folder = folder
        self.processes = Processes(folder)
        # A second cluster shares the first one's repository and servers, which the first one ends.
        self.owned: list[GitServer | ChartServer] = []
        if beside is None:
            self.git, self.charts = GitServer(folder / "git").__enter__(), ChartServer().__enter__()
            self.owned = [self.git, self.charts]
            self.url = self.git.create("gitops")
            repository = self._bake(answers or {})
            self._serve_charts(repository, {chart.name: chart for chart in charts})
            self._vendor(repository)
            self.repository = WorkingCopy(repository, self.url)
        else:
            self.git, self.charts, self.url = beside.git, beside.charts, beside.url
            self.repository = beside.repository
        self.plane = ControlPlane(self.processes, tools.binaries, list(tools.stages)).start()
        self.kube = self.plane.kube
        self.history = History(self.kube).start()
        kinds = {kind for chart in self.charts.charts.values() for kind in chart.kinds}
        self.operators = Operators(self.kube, kinds).start()
        self.argocd = ArgoCD(self.processes, self.plane, tools.argocd, Polling(poll, poll))

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        self.history.stop()
        self.operators.stop()
        self.kube.close()
        self.argocd.stop()
        self.processes.__exit__()
        for server in self.owned:
            server.__exit__()

    # -- what a person does -------------------------------------------------------------------------------------

    def boot_commands(self) -> list[str]:
        """Return the lines of the first shell block below "Boot a cluster" in the generated README."""
        section = self.repository.read("README.md").split("## Boot a cluster", 1)[1]
        block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
        if block is None:
            raise ValueError("the generated README has no shell block below 'Boot a cluster'")
        return self._for_this_cluster(block[1].replace("\\\n", " ")).strip().splitlines()

    def _for_this_cluster(self, commands: str) -> str:
        """The README spells out the first environment and says that the others go likewise."""
        return re.sub(r"(overlays|clusters)/dev\b", rf"\1/{self.environment}", commands)

    def boot(self) -> None:
        """Push the repository as it is and run the README's commands; each must end 0 at the first try."""
        if not self.repository.pushed():
            self.repository.commit("Generate the repository")
        self.argocd.start()
        for command in self.boot_commands():
            self.run(command)

    def run(self, command: str) -> str:
        """Run a shell command in the repository, against this cluster; raises RuntimeError unless it ends 0."""
        environment = {
            "PATH": f"{self.tools.binaries}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.plane.kubeconfig),
        }
        done = subprocess.run(
            command, shell=True, cwd=self.repository.folder, env=environment, capture_output=True, text=True,
            check=False, timeout=600,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"`{command}` ended {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    # -- what there is ------------------------------------------------------------------------------------------

    def expected(self) -> dict[str, int]:
        """Return each Application that the repository's files ask for -> its wave; the root is one of them."""
        folder = self.repository.folder
        waves = {"root": 6}
        for path in (folder / "infrastructure/controllers/argocd/apps").glob("*.yaml"):
            for item in documents(path):
                if item.get("kind") == "Application":
                    waves[item["metadata"]["name"]] = wave_of(item)
        for area, wave in (("infrastructure", 4), ("monitoring", 5)):
            for path in folder.glob(f"{area}/*/overlays/{self.environment}/app.yaml"):
                waves[path.parts[-4]] = wave
        for path in folder.glob(f"my-apps/*/*/overlays/{self.environment}/app.yaml"):
            waves[f"{path.parts[-5]}-{path.parts[-4]}"] = 6
        return waves

    def application(self, name: str) -> Json:
        """Return an Application; raises LookupError if there is none."""
        found = self.kube.get("applications", name, NAMESPACE)
        if found is None:
            raise LookupError(f"Application {name} does not exist")
        return found

    def is_ready(self, *names: str) -> bool:
        """Whether these Applications exist and are Synced and Healthy, with no operation going on."""
        return not self._waiting(names)

    def _waiting(self, names: Iterable[str]) -> set[str]:
        return set(names) - {item["metadata"]["name"] for item in self.kube.list("applications") if ready(item)}

    def wait_ready(self, *names: str, timeout: float = 180) -> None:
        """Wait until these Applications (all that the files ask for, if none is named) are Synced and Healthy."""
        wanted = names or tuple(self.expected())
        try:
            wait_for(
                f"Applications {', '.join(sorted(wanted))} Synced and Healthy",
                lambda: self.is_ready(*wanted),
                timeout,
                every=0.5,
            )
        except NotReady as error:
            waiting = sorted(self._waiting(wanted))
            raise NotReady(f"not Synced and Healthy within {timeout:g} s: {waiting}\n{self.story()}") from error

    def wait(self, what: str, check: Any, timeout: float) -> float:
        """Wait for a condition of a test's own and return how many seconds that took."""
        begun = time.monotonic()
        try:
            wait_for(what, check, timeout, every=0.2)
        except NotReady as error:
            raise NotReady(f"{error}\n{self.story()}") from error
        return time.monotonic() - begun

    def story(self) -> str:
        """Return one line for each Application and ApplicationSet, for failure messages."""
        lines = [f"logs: {self.processes.logs}"]
        for item in sorted(self.kube.list("applications"), key=lambda item: str(item["metadata"]["name"])):
            status = item.get("status", {})
            operation = status.get("operationState", {})
            conditions = "; ".join(f"{each['type']}: {each['message'][:300]}" for each in status.get("conditions", []))
            lines.append(
                f"  {item['metadata']['name']:26} {status.get('sync', {}).get('status', '-'):10}"
                f" {status.get('health', {}).get('status', '-'):12} {operation.get('phase', '-'):10}"
                f" {operation.get('message', '')[:300]} {conditions}"
            )
        for item in self.kube.list("applicationsets"):
            bad = [
                each["message"][:300]
                for each in item.get("status", {}).get("conditions", [])
                if (each["type"] == "ErrorOccurred") == (each["status"] == "True")
            ]
            lines.append(f"  ApplicationSet {item['metadata']['name']}: {bad or 'no complaint'}")
        return "\n".join(lines)

    # -- what happened ------------------------------------------------------------------------------------------

    def appeared(self, name: str) -> Event:
        """Return the first event of an Application."""
        return self._first(name, "appeared", lambda item: True)

    def became_ready(self, name: str) -> Event:
        """Return the event that made an Application Synced and Healthy for the first time.

        Whether its operation is over does not count: an ApplicationSet cannot see that of its children.
        """
        return self._first(name, "became ready", synced_and_healthy)

    def _first(self, name: str, what: str, accept: Any) -> Event:
        for event in self.history.of("applications", name):
            if event.change != "DELETED" and accept(event.object):
                return event
        raise LookupError(f"Application {name} never {what}\n{self.story()}")

    # -- preparation --------------------------------------------------------------------------------------------

    def _bake(self, answers: dict[str, str]) -> Path:
        everything = {
            "project_slug": "gitops", "repo_url": self.url, "chart_mirror": self.charts.url,
            "argocd_version": self.tools.version, "environments": "dev, prod", **answers,
        }  # fmt: skip
        # A program of its own, as a person would run it: the hooks must not depend on what the tests have imported.
        done = subprocess.run(
            [sys.executable, "-m", "cookiecutter", str(TEMPLATE), "--no-input", "--output-dir", str(self.folder),
             *[f"{name}={value}" for name, value in everything.items()]],
            env={**os.environ, "PATH": f"{self.tools.binaries}{os.pathsep}{os.environ['PATH']}",
                 "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"the template does not bake:\n{done.stdout}{done.stderr}")
        return self.folder / everything["project_slug"]

    def _vendor(self, repository: Path) -> None:
        environment = {**os.environ, "PATH": f"{self.tools.binaries}{os.pathsep}{os.environ['PATH']}"}
        overlays = repository.glob("infrastructure/controllers/argocd/overlays/*/kustomization.yaml")
        used = {path for text in map(Path.read_text, overlays) for path in re.findall(r"/manifests/(\S+)", text)}
        for manifest in sorted(used):
            done = subprocess.run(
                [sys.executable, "gitops", "vendor", "argocd", "--from", str(self.tools.manifests / manifest)],
                cwd=repository, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise RuntimeError(f"./gitops vendor argocd:\n{done.stdout}{done.stderr}")

    def _serve_charts(self, repository: Path, special: dict[str, StandIn]) -> None:
        (catalogue,) = documents(TEMPLATE / "catalogue.yaml")
        found = custom_kinds(repository)
        for entry in catalogue.values():
            if "chart" not in entry:
                continue
            groups = {item.removeprefix("crds/") for item in entry["provides"] if item.startswith("crds/")}
            kinds = tuple(sorted((kind for kind in found if kind.group in groups), key=str))
            chart = special.get(entry["chart"], StandIn(entry["chart"], ""))
            self.charts.add(replace(chart, version=chart.version or str(entry["version"]), kinds=kinds))


def documents(path: Path) -> list[Json]:
    """Return the YAML documents of a file that are mappings."""
    return [item for item in yaml.load_all(path.read_text(), yaml.CSafeLoader) if isinstance(item, dict)]


def wave_of(item: Json) -> int:
    """Return the sync wave of an object; 0 where it says none."""
    return int((item["metadata"].get("annotations") or {}).get("argocd.argoproj.io/sync-wave", "0"))


def synced_and_healthy(application: Json) -> bool:
    """Whether an Application says that it is Synced and Healthy."""
    status = application.get("status", {})
    return (status.get("sync", {}).get("status"), status.get("health", {}).get("status")) == ("Synced", "Healthy")


def ready(application: Json) -> bool:
    """Whether an Application is Synced, Healthy and idle."""
    phase = application.get("status", {}).get("operationState", {}).get("phase", "Succeeded")
    return synced_and_healthy(application) and phase == "Succeeded" and "operation" not in application


def custom_kinds(repository: Path) -> set[CustomKind]:
    """Return the kinds that the repository has objects of, those of Kubernetes included."""
    found = set()
    for path in repository.rglob("*.yaml"):
        for item in documents(path):
            group, _, version = str(item.get("apiVersion", "")).rpartition("/")
            kind = str(item.get("kind", ""))
            if group and kind:
                cluster = kind.startswith("Cluster") or kind.endswith("Class") or kind in _CLUSTER_KINDS
                found.add(CustomKind(group, version, kind, not cluster))
    return found
