"""No Secret with its content is in Git.

Whoever can read the repository, or ever could, has it. An ExternalSecret or a SealedSecret says where the content is
instead. A cluster or repository Secret may hold what is public: names, URLs, types.
"""

import re
from collections.abc import Iterator

from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SECRET01"
ARGOCD_TYPE = "argocd.argoproj.io/secret-type"
CREDENTIAL = re.compile(r"bearerToken|keyData|password", re.IGNORECASE)
PUBLIC = {"clusterResources", "enableOCI", "name", "namespaces", "project", "server", "shard", "type", "url"}


def check(repository: Repository) -> Iterator[Finding]:
    generated = (d for build in repository.builds.values() for d in build.objects if d.written is None)
    for document in [*repository.objects, *generated]:
        if document.kind != "Secret":
            continue
        for field in ("data", "stringData"):
            if literals := _literals(document, field):
                message = f"{document} holds {', '.join(literals)} in Git"
                fix = "replace it by an ExternalSecret, and change what it held: it is known now"
                yield Finding(ID, *document.at(field, literals[0]), message, fix)


def _literals(document: Document, field: str) -> list[str]:
    """The keys of `field` whose content is not public."""
    content = document.get(field)
    found = sorted(str(key) for key, value in content.items() if value) if isinstance(content, dict) else []
    if not document.get("metadata", "labels", ARGOCD_TYPE):
        return found
    # The config of a cluster says how to connect, and in most cases with what; in `data` it is encoded.
    is_public = field == "stringData" and not CREDENTIAL.search(str(document.get(field, "config")))
    return [key for key in found if key not in PUBLIC and not (key == "config" and is_public)]
