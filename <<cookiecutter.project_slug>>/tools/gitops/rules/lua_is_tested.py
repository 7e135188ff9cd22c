"""Every script in lua/ is in argocd-cm and has tests, and every fixture is one of them.

A script that the kustomization does not name does nothing, and a fixture that no test names proves nothing.
`./gitops test lua` runs health_test.yaml beside health.lua, and action_test.yaml in actions/.
"""

import posixpath
from collections.abc import Iterator

from gitops import layout
from gitops.documents import Document, dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "LUA05"
LISTS = {"health_test.yaml": ("tests",), "action_test.yaml": ("discoveryTests", "actionTests")}
TESTS = {"health.lua": "health_test.yaml", "discovery.lua": "action_test.yaml"}
PATHS = ("inputPath", "expectedOutputPath")


def check(repository: Repository) -> Iterator[Finding]:
    files = [file for file in repository.files if file.startswith(f"{layout.LUA}/")]
    used: set[str] = set()
    for file in files:
        name = posixpath.basename(file)
        if name in LISTS and (document := repository.first(file)) is not None:
            for path, place in _paths(document, LISTS[name]):
                used.add(path)
                if path not in repository.exists:
                    yield Finding(ID, *place, f"there is no {path}", "add the file, or name the one that is meant")
        if name in TESTS:
            yield from _script(repository, file, TESTS[name])
    for file in files:
        if posixpath.basename(posixpath.dirname(file)) == "testdata" and file not in used:
            yield Finding(ID, file, None, "no test names this file", "add a test for it, or remove it")


def _script(repository: Repository, file: str, tests: str) -> Iterator[Finding]:
    beside = posixpath.join(posixpath.dirname(file), tests)
    document = repository.first(beside)
    if document is None or not next(_paths(document, LISTS[tests]), None):
        fix = f"write {beside}: ./gitops test lua --help says where there is one to copy"
        yield Finding(ID, file, None, "this script has no tests", fix)
    kustomization = repository.kustomizations.get(layout.LUA)
    named = {reference.target for reference in kustomization.references} if kustomization else set()
    if posixpath.basename(file) == "health.lua" and kustomization and file not in named:
        kind = posixpath.relpath(posixpath.dirname(file), layout.LUA)
        line = f"resource.customizations.health.{kind.replace('/', '_')}={kind}/health.lua"
        fix = f"add {line} to files of configMapGenerator in {layout.LUA}/kustomization.yaml"
        yield Finding(ID, file, None, "argocd-cm does not get this script", fix)


def _paths(document: Document, lists: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Every file that tests name, from the root, and where they do."""
    for name in lists:
        for index, test in enumerate(items(document.get(name))):
            for key in PATHS:
                if isinstance(path := dig(test, key), str):
                    place = document.at(name, index, key)
                    yield posixpath.normpath(posixpath.join(posixpath.dirname(document.file), path)), place
