"""Server-side apply and server-side diff go together, on each Application.

With the first alone Argo CD compares with a method it has given up; with the second alone it compares with an apply
that it does not make, and does not see fields that left Git.
"""

from collections.abc import Iterator

from gitops import options
from gitops.findings import Finding
from gitops.repository import Repository

ID = "OPTION03"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for document, path, data in cluster.specs:
            applies = "ServerSideApply=true" in options.of_application(data)
            compares = "ServerSideDiff=true" in options.annotated(data, options.COMPARE)
            if applies and not compares:
                place = document.at(*path, "metadata", "annotations", options.COMPARE)
                message = f"{document} applies on the server's side and compares on Argo CD's"
                yield Finding(ID, *place, message, f"add the annotation {options.COMPARE}: ServerSideDiff=true")
            elif compares and not applies:
                place = document.at(*path, "spec", "syncPolicy", "syncOptions")
                message = f"{document} compares on the server's side and applies on Argo CD's"
                yield Finding(ID, *place, message, "add ServerSideApply=true to syncOptions")
            patched = options.in_patch(document)
            if compares and patched and "ServerSideApply=true" not in patched:
                message = f"the templatePatch of {document} replaces syncOptions, without ServerSideApply=true"
                yield Finding(
                    ID, *document.at("spec", "templatePatch"), message, "add ServerSideApply=true to its syncOptions"
                )
