"""versions.yaml of an environment names exactly the charts of waves 0 to 2.

A chart without a line there has no version and fails the build; a line without a chart is a version that somebody
maintains and nothing uses.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ENV01"


def check(repository: Repository) -> Iterator[Finding]:
    explicit = [d for d in repository.sources(layout.APPS) if d.kind == "Application"]
    charts = {d.name for d in explicit if d.get("spec", "sources", 0, "chart")}
    for environment in repository.environments:
        file = f"{layout.ENVIRONMENTS}/{environment}/versions.yaml"
        document = repository.first(file)
        # A repository without a chart in waves 0 to 2 has no `data` there.
        versions = document.get("data") or {} if document else None
        if document is None or not isinstance(versions, dict):
            yield Finding(
                ID, file, None, "there are no chart versions here", "copy versions.yaml from another environment"
            )
            continue
        for name in sorted(charts - versions.keys()):
            message = f"there is no version of {name}, which is an Application of every cluster"
            yield Finding(ID, *document.at("data"), message, f'add {name}: "<version>", as in the environment before')
        for name in sorted(versions.keys() - charts):
            message = f"{name} is no Application in {layout.APPS}, so nothing uses this version"
            yield Finding(ID, *document.at("data", name), message, "remove the line, or add the Application")
        for name, version in versions.items():
            if not isinstance(version, str):
                yield Finding(
                    ID, *document.at("data", name), f"the version of {name} is no string", f'write {name}: "{version}"'
                )
