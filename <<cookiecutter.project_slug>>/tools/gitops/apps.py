"""What Argo CD will run: the Applications of each cluster, with what each of them renders."""

from typing import Any

from gitops import layout
from gitops.applicationsets import Application
from gitops.clusters import Cluster
from gitops.documents import dig
from gitops.repository import Repository


def is_root_folder(folder: str) -> bool:
    """Whether `folder` is what a root syncs: all that has to be built to know the Applications."""
    return folder.startswith(f"{layout.CLUSTERS}/")


def listed(repository: Repository, environment: str | None) -> list[dict[str, Any]]:
    """Every Application of every cluster, or of the clusters of one environment, in the order of the waves.

    A source that only lends its values files to another renders nothing, and is left out.
    """
    return [
        _described(cluster, application)
        for cluster in repository.clusters
        if environment in (None, cluster.environment)
        for application in sorted(cluster.applications, key=lambda a: (cluster.waves.get(a.name, 0), a.name))
    ]


def _described(cluster: Cluster, application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "environment": cluster.environment,
        "cluster": cluster.name,
        "wave": cluster.waves.get(application.name),
        "project": application.project,
        "namespace": application.namespace,
        "sources": [
            {
                "repository": dig(source, "repoURL"),
                "chart" if dig(source, "chart") else "path": dig(source, "chart") or dig(source, "path"),
                "version" if dig(source, "chart") else "revision": dig(source, "targetRevision"),
            }
            for source in application.sources
            if dig(source, "chart") or dig(source, "path")
        ],
    }


def rows(found: list[dict[str, Any]]) -> list[list[str]]:
    """The same as a table, its header first."""
    header = ["CLUSTER", "WAVE", "NAME", "PROJECT", "NAMESPACE", "SOURCES"]
    return [header, *map(_row, found)]


def _row(app: dict[str, Any]) -> list[str]:
    wave = "?" if app["wave"] is None else str(app["wave"])
    return [
        app["cluster"],
        wave,
        app["name"],
        app["project"],
        app["namespace"],
        ", ".join(map(_source, app["sources"])),
    ]


def _source(source: dict[str, Any]) -> str:
    return "@".join(str(value) for key, value in source.items() if key != "repository")
