"""Production runs nothing newer than the environment before it.

What is newer there was never tried anywhere. That holds for charts, images of `images:` and Argo CD itself.
`./gitops promote` brings versions forward in their order.
"""

import re
from collections.abc import Iterator

from gitops import environments, layout, manifests
from gitops.documents import dig, fields, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "ENV05"
VERSION = re.compile(r"v?(\d+(?:\.\d+)+)(?:[-+].*)?")
Stated = dict[str, tuple[str, tuple[str, int]]]
"""Versions and their places, by what they are versions of."""


def check(repository: Repository) -> Iterator[Finding]:
    order = environments.order(repository.root)
    if len(order) < 2 or not set(order) <= set(repository.environments):
        return
    before = _stated(repository, order[-2])
    for what, (version, place) in _stated(repository, order[-1]).items():
        tried = before.get(what, (version,))[0]
        if _is_newer(version, tried):
            message = f"{what} is {version} in {order[-1]}, and {tried} in {order[-2]} before it"
            fix = f"bring it to {order[-2]} first, then: ./gitops promote {order[-2]} {order[-1]}"
            yield Finding(ID, *place, message, fix)


def _stated(repository: Repository, environment: str) -> Stated:
    found: Stated = {}
    if versions := repository.first(f"{layout.ENVIRONMENTS}/{environment}/versions.yaml"):
        for name, version in fields(versions.get("data")).items():
            found[f"the chart of {name}"] = str(version), versions.at("data", name)
    for folder in repository.component_folders:
        overlay = f"{folder}/overlays/{environment}"
        app = repository.first(f"{overlay}/app.yaml")
        if app and isinstance(version := app.get("chart", "version"), str):
            found[f"the chart of {folder}"] = version, app.at("chart", "version")
        if kustomization := repository.kustomizations.get(overlay):
            document = kustomization.document
            for index, image in enumerate(items(document.get("images"))):
                if isinstance(tag := dig(image, "newTag"), str):
                    found[f"{dig(image, 'name')} in {folder}"] = tag, document.at("images", index, "newTag")
            for reference in kustomization.references:
                if manifest := manifests.named(overlay, reference.text):
                    found["Argo CD"] = manifest.version, (document.file, reference.line)
    return found


def _is_newer(one: str, other: str) -> bool:
    """Whether both are versions, and the numbers of `one` are higher."""
    numbers = [
        [int(number) for number in match[1].split(".")]
        for version in (one, other)
        if (match := VERSION.fullmatch(version))
    ]
    return len(numbers) == 2 and numbers[0] > numbers[1]
