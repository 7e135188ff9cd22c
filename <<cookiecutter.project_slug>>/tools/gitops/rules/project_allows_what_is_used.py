"""A project allows no repository and no namespace that nothing in it uses.

What is allowed and not needed is there for whoever gets hold of one of its Applications. Where an Application of the
project is a chart, namespaces are left alone: what a chart holds is not known here.
"""

from collections.abc import Iterator

from gitops.documents import Document, dig, items
from gitops.findings import Finding
from gitops.patterns import glob, plain_url
from gitops.projects import denies, is_everything
from gitops.repository import Repository

ID = "PROJECT10"


def check(repository: Repository) -> Iterator[Finding]:
    used: dict[str, tuple[set[str], set[str]]] = {}
    projects: dict[tuple[str, str], Document] = {}
    with_charts = set()
    for cluster in repository.clusters:
        if any(expansion.reason or expansion.failures for expansion in cluster.expansions):
            return  # What is not known might use it.
        projects |= {(project.file, project.name): project for project in cluster.projects.values()}
        for application in cluster.applications:
            urls, namespaces = used.setdefault(application.project, (set(), set()))
            urls |= {plain_url(dig(source, "repoURL")) for source in application.sources}
            namespaces.add(application.namespace)
            if any(dig(source, "chart") for source in application.sources):
                with_charts.add(application.project)
        for application, _, objects in cluster.rendered:
            used[application.project][1].update(document.namespace for document in objects)
    # A project in which there is nothing yet is there for what comes.
    for project in (project for (_, name), project in projects.items() if name in used):
        urls, namespaces = used[project.name]
        for index, url in enumerate(items(project.get("spec", "sourceRepos"))):
            if not (_has_a_rule(str(url)) or any(map(glob(plain_url(url)), urls))):
                message = f"project {project.name} allows {url}, and nothing in it comes from there"
                yield Finding(ID, *project.at("spec", "sourceRepos", index), message, "remove it")
        for index, destination in enumerate(items(project.get("spec", "destinations"))):
            namespace = str(dig(destination, "namespace"))
            if project.name in with_charts or _has_a_rule(namespace) or any(map(glob(namespace), namespaces)):
                continue
            message = f"project {project.name} allows the namespace {namespace}, and nothing in it goes there"
            yield Finding(ID, *project.at("spec", "destinations", index), message, "remove it")


def _has_a_rule(pattern: str) -> bool:
    """Whether PROJECT06 finds it."""
    return denies(pattern) or is_everything(pattern)
