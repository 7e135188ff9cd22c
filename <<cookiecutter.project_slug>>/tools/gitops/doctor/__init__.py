"""`./gitops doctor`: what surrounds the files, without a cluster and without a network."""

from gitops import layout
from gitops.doctor.check import NOTE, OK, PROBLEM, Check
from gitops.doctor.installations import drift
from gitops.doctor.programs import programs, python
from gitops.doctor.remote import remote
from gitops.repository import Repository

__all__ = ["NOTE", "OK", "PROBLEM", "Check", "examine", "is_looked_at"]


def examine(repository: Repository) -> list[Check]:
    """Every check, in the order in which they are best mended."""
    return [*python(repository.root), *programs(repository), *remote(repository), *drift(repository)]


def is_looked_at(folder: str) -> bool:
    """Whether `folder` has to be built for the checks."""
    return folder.startswith((f"{layout.ARGOCD}/overlays/", f"{layout.CLUSTERS}/"))
