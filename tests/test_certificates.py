"""Where certificates come from: the issuer of each environment, its solver, and what may and may not wait for it."""

from pathlib import Path

import pytest
import yaml
from conftest import Bake, Object, build, environments, objects, of_kind
from pairs import TEMPLATE
from schemas import crd_schemas, kubeconform

CACHE = TEMPLATE / ".cache"
CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
EMAIL = "ops@your-company.com"
IGNORE_HEALTH = "argocd.argoproj.io/ignore-healthcheck"
STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory"
PRODUCTION = "https://acme-v02.api.letsencrypt.org/directory"

# For each provider: its name and solver, and the key of the Secret that each side reads.
PROVIDERS = {
    "cloudflare": ("cloudflare", "cloudflare", "api-token", "api-token"),
    "route53": ("aws", "route53", "secret-access-key", "secret-access-key"),
    "clouddns": ("google", "cloudDNS", "service-account.json", "service-account.json"),
    "azuredns": ("azure", "azureDNS", "azure.json", "client-secret"),
}


def overlay(repository: Path, environment: str, component: str = "cert-manager") -> Path:
    return repository / "infrastructure" / component / "overlays" / environment


def issuer(repository: Path, environment: str) -> Object:
    (found,) = of_kind("ClusterIssuer", build(overlay(repository, environment))).values()
    return found


def unlike_its_schema(item: Object) -> list[str]:
    """What cert-manager's own CRDs, at the version of the catalogue, find in an object."""
    version = CATALOGUE["cert-manager"]["version"]
    folder = crd_schemas("github.com/cert-manager/cert-manager", version, "deploy/crds/*.yaml", CACHE)
    return kubeconform(yaml.safe_dump(item), [folder])


def test_without_an_address_every_environment_signs_for_itself(bake: Bake) -> None:
    repository = bake()
    found = [issuer(repository, name) for name in environments(repository)]
    assert [item["spec"] for item in found] == [{"selfSigned": {}}] * 3
    assert unlike_its_schema(found[0]) == []
    # It needs nobody outside the cluster: that it is ready says that cert-manager works.
    assert IGNORE_HEALTH not in found[0]["metadata"]["annotations"]


def with_provider(bake: Bake, provider: str) -> Path:
    return bake(acme_email=EMAIL, dns_provider=provider, components="cert-manager, external-dns")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_acme_s_staging_server_serves_all_environments_but_production(bake: Bake, provider: str) -> None:
    repository = with_provider(bake, provider)
    found = {name: issuer(repository, name)["spec"]["acme"] for name in environments(repository)}
    assert {name: acme["server"] for name, acme in found.items()} == {
        "dev": STAGING,
        "staging": STAGING,
        "prod": PRODUCTION,
    }
    assert {acme["email"] for acme in found.values()} == {EMAIL}


def test_the_server_is_all_that_differs_between_environments(bake: Bake) -> None:
    repository = with_provider(bake, "azuredns")
    dev, prod = issuer(repository, "dev"), issuer(repository, "prod")
    assert dev != prod
    dev["spec"]["acme"]["server"] = PRODUCTION
    assert dev == prod
    files = [{file.name for file in overlay(repository, name).iterdir()} for name in ("dev", "prod")]
    assert files[0] == files[1]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_writes_what_acme_asks_for(bake: Bake, provider: str) -> None:
    _, solver, _, key = PROVIDERS[provider]
    found = issuer(with_provider(bake, provider), "prod")
    assert unlike_its_schema(found) == []
    (only,) = found["spec"]["acme"]["solvers"]
    assert list(only) == ["dns01"]
    assert list(only["dns01"]) == [solver]
    references = [value for field, value in only["dns01"][solver].items() if field.endswith("SecretRef")]
    assert {"name": "dns-credentials", "key": key} in references
    only["dns01"][solver]["region" if solver != "route53" else "project"] = "nowhere"
    assert unlike_its_schema(found) != []


