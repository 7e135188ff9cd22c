"""Every object has the fields, and the values, that its kind allows.

Under server-side apply a field that the kind does not have fails the sync, and so does a word where a number belongs.
The schemas are those of the clusters' Kubernetes, of the Argo CD that an overlay installs, and of the CRDs in this
repository; kinds without one are named in a note.
"""

from collections.abc import Iterator

from gitops.documents import Document
from gitops.findings import Finding
from gitops.repository import Repository

ID = "SCHEMA01"
BAD = """\
apiVersion: apps/v1
kind: Deployment
spec:
  replicas: two
"""
GOOD = """\
apiVersion: apps/v1
kind: Deployment
spec:
  replicas: 2
"""


def check(repository: Repository) -> Iterator[Finding]:
    if not repository.schemas.available:
        return
    faulty = set()
    for document in _objects(repository):
        for fault in repository.schemas.faults(document.data):
            faulty.add(id(document.data))
            yield Finding(ID, *document.at(*fault.path), f"{document} {fault.message}", fault.fix)
    for cluster in repository.clusters:
        for application in cluster.applications:
            # What is wrong in the template of a set is found there, once.
            if not application.generated or id(application.parent.data) in faulty:
                continue
            data = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}
            data |= {"metadata": application.metadata, "spec": application.spec}
            for fault in repository.schemas.faults(data):
                message = f"Application {application.name} {fault.message}"
                yield Finding(ID, *application.at(*fault.path[1:]), message, fault.fix)


def _objects(repository: Repository) -> Iterator[Document]:
    """Every object once, however many clusters have it."""
    seen = set()
    for document in repository.built_objects:
        key = document.file, id(document.data)
        # A build keeps the head of a CRD only; its content is in the sources.
        if key not in seen and document.kind != "CustomResourceDefinition":
            seen.add(key)
            yield document
    yield from (document for document in repository.objects if document.kind == "CustomResourceDefinition")
