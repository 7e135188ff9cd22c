"""With a mirror of charts, one of images and a copy of Argo CD, nothing that Argo CD reads names an outside host."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, build, gitops
from pairs import TEMPLATE
from schemas import argocd_manifest

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
CHARTS = {name: facts for name, facts in CATALOGUE.items() if "chart" in facts}
NAMED_SINGLY = [name for name, facts in CHARTS.items() if facts.get("registryValues") == []]
CACHE = TEMPLATE / ".cache"

# Every component at once, and what the other answers add to them.
EVERYTHING = {
    "components": ", ".join(CATALOGUE),
    "environments": "lab, prod",
    "repo_url": "https://git.mirror.test/platform/gitops.git",
    "acme_email": "it@ops.example",
    "secrets_backend": "vault",
    "dns_provider": "cloudflare",
}
IMAGES = "images.mirror.test:5000/all"
OCI = {"chart_mirror": "charts.mirror.test:5000/all", "image_mirror": IMAGES}
HTTP = {"chart_mirror": "https://charts.mirror.test/all", "image_mirror": IMAGES}

# Wherever it stands in a text: a URL, and an image with a tag or a digest.
URL = re.compile(r"[a-z][a-z0-9+.-]*://\w[^\s\"'<>`)\]}]*")
IMAGE = re.compile(r"(?<![\w./:@-])[\w.-]+(?:\.[a-z]{2,}|:\d+)(?::\d+)?/[\w./-]+(?::\w[\w.-]*|@sha256:\w+)")
# A field whose whole value says where something comes from, also without a host, which is Docker Hub's then.
SOURCE = re.compile(r"(?:image|registry|repository|repo|repourl|repos|newname)$", re.IGNORECASE)
INSIDE = [
    # The repository itself.
    r"https://git\.mirror\.test/platform/gitops\.git",
    # Services of the cluster, and the domains that examples have.
    r"http://[a-z0-9-]+\.[a-z0-9-]+\.svc:\d+(?:/.*)?",
    r"https://(?:[a-z]+\.)?example\.com",
    # ACME has no mirror: whoever gives an e-mail address wants these.
    r"https://acme-(?:staging-)?v02\.api\.letsencrypt\.org/directory",
    # OAuth2 Proxy's word for an upstream that is nowhere.
    r"static://202",
    # Paths that a chart puts behind the registry beside them.
    r"library/traefik|/envoyproxy/envoy",
]
# What is for readers only; and, in `images` of a Component, which image is replaced.
UNREAD = {("CustomResourceDefinition", "description"), ("Component", "name")}


def texts(item: Any, kind: str = "", field: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an object that counts, with the field it stands in; comments are gone with the YAML."""
    if isinstance(item, dict):
        kind = kind or str(item.get("kind", ""))
        for key, value in item.items():
            if not (isinstance(value, str) and (kind, key) in UNREAD):
                yield from texts(value, kind, str(key))
    elif isinstance(item, list):
        for value in item:
            yield from texts(value, kind, field)
    elif isinstance(item, str):
        yield field, item


def read(repository: Path) -> Iterator[tuple[str, str]]:
    """Every text that Argo CD reads in a repository: what kustomize builds, and the files that it reads as they are."""
    builds = [*repository.glob("clusters/*"), *repository.glob("[im]*/**/overlays/*")]
    for folder in builds:
        for item in build(folder):
            yield from texts(item)
    for name in ("app.yaml", "values.yaml", "kustomization.yaml"):
        for file in repository.glob(f"[cim]*/**/{name}"):
            yield from texts(yaml.safe_load(file.read_text(encoding="utf-8")))


def sources(repository: Path) -> set[str]:
    """Whatever in there says where something comes from."""
    found: set[str] = set()
    for field, text in read(repository):
        found |= {text} if SOURCE.search(field) else {*URL.findall(text), *IMAGE.findall(text)}
    return found


def outside(repository: Path, mirrors: dict[str, str]) -> list[str]:
    """The sources of a repository that are neither a mirror's nor its own."""
    images, charts = (re.escape(mirrors[f"{what}_mirror"]) for what in ("image", "chart"))
    inside = re.compile("|".join([*INSIDE, rf"{images}(?:/.+)?", charts]))
    return sorted(source for source in sources(repository) if not inside.fullmatch(source))


def vendored(repository: Path, version: str, *, flavours: tuple[bool, ...]) -> Path:
    """The repository with copies of Argo CD's manifests: of the highly available one, the plain one, or both."""
    for high_availability in flavours:
        manifest = argocd_manifest(version, CACHE, high_availability=high_availability)
        gitops(repository, "vendor", "argocd", "--from", str(manifest))
    return repository


