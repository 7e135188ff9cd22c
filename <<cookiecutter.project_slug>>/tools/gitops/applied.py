"""What an Application applies in a cluster, in the words that all clusters share, so that two can be compared."""

import re
from collections.abc import Iterator
from typing import Any

from gitops.applicationsets import Application
from gitops.clusters import FACTS, Cluster
from gitops.documents import Document, dig, items
from gitops.repository import Repository

OWN = ("name", "environment", "domain", "production")
"""The facts by which clusters differ by their nature."""
WORDS = {fact: word for word, fact in FACTS.items()}
HELD = {
    "gitops/cluster": "name",
    "gitops/environment": "environment",
    "cluster": "name",
    "environment": "environment",
    "revision": "revision",
    "targetRevision": "revision",
    "domain": "domain",
}
"""The facts that Argo CD's objects hold, by the key they stand at; others stand in paths and in patches."""


Objects = dict[str, Any]
"""Objects by `Kind.group namespace/name`, and what is given to charts, by a title like these."""


class NotBuilt(Exception):
    """A folder does not build; the text is one sentence that says which and why."""


def objects(repository: Repository, cluster: Cluster, application: Application) -> Objects:
    """What `application` of `cluster` applies, its own manifest included; `repository` has its folders built.

    A chart is not rendered: the values that it is given stand for it. Raises NotBuilt.
    """
    is_root = application.parent is cluster.root
    return dict(_of_root(cluster) if is_root else _of(repository, cluster, application))


def _of_root(cluster: Cluster) -> Iterator[tuple[str, Any]]:
    """What the root syncs beside Applications, which are apps of their own."""
    of_root = {key: fact for key, fact in HELD.items() if key != "targetRevision"}  # There it is the branch.
    facts = (cluster.facts.get("data") if cluster.facts else None) or {}
    yield "facts of the cluster", {key: value for key, value in facts.items() if key not in OWN}
    for document in cluster.objects:
        if document is cluster.root:
            yield _title(document), _plain(document.data, cluster, of_root)
        elif document.kind != "Application":
            yield _title(document), _plain(document.data, cluster, HELD)


def _of(repository: Repository, cluster: Cluster, application: Application) -> Iterator[tuple[str, Any]]:
    stated = {"metadata": application.metadata, "spec": application.spec}
    yield f"Application.argoproj.io argocd/{application.name}", _plain(stated, cluster, HELD)
    for source in application.sources:
        if dig(source, "chart"):
            yield f"values of chart {dig(source, 'chart')}", _values(repository, source)
    for folder in application.paths(cluster.own_url()):
        if (build := repository.builds.get(folder)) and build.error:
            raise NotBuilt(f"{folder} does not build, and validate says where it is wrong: {build.error}")
        for document in repository.built(folder):
            yield _title(document), document.data


def _title(document: Document) -> str:
    """Kind and name as kubectl writes them: Deployment.apps hello/web, Namespace hello."""
    kind = f"{document.kind}.{document.group}" if document.group else document.kind
    return f"{kind} {document.namespace}/{document.name}" if document.namespace else f"{kind} {document.name}"


def _plain(data: Any, cluster: Cluster, held: dict[str, str], key: str = "") -> Any:
    """`data` of Argo CD's own objects, with the word for each fact of the cluster that every cluster has there."""
    if isinstance(data, dict):
        return {key: _plain(value, cluster, held, key) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value, cluster, held, key) for value in data]
    if not isinstance(data, str):
        return data
    fact = held.get(key, "")
    if fact and data == cluster.fact(fact):
        return WORDS[fact]
    data = _replaced(r"(?<=clusters/){}(?=/|$)", "name", cluster, data)
    data = _replaced(r"(?:(?<=overlays/)|(?<=environments/)){}(?=/|$)", "environment", cluster, data)
    return _replaced(r"(?<![\w-]){}(?![\w.-])", "domain", cluster, data) if key == "patch" else data


def _replaced(pattern: str, fact: str, cluster: Cluster, text: str) -> str:
    return re.sub(pattern.format(re.escape(cluster.fact(fact))), WORDS[fact], text) if cluster.fact(fact) else text


def _values(repository: Repository, source: Any) -> Any:
    """The values that a chart is given, merged as Helm does it; what lies elsewhere is named."""
    values: Any = {}
    for entry in items(dig(source, "helm", "valueFiles")):
        reference, _, file = str(entry).partition("/")
        document = repository.first(file) if reference.startswith("$") else None
        values = _merged(values, document.data if document else {})
    return values


def _merged(below: Any, above: Any) -> Any:
    """A key of `above` wins, and mappings are merged; null stays, for it removes what the chart has there."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _merged(below.get(key), value) for key, value in above.items()}}
