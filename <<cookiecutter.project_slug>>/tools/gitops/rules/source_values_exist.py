"""Every values file that a chart is given exists.

Helm fails on one that is missing, and Argo CD then renders nothing of the chart.
"""

from collections.abc import Iterator

from gitops.documents import dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SOURCE02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in filter(lambda cluster: cluster.is_known, repository.clusters):
        for application in cluster.applications:
            named = {dig(s, "ref") for s in application.sources} - {None}
            own = {dig(s, "ref") for s in application.sources if dig(s, "repoURL") == cluster.own_url()}
            for index, source in enumerate(application.sources):
                if dig(source, "helm", "ignoreMissingValueFiles") is True:
                    continue
                for place, entry in enumerate(items(dig(source, "helm", "valueFiles"))):
                    reference, _, file = str(entry).partition("/")
                    if reference.startswith("$") and reference[1:] not in named:
                        message = (
                            f"{entry} names the source {reference[1:]}, and no source of "
                            f"{application.name} is called that"
                        )
                        yield Finding(
                            ID,
                            *application.at("sources", index, "helm", "valueFiles", place),
                            message,
                            "write ref: values there",
                        )
                    elif reference.startswith("$") and reference[1:] in own and file not in repository.files:
                        message = (
                            f"Application {application.name} of cluster {cluster.name} takes values from "
                            f"{file}, which does not exist"
                        )
                        yield Finding(
                            ID,
                            *application.at("sources", index, "helm", "valueFiles", place),
                            message,
                            f"add {file}; {{}} is enough",
                        )
