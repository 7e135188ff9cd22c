"""Argo CD's install manifests, as the overlays name them."""

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from gitops import layout, stand_in

if TYPE_CHECKING:
    from gitops.repository import Repository


class Manifest(NamedTuple):
    """Which of upstream's install manifests: its version, and whether it is the highly available one."""

    version: str
    highly_available: bool

    @property
    def folder(self) -> str:
        """Where its copy lies, once there is one."""
        return f"{layout.UPSTREAM}/{self.version}{'-ha' if self.highly_available else ''}"

    @property
    def url(self) -> str:
        flavour = "ha/" if self.highly_available else ""
        return f"https://raw.githubusercontent.com/argoproj/argo-cd/{self.version}/manifests/{flavour}install.yaml"

    def __str__(self) -> str:
        return f"Argo CD {self.version}{', highly available,' if self.highly_available else ''}"


def installed(repository: "Repository", folder: str) -> tuple[Manifest, bool] | None:
    """The manifest that the installation in `folder` builds on, and whether that is a copy in this repository."""
    for kustomization in repository.reached(folder):
        for reference in kustomization.references:
            if manifest := named(kustomization.folder, reference.text):
                return manifest, reference.target is not None
    return None


def named(folder: str, reference: str) -> Manifest | None:
    """The manifest that `reference`, in the kustomization of `folder`, names: upstream's, or a copy of it here."""
    if match := stand_in.MANIFEST.fullmatch(reference):
        return Manifest(match["version"], bool(match["flavour"]))
    path = posixpath.normpath(posixpath.join(folder, reference))
    if not path.startswith(f"{layout.UPSTREAM}/"):
        return None
    name = path.removeprefix(f"{layout.UPSTREAM}/").split("/")[0]
    return Manifest(name.removesuffix("-ha"), name.endswith("-ha"))
