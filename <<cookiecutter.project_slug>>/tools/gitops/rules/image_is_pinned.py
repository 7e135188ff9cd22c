"""Every image has a tag, and none is `latest`.

Without one, what runs depends on the day and the node. That holds for values.yaml as well.
"""

import re
from collections.abc import Iterator

from gitops import layout
from gitops.documents import strings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "IMAGE01"
BAD = """\
image: registry.example.com/shop
"""
GOOD = """\
image: registry.example.com/shop:1.4.0
"""
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
PINNED = re.compile(r".+(@sha256:[0-9a-f]{64}|:(?!latest$)[\w][\w.-]*)")


def check(repository: Repository) -> Iterator[Finding]:
    for folder in repository.built_folders:
        if not repository.is_built(folder) and any(k.document.get("images") for k in repository.reached(folder)):
            continue  # The tags stand elsewhere, and nothing puts them together.
        for document in repository.built(folder):
            for path, text in strings(document.data):
                if len(path) >= 3 and path[-1] == "image" and path[-3] in CONTAINERS and not PINNED.fullmatch(text):
                    message = f"image {text} of {document} is not pinned"
                    yield Finding(ID, *document.at(*path), message, "name a version tag, or a digest")
    for file, documents in repository.documents.items():
        if file.endswith("/values.yaml") and layout.is_delivered(file):
            for document in documents:
                for path, text in strings(document.data):
                    if path[-1:] == ("tag",) and text == "latest":
                        message = f"{'.'.join(map(str, path))} is latest"
                        yield Finding(
                            ID,
                            *document.at(*path),
                            message,
                            "name a version tag, or remove the line: the chart has one",
                        )