@pytest.mark.parametrize(
    ("answers", "version"),
    [
        (OCI, "v3.6.1"),
        (HTTP | {"secrets_backend": "onepassword", "dns_provider": "route53"}, "v3.2.11"),
    ],
    ids=["registry", "chart repository"],
)
def test_behind_mirrors_nothing_comes_from_outside(copy: Bake, answers: dict[str, str], version: str) -> None:
    repository = copy(**EVERYTHING | answers, argocd_version=version)
    assert outside(vendored(repository, version, flavours=(False, True)), answers) == []


def test_without_mirrors_every_registry_and_chart_repository_is_noticed(copy: Bake) -> None:
    repository = copy(**EVERYTHING | {"environments": "lab"}, high_availability="all")
    found = outside(vendored(repository, "v3.6.1", flavours=(True,)), OCI)
    assert {facts["repository"] for facts in CHARTS.values()} <= set(found)
    registries = {"docker.io", "ghcr.io", "public.ecr.aws", "quay.io"}
    assert {source.split("/")[0] for source in found if "://" not in source} == registries


SLIPS = [
    ("my-apps/platform/hello-world/base/deployment.yaml", f"{IMAGES}/stefanprodan/podinfo", "busybox"),
    ("infrastructure/argo-rollouts/values.yaml", f'"{IMAGES}"', "registry.k8s.io"),
    ("infrastructure/cert-manager/values.yaml", "--enable-gateway-api", "--image=quay.io/jetstack/solver:v1"),
    ("infrastructure/controllers/argocd/base/kustomization.yaml", "name: ghcr.io/dexidp/dex", "name: ghcr.io/dex"),
    ("infrastructure/controllers/argocd/apps/kyverno.yaml", f'"{OCI["chart_mirror"]}"', "https://kyverno.github.io"),
    ("monitoring/loki/overlays/lab/app.yaml", f'"{OCI["chart_mirror"]}"', "docker.io/grafana"),
]


def test_whatever_slips_in_is_noticed(copy: Bake) -> None:
    components = "argo-rollouts, cert-manager, gateway-api-crds, kyverno, loki"
    repository = copy(components=components, environments="lab", high_availability="none", **OCI)
    repository = vendored(repository, "v3.6.1", flavours=(False,))
    for file, before, after in SLIPS:
        text = (repository / file).read_text(encoding="utf-8")
        assert before in text, file
        (repository / file).write_text(text.replace(before, after), encoding="utf-8")
    found = {re.sub(r":[^:/]+$", "", source) for source in outside(repository, OCI)}
    assert found == {
        "busybox",
        "registry.k8s.io",
        "quay.io/jetstack/solver",
        "ghcr.io/dexidp/dex",
        "https://kyverno.github.io",
        "docker.io/grafana",
        # The repository itself, which is another one here.
        "https://github.com/example/platform-gitops.git",
    }


def at(values: Any, path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    for key in path.split("."):
        values = (values or {}).get(key)
    return values


@pytest.mark.parametrize("name", CHARTS)
def test_values_name_the_mirror_where_the_catalogue_says(bake: Bake, name: str) -> None:
    file = f"{CHARTS[name]['area']}/{name}/values.yaml"
    plain, mirrored = ((bake(**EVERYTHING, **mirrors) / file) for mirrors in ({}, OCI))
    for path in CHARTS[name].get("registryValues", []):
        value = at(yaml.safe_load(mirrored.read_text(encoding="utf-8")), path)
        assert f"{value}/".startswith(f"{IMAGES}/"), path
        assert at(yaml.safe_load(plain.read_text(encoding="utf-8")), path) is None, path
    if name in NAMED_SINGLY:
        assert mirrored.read_bytes() == plain.read_bytes()


def test_a_mirror_can_hold_all_charts_beside_each_other() -> None:
    names = {(facts["repository"], facts["chart"]) for facts in CHARTS.values()}
    assert len(names) == len({chart for _, chart in names})


def test_charts_that_name_their_images_one_by_one_are_told(bake: Bake) -> None:
    def told(text: str, before: str) -> list[str]:
        return re.split(r",\s+", text.split(before)[1].split(".\n")[0].strip())

    documentation = (TEMPLATE / "docs/catalogue.md").read_text(encoding="utf-8")
    assert told(documentation, "no value for the registry of all images:\n") == NAMED_SINGLY
    sentence = "so theirs still come from where they are published:\n"
    mirrored = (bake(**EVERYTHING, **OCI) / "README.md").read_text(encoding="utf-8")
    assert told(mirrored, sentence) == NAMED_SINGLY
    chosen = (bake(components="cert-manager, keda", image_mirror=IMAGES) / "README.md").read_text(encoding="utf-8")
    assert f"`{IMAGES}/argoproj/argocd`" in chosen
    assert sentence not in chosen
    assert "mirror" not in (bake() / "README.md").read_text(encoding="utf-8")
