"""Whether Argo CD can see what is here: the Git remote and branch that it reads, and what has not arrived there."""

import re
from collections.abc import Iterator
from pathlib import Path

from gitops import git
from gitops.answers import shown
from gitops.doctor.check import NOTE, OK, PROBLEM, Check
from gitops.patterns import plain_url
from gitops.repository import Repository

URL = re.compile(r"(?:\w+://)?(?:[^@/]*@)?([^/:]+)(?::\d+/|[:/])(.+)")


def remote(repository: Repository) -> Iterator[Check]:
    root = repository.root
    if git.ask(root, "rev-parse", "--git-dir") is None:
        yield Check("repository", PROBLEM, "is no Git repository, and Argo CD reads from one", "git init, and commit")
        return
    url, branch = _followed(repository)
    remotes = dict(re.findall(r"^(\S+)\t(\S+) \(fetch\)", git.ask(root, "remote", "--verbose") or "", re.MULTILINE))
    name = next((name for name, there in remotes.items() if _place(there) == _place(url)), None)
    if name is None:
        found = f"no remote is {url}, which Argo CD reads; there is {', '.join(map(shown, remotes.values())) or 'none'}"
        yield Check("remote", PROBLEM, found, f"git remote add origin {url}, or correct the URL where it is written")
    else:
        yield Check("remote", OK, f"{name} is {url}")
        yield _pushed(root, name, branch)
    here = (git.ask(root, "symbolic-ref", "--quiet", "--short", "HEAD") or "no branch").strip()
    yield Check("branch", OK, here) if here == branch else Check("branch", NOTE, f"{here}; Argo CD follows {branch}")
    changed = (git.ask(root, "status", "--porcelain") or "").splitlines()
    if changed:
        found = f"not committed, so Argo CD does not see it: {len(changed)}"
        yield Check("changes", NOTE, found, "git status shows what; git add, git commit and git push")


def _followed(repository: Repository) -> tuple[str, str]:
    """The URL and the branch that the roots read."""
    for cluster in repository.clusters:
        if cluster.root:
            return cluster.own_url(), str(cluster.root.get("spec", "source", "targetRevision") or "")
    return "", ""


def _place(url: str) -> str:
    """Host and path of a Git URL: the same over https, over ssh and with a user."""
    match = URL.fullmatch(plain_url(url))
    return f"{match[1]}/{match[2]}" if match else plain_url(url)


def _pushed(root: Path, remote: str, branch: str) -> Check:
    if git.ask(root, "rev-parse", "--quiet", "--verify", f"refs/remotes/{remote}/{branch}") is None:
        found = f"{remote}/{branch} is not known here, and Argo CD follows it"
        return Check("pushed", NOTE, found, f"git push --set-upstream {remote} {branch}, or git fetch {remote}")
    ahead = int(git.ask(root, "rev-list", "--count", f"refs/remotes/{remote}/{branch}..HEAD") or 0)
    if ahead:
        return Check("pushed", NOTE, f"{remote}/{branch} lacks {ahead} of the commits here", "git push")
    return Check("pushed", OK, f"{remote}/{branch} has all that is committed here")
