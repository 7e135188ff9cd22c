"""Keeps a copy of what the repository would otherwise fetch."""

import posixpath
import re
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from gitops import layout
from gitops.documents import dig, parse
from gitops.manifests import Manifest, named
from gitops.repository import Repository

TIMEOUT = 60  # seconds a download
VERSION = re.compile(r"image: quay\.io/argoproj/argocd:(v\d+\.\d+\.\d+\S*)")
HIGHLY_AVAILABLE = "name: argocd-redis-ha-server\n"
KUSTOMIZATION = """\
# {manifest} as upstream publishes it. Written by `./gitops vendor argocd`; nothing here is ours.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - install.yaml
"""


class NotVendored(Exception):
    """Nothing was changed; the text is one sentence that says why and what to do."""


def argocd(root: Path, source: str | None) -> list[str]:
    """Copies each manifest that an overlay of Argo CD fetches, and names the copy there; returns what was done.

    `source` is a file or URL to take instead; it serves the overlays that name the same manifest. Nothing is written
    before everything has been read. Raises NotVendored.
    """
    fetched = _fetched(Repository(root))
    if not fetched:
        return ["nothing to do: no overlay of Argo CD fetches its manifest"]
    texts = _given(fetched, source) if source else {url: _read(url, fetched[url][0]) for url in fetched}
    done = []
    for url, text in texts.items():
        manifest, files = fetched[url]
        folder = root / manifest.folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "install.yaml").write_text(text, encoding="utf-8")
        (folder / "kustomization.yaml").write_text(KUSTOMIZATION.format(manifest=manifest), encoding="utf-8")
        done.append(f"{manifest.folder}/install.yaml: {url}")
        for file in files:
            text = (root / file).read_text(encoding="utf-8")
            copy = posixpath.relpath(manifest.folder, posixpath.dirname(file))
            (root / file).write_text(text.replace(url, copy), encoding="utf-8")
            done.append(f"{file}: builds on the copy")
    return done


def _fetched(repository: Repository) -> dict[str, tuple[Manifest, list[str]]]:
    """By URL: the manifest that is fetched, and the kustomizations of Argo CD that fetch it."""
    found: dict[str, tuple[Manifest, list[str]]] = {}
    for folder, kustomization in repository.kustomizations.items():
        for reference in kustomization.remote if folder.startswith(f"{layout.ARGOCD}/") else ():
            if manifest := named(folder, reference.text):
                found.setdefault(reference.text, (manifest, []))[1].append(kustomization.document.file)
    return found


def _given(fetched: dict[str, tuple[Manifest, list[str]]], source: str) -> dict[str, str]:
    """The text at `source`, by the URL that it stands for."""
    text = _read(source)
    given = _manifest(source, text)
    found = {url: text for url, (manifest, _) in fetched.items() if manifest == given}
    if not found:
        raise NotVendored(f"{source} is {given}, and the overlays name {_listed(m for m, _ in fetched.values())}")
    return found


def _read(source: str, expected: Manifest | None = None) -> str:
    """The text of a file or URL, which has to be the manifest `expected`."""
    try:
        if "://" in source:
            with urllib.request.urlopen(source, timeout=TIMEOUT) as answer:
                content: bytes = answer.read()
            text = content.decode()
        else:
            text = Path(source).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        fix = "download it elsewhere, and give the file with --from"
        raise NotVendored(f"{source} could not be read ({getattr(error, 'reason', error)}): {fix}") from error
    if expected and (found := _manifest(source, text)) != expected:
        raise NotVendored(f"{source} is {found} and should be {expected}: correct the overlay that names it")
    return text


def _manifest(source: str, text: str) -> Manifest:
    """Which manifest `text` is."""
    kinds = {dig(document, "kind") for _, document in parse(text)[0]}
    version = VERSION.search(text)
    if version is None or not {"ConfigMap", "CustomResourceDefinition", "Deployment"} <= kinds:
        raise NotVendored(f"{source} is no install manifest of Argo CD: give its install.yaml or ha/install.yaml")
    return Manifest(version[1], HIGHLY_AVAILABLE in text)


def _listed(manifests: Iterable[Manifest]) -> str:
    return " and ".join(sorted(map(str, manifests)))
