"""This repository goes by one URL.

Argo CD keeps credentials, the cache and webhooks by URL. Spelled twice, it is cloned twice, and a webhook wakes only
one half of the Applications.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.documents import Document, Path, dig, items
from gitops.findings import Finding
from gitops.patterns import plain_url
from gitops.repository import Repository

ID = "SOURCE05"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        own = cluster.own_url()
        for document, path, url in _urls(cluster.of_kind("Application", "ApplicationSet", "AppProject")):
            if url != own and plain_url(url) == plain_url(own):
                yield Finding(
                    ID, *document.at(*path), f"{url} is this repository, which the root calls {own}", f"write {own}"
                )
        # Each area's set reads this very repository, whatever it is called.
        areas = [d for d in cluster.of_kind("ApplicationSet") if d.name in layout.AREAS]
        others = {dig(d.data, "spec", "generators", 0, "git", "repoURL") for d in areas}
        for other in sorted(url for url in others if isinstance(url, str) and plain_url(url) != plain_url(own)):
            if cluster.root:
                message = f"the root calls this repository {own}, and the ApplicationSets call it {other}"
                place = cluster.root.at("spec", "source", "repoURL")
                yield Finding(ID, *place, message, "write one of them everywhere")


def _urls(documents: list[Document]) -> Iterator[tuple[Document, Path, str]]:
    for document in documents:
        paths: list[Path] = [("spec", "source", "repoURL"), ("spec", "generators", 0, "git", "repoURL")]
        for prefix in (("spec",), ("spec", "template", "spec")):
            paths += [(*prefix, "sources", i, "repoURL") for i, _ in enumerate(items(document.get(*prefix, "sources")))]
        paths += [("spec", "sourceRepos", index) for index, _ in enumerate(items(document.get("spec", "sourceRepos")))]
        for path in paths:
            if isinstance(url := dig(document.data, *path), str):
                yield document, path, url
