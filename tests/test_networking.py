"""How traffic comes in: the Gateway and its HTTPS, addresses of Services, the network that precedes Argo CD."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import Bake, Object, build, environments, objects, of_kind
from pairs import TEMPLATE
from schemas import crd_schemas, kubeconform

CACHE = TEMPLATE / ".cache"
APPS = "infrastructure/controllers/argocd/apps"
GATEWAYS = {"envoy-gateway": "envoy-gateway-system", "traefik": "traefik"}
EMAIL = "ops@your-company.com"
IGNORE_HEALTH = "argocd.argoproj.io/ignore-healthcheck"


def chosen(gateway: str, *others: str) -> str:
    return ", ".join(["gateway-api-crds", gateway, *others])


def gateway_of(repository: Path, component: str, environment: str = "dev") -> Object:
    (found,) = of_kind("Gateway", build(repository / f"infrastructure/{component}/overlays/{environment}")).values()
    return found


def delivered(repository: Path, component: str, scratch: Path, domain: str) -> Object:
    """The Gateway as Argo CD builds it: with the patches that the set infrastructure adds, for a cluster's domain."""
    (appset,) = objects((repository / f"{APPS}/infrastructure-appset.yaml").read_text(encoding="utf-8"))
    lines = appset["spec"]["templatePatch"].replace("{{ .values.domain }}", domain)
    patches = re.search(r"kustomize:\n( +)patches:\n(?:\1 .*\n)+", lines)
    source = yaml.safe_load(patches[0].replace("\n" + patches[1], "\n  ")) if patches else {"kustomize": {}}
    kustomization = {
        "resources": [f"{'../' * len(scratch.parts[1:])}{str(repository)[1:]}/infrastructure/{component}/overlays/dev"],
        **source["kustomize"],
    }
    (scratch / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    (found,) = of_kind("Gateway", build(scratch)).values()
    return found


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("answers", [{}, {"acme_email": EMAIL, "dns_provider": "cloudflare"}], ids=["own", "ACME"])
def test_gateway_speaks_https_for_all_hosts_of_its_cluster(
    bake: Bake, tmp_path: Path, gateway: str, answers: dict[str, str]
) -> None:
    repository = bake(components=chosen(gateway, "cert-manager"), **answers)
    found = delivered(repository, gateway, tmp_path, "dev.example.com")
    listeners = {listener["protocol"]: listener for listener in found["spec"]["listeners"]}
    assert listeners["HTTPS"]["hostname"] == "*.dev.example.com"
    assert "hostname" not in listeners["HTTP"]
    assert listeners["HTTPS"]["tls"]["certificateRefs"] == [{"name": "wildcard-tls"}]
    assert found["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "default"
    # The certificate is made for the Gateway that is there: waiting for it would be waiting for oneself, or for others.
    assert found["metadata"]["annotations"][IGNORE_HEALTH] == "true"


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_without_a_wildcard_there_is_no_https_and_the_wave_waits_for_the_gateway(
    bake: Bake, tmp_path: Path, gateway: str
) -> None:
    over_http = bake(components=chosen(gateway, "cert-manager"), acme_email=EMAIL)
    for repository in (bake(components=chosen(gateway)), over_http):
        found = delivered(repository, gateway, tmp_path, "dev.example.com")
        assert [(listener["protocol"], listener.get("hostname")) for listener in found["spec"]["listeners"]] == [
            ("HTTP", None)
        ]
        assert IGNORE_HEALTH not in found["metadata"].get("annotations", {})


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_gateway_fits_its_schema(bake: Bake, tmp_path: Path, gateway: str) -> None:
    found = delivered(bake(components=chosen(gateway, "cert-manager")), gateway, tmp_path, "dev.example.com")
    folder = crd_schemas("sigs.k8s.io/gateway-api", "v1.6.1", "config/crd/standard/*gateways.yaml", CACHE)
    assert kubeconform(yaml.safe_dump(found), [folder]) == []
    found["spec"]["listeners"][0]["hostnames"] = ["*.dev.example.com"]
    assert kubeconform(yaml.safe_dump(found), [folder]) != []


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_first_app_goes_through_the_gateway_that_was_chosen(bake: Bake, gateway: str) -> None:
    repository = bake(components=chosen(gateway))
    (route,) = of_kind("HTTPRoute", build(repository / "my-apps/platform/hello-world/overlays/dev")).values()
    there = gateway_of(repository, gateway)["metadata"]
    assert route["spec"]["parentRefs"] == [{"name": there["name"], "namespace": there["namespace"]}]
    assert there["namespace"] == GATEWAYS[gateway]


def test_without_a_gateway_the_first_app_has_no_route(bake: Bake) -> None:
    found = build(bake(components="gateway-api-crds") / "my-apps/platform/hello-world/overlays/dev")
    assert of_kind("HTTPRoute", found) == {}
    assert of_kind("Service", found) != {}


def test_no_address_is_handed_out_before_an_owner_names_some(bake: Bake) -> None:
    repository = bake(components="metallb")
    for environment in environments(repository):
        found = build(repository / f"infrastructure/metallb/overlays/{environment}")
        (pool,) = of_kind("IPAddressPool", found).values()
        # A range that is reserved for documentation, and that nothing gets an address of.
        assert pool["spec"] == {"addresses": ["192.0.2.0/24"], "autoAssign": False}
        assert {item["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for item in found} == {"1"}
        assert {item["kind"] for item in found} == {"IPAddressPool", "L2Advertisement"}
    assert "overlays/<environment>/ip-address-pool.yaml" in (repository / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mirror", "chart"),
    [
        ("", "cilium --repo https://helm.cilium.io"),
        ("https://charts.example.com/all", "cilium --repo https://charts.example.com/all"),
        ("registry.example.com/charts", "oci://registry.example.com/charts/cilium"),
    ],
)
def test_the_network_is_installed_with_the_chart_and_the_values_that_argo_cd_uses(
    bake: Bake, mirror: str, chart: str
) -> None:
    repository = bake(components="cilium", chart_mirror=mirror)
    readme = (repository / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"```sh\n(helm template .*?)```", readme, re.DOTALL)
    application = of_kind("Application", build(repository / "clusters/dev"))["cilium"]
    source = application["spec"]["sources"][0]
    assert f"helm template cilium {chart} --version {source['targetRevision']} " in command
    files = re.findall(r"--values (\S+)", command)
    assert [f"$values/{file}" for file in files] == source["helm"]["valueFiles"]
    assert all((repository / file).is_file() for file in files)
    assert f"--namespace {application['spec']['destination']['namespace']} " in command
    # So that Argo CD owns each field, and a value that leaves Git leaves the cluster too.
    assert "--field-manager argocd-controller" in command
    assert "helm template" not in (bake() / "README.md").read_text(encoding="utf-8")
