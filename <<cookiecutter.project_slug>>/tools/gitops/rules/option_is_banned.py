"""No sync option that does harm here.

ApplyOutOfSyncOnly leaves behind what a wrong diff calls Synced; IgnoreMissingTemplate does not exist; Replace
together with ServerSideApply wins over it, and replaces what others own.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OPTION02"
BANNED = {
    "ApplyOutOfSyncOnly=true": "leaves behind what a wrong diff calls Synced",
    "IgnoreMissingTemplate=true": "does not exist in Argo CD",
}


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document, path, option in options.written(cluster):
            if option in BANNED:
                yield Finding(ID, *document.at(*path), f"{option} of {document} {BANNED[option]}", "remove it")
        for document, path, data in cluster.specs:
            found = options.of_application(data) + options.in_patch(document)
            if "Replace=true" in found and "ServerSideApply=true" in found:
                place = document.at(*path, "spec", "syncPolicy", "syncOptions")
                message = (
                    f"{document} has Replace=true with ServerSideApply=true: everything is replaced, others' fields too"
                )
                yield Finding(ID, *place, message, "remove Replace=true; one object can have it as an annotation")
