"""Argo CD gets the health checks of Application and ApplicationSet that make waves wait.

Without them Argo CD takes every child for healthy the moment it exists, and all waves start at once.
"""

from collections.abc import Iterator

from gitops import layout, settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "GATE01"
KINDS = ("Application", "ApplicationSet")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in settings.installations(repository):
        found = settings.read(repository, folder, "argocd-cm")
        for kind in KINDS:
            key = f"resource.customizations.health.argoproj.io_{kind}"
            if key not in found or "return" not in found[key].value:
                place = (
                    found[key].place if key in found else repository.kustomizations[folder].document.at("components")
                )
                fix = (
                    f"name ../../lua under components, and in {layout.LUA}/kustomization.yaml "
                    f"{key}=argoproj.io/{kind}/health.lua"
                )
                yield Finding(ID, *place, f"argocd-cm has no health check for {kind}, so waves do not wait", fix)
