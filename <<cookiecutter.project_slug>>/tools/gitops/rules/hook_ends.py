"""A hook ends, and makes room for its next run.

The sync waits for a Job that has no end, and with it every later wave. A Job cannot be changed, so one that its delete
policy leaves behind stops the next sync.
"""

from collections.abc import Iterator

from gitops.findings import Finding
from gitops.repository import Repository

ID = "HOOK02"
BAD = """\
kind: Job
metadata:
  name: migrate
  annotations:
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: HookSucceeded
"""
GOOD = """\
kind: Job
metadata:
  name: migrate
  annotations:
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation,HookSucceeded
spec:
  activeDeadlineSeconds: 600
"""
HOOK = "argocd.argoproj.io/hook"
POLICY = f"{HOOK}-delete-policy"


def check(repository: Repository) -> Iterator[Finding]:
    for document in repository.objects:
        if document.kind != "Job" or document.annotation(HOOK) in (None, "Skip"):
            continue
        if document.get("spec", "activeDeadlineSeconds") is None:
            message = f"{document} is a hook, and nothing says how long it may take"
            yield Finding(ID, *document.at("spec"), message, "set spec.activeDeadlineSeconds")
        policy = document.annotation(POLICY)
        if policy is not None and document.name and "BeforeHookCreation" not in str(policy):
            message = f"{document} stays where {policy} does not remove it, and stops the next sync"
            fix = f"write {POLICY}: BeforeHookCreation,{policy}"
            yield Finding(ID, *document.at("metadata", "annotations", POLICY), message, fix)
