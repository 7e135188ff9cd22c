"""The programs and Python packages on this machine, beside those that the clusters' own tools are."""

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from gitops.doctor.check import NOTE, OK, PROBLEM, Check
from gitops.doctor.installations import installed
from gitops.repo_server import TOOLS
from gitops.repository import Repository

TIMEOUT = 20  # seconds a program may take to say its version

# How each program says its version, none of them asking a cluster or the network.
ASKED = {
    "kustomize": ("version",),
    "kubectl": ("version", "--client"),
    "helm": ("version", "--short"),
    "argocd": ("version", "--client", "--short"),
    "git": ("--version",),
}
MISSING = {
    check.subject: check
    for check in (
        Check(
            "kustomize",
            PROBLEM,
            "neither kustomize nor kubectl is on PATH, so nothing is built",
            "install kustomize: https://kubectl.docs.kubernetes.io/installation/kustomize/",
        ),
        Check("git", PROBLEM, "is not on PATH", "install Git"),
        Check("kubectl", NOTE, "is not on PATH; it boots a cluster"),
        Check("helm", NOTE, "is not on PATH; it shows what a chart renders"),
        Check("argocd", NOTE, "is not on PATH; it talks to a running Argo CD"),
    )
}
VERSION = re.compile(r"(\d+)\.(\d+)")
KUSTOMIZE_OF_KUBECTL = re.compile(r"Kustomize Version: v?(\S+)")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def python(root: Path) -> Iterator[Check]:
    yield Check("python", OK, platform.python_version())
    pins = dict(PIN.findall((root / "tools/requirements.txt").read_text(encoding="utf-8")))
    for package in sorted(pins):
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue  # What runs this runs without it.
        if version != pins[package]:
            fix = "start ./gitops with a Python that has no packages of its own: it then installs these"
            yield Check(package, NOTE, f"{version}; tools/requirements.txt pins {pins[package]}", fix)


def programs(repository: Repository) -> Iterator[Check]:
    said = {program: _ask(program, *arguments) for program, arguments in ASKED.items()}
    if said["kustomize"] is None and (inside := KUSTOMIZE_OF_KUBECTL.search(said["kubectl"] or "")):
        said["kustomize"] = f"{inside[1]}, the one in kubectl"
    expected = dict(_expected(repository))
    for program, text in said.items():
        yield MISSING[program] if text is None else _compared(program, text, *expected.get(program, ("", "")))


def _expected(repository: Repository) -> Iterator[tuple[str, tuple[str, str]]]:
    """For each program the minor version that goes with what production runs, and whose that is."""
    yield "kubectl", (repository.kubernetes_version, "Kubernetes in pyproject.toml")
    version = next((manifest.version for _, manifest, _ in reversed(installed(repository))), "")
    if found := VERSION.search(version):
        yield "argocd", (found[0], f"Argo CD {version}")
        for program, other in TOOLS[found[0]]._asdict().items() if found[0] in TOOLS else ():
            yield program, (other, f"the repo-server of Argo CD {version}")


def _compared(program: str, text: str, expected: str, whose: str) -> Check:
    """Minor versions side by side; kubectl may be one apart from its API server."""
    shown = text.splitlines()[0].removeprefix("Client Version: ")
    here, there = VERSION.search(shown), VERSION.search(expected)
    if here is None:
        return Check(program, NOTE, shown)
    apart = abs(int(here[2]) - int(there[2])) if there and here[1] == there[1] else 99
    if there is None or apart <= (program == "kubectl"):
        return Check(program, OK, shown)
    return Check(program, NOTE, f"{shown}; {whose} is {expected}", f"install {program} {expected}")


def _ask(program: str, *arguments: str) -> str | None:
    """What the program prints about its version; None where it is not on PATH."""
    path = shutil.which(program)
    if path is None:
        return None
    try:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return f"{path} does not start"
    return done.stdout.strip() or f"{path} does not say its version"
