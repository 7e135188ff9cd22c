"""An app.yaml of the platform is called like its folder.

Folder, Application and component are one word: who reads an alert finds the folder.
"""

from collections.abc import Iterator

from gitops import layout
from gitops.findings import Finding
from gitops.repository import Repository

ID = "APP02"


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application in cluster.applications:
            folder = layout.component(application.document.file)
            if not application.generated or folder is None or folder.startswith("my-apps/"):
                continue
            name = folder.rpartition("/")[2]
            if application.name != name:
                message = f"this Application is called {application.name}, and its folder {name}"
                yield Finding(ID, *application.document.at("name"), message, f"write name: {name}")