@pytest.mark.parametrize("gateway", ["envoy-gateway", "traefik"])
def test_without_a_provider_acme_asks_the_gateway(bake: Bake, gateway: str) -> None:
    repository = bake(acme_email=EMAIL, components=f"cert-manager, gateway-api-crds, {gateway}")
    found = issuer(repository, "prod")
    assert unlike_its_schema(found) == []
    ((parent,),) = [each["http01"]["gatewayHTTPRoute"]["parentRefs"] for each in found["spec"]["acme"]["solvers"]]
    (there,) = of_kind("Gateway", build(overlay(repository, "prod", gateway))).values()
    assert parent == {key: there["metadata"][key] for key in ("name", "namespace")}
    (values,) = objects((repository / "infrastructure/cert-manager/values.yaml").read_text(encoding="utf-8"))
    assert "--enable-gateway-api" in values["extraArgs"]


def test_where_acme_could_not_ask_anybody_the_issuer_signs_for_itself(bake: Bake) -> None:
    assert issuer(bake(acme_email=EMAIL, profile="minimal"), "prod")["spec"] == {"selfSigned": {}}


@pytest.mark.parametrize("answers", [{}, {"acme_email": EMAIL}], ids=["own", "ACME"])
def test_issuer_comes_after_the_webhook_that_checks_it(bake: Bake, answers: dict[str, str]) -> None:
    annotations = issuer(bake(**answers), "dev")["metadata"]["annotations"]
    assert annotations["argocd.argoproj.io/sync-wave"] == "1"
    # And no wave waits for the ACME server.
    assert (annotations.get(IGNORE_HEALTH) == "true") == bool(answers)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_external_dns_writes_to_the_same_provider(bake: Bake, provider: str) -> None:
    name, _, key, _ = PROVIDERS[provider]
    repository = with_provider(bake, provider)
    (values,) = objects((repository / "infrastructure/external-dns/values.yaml").read_text(encoding="utf-8"))
    assert values["provider"]["name"] == name
    assert key in str(values["env"] if "env" in values else values["extraArgs"])
    assert "dns-credentials" in str(values)
    assert f"`{key}`" in (repository / "README.md").read_text(encoding="utf-8")


def test_without_a_provider_external_dns_needs_no_credentials(bake: Bake) -> None:
    repository = bake(components="external-dns")
    text = (repository / "infrastructure/external-dns/values.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["provider"]["name"] == "inmemory"
    assert "dns-credentials" not in text + (repository / "README.md").read_text(encoding="utf-8")


def test_a_store_brings_the_credentials(bake: Bake) -> None:
    repository = bake(acme_email=EMAIL, dns_provider="cloudflare", secrets_backend="vault", profile="full")
    for component in ("cert-manager", "external-dns"):
        (secret,) = of_kind("ExternalSecret", build(overlay(repository, "dev", component))).values()
        assert secret["metadata"]["namespace"] == component
        assert secret["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "default"}
        assert secret["spec"]["target"]["name"] == "dns-credentials"
        # Without them certificates wait, and records; the waves after cert-manager do not.
        assert (IGNORE_HEALTH in secret["metadata"].get("annotations", {})) == (component == "cert-manager")
        (facts,) = objects((overlay(repository, "dev", component).parents[1] / "component.yaml").read_text("utf-8"))
        assert {"secrets", "crds/external-secrets.io"} <= set(facts["needs"])


def test_without_a_store_nothing_asks_for_one(bake: Bake) -> None:
    others = "cert-manager, external-dns, external-secrets"
    repository = bake(acme_email=EMAIL, dns_provider="cloudflare", components=others)
    for component in ("cert-manager", "external-dns"):
        assert of_kind("ExternalSecret", build(overlay(repository, "dev", component))) == {}
        (facts,) = objects((overlay(repository, "dev", component).parents[1] / "component.yaml").read_text("utf-8"))
        assert not {"secrets", "crds/external-secrets.io"} & set(facts["needs"])
