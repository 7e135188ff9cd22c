"""Argo CD's own scripts and their tests, from its published module; `python -m lua.upstream` lists what they cover."""

from pathlib import Path

from pairs import QUESTIONS, TEMPLATE
from schemas import ARGOCD, module_files

VERSION = str(QUESTIONS["argocd_version"])
# Those in Go: gitops-engine/pkg/health/health.go, GetHealthCheckFunc.
IN_GO = {
    *("PersistentVolumeClaim", "Pod", "Service", "apiregistration.k8s.io/APIService", "apps/DaemonSet"),
    *("apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "argoproj.io/Workflow"),
    *("autoscaling/HorizontalPodAutoscaler", "batch/Job", "extensions/Ingress", "networking.k8s.io/Ingress"),
}


def scripts() -> Path:
    """The folder with all of them; a `_` in a path stands for any text."""
    folder = "resource_customizations"
    return module_files(ARGOCD, VERSION, f"{folder}/*", TEMPLATE / ".cache") / folder


def built_in() -> str:
    """The kinds with a health check, a line each, in which * stands for any text."""
    root = scripts()
    in_lua = (path.parent.relative_to(root).as_posix().replace("_", "*") for path in root.rglob("health.lua"))
    made = "Made by python -m lua.upstream in the template's tests/."
    return "\n".join([f"# Kinds that Argo CD {VERSION} has a health check for. {made}", *sorted({*IN_GO, *in_lua}), ""])


if __name__ == "__main__":
    print(built_in(), end="")
