"""A chart is named with one exact version.

A range or a `*` takes whatever is newest when Argo CD looks: a commit no longer says what runs.
"""

import re
from collections.abc import Iterator

from gitops.documents import dig, fields
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SOURCE04"
BAD = """\
chart:
  name: loki
  version: "6.*"
"""
GOOD = """\
chart:
  name: loki
  version: 6.30.1
"""
EXACT = re.compile(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            for index, source in enumerate(application.sources):
                version = dig(source, "targetRevision")
                if dig(source, "chart") and not EXACT.fullmatch(str(version)):
                    place = application.at("sources", index, "targetRevision")
                    if (
                        cluster.versions
                        and not application.generated
                        and application.name in fields(cluster.versions.get("data"))
                    ):
                        place = cluster.versions.at("data", application.name)
                    message = f"{version} is no exact version of chart {dig(source, 'chart')}"
                    yield Finding(ID, *place, message, "write major.minor.patch of a release of the chart")
