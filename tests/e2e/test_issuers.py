"""Certificates that nobody issues hold up those who want one, and no wave."""

from __future__ import annotations

from collections.abc import Callable

from installation import Installation

Install = Callable[..., Installation]

# Beside the profile, so that they boot on a real Argo CD too.
NAMED = "+cilium, +metallb, +traefik, +external-dns"


def health(installation: Installation, name: str) -> str:
    """Return the health of an Application."""
    found: str = installation.application(name)["status"]["health"]["status"]
    return found


def test_every_wave_of_everything_starts_while_the_acme_server_refuses(install: Install) -> None:
    """The full profile and more, each component from a stand-in chart."""
    answers = {"profile": "full", "components": NAMED, "acme_email": "ops@your-company.com", "secrets_backend": "fake"}
    installation = install(answers={**answers, "dns_provider": "cloudflare"})
    installation.operators.refused |= {"ClusterIssuer", "Gateway"}
    installation.boot()
    installation.wait_ready(timeout=420)
    issuer = installation.kube.request("GET", "/apis/cert-manager.io/v1/clusterissuers/default")
    assert [each["status"] for each in issuer["status"]["conditions"] if each["type"] == "Ready"] == ["False"]
    gateway = installation.kube.request(
        "GET", "/apis/gateway.networking.k8s.io/v1/namespaces/envoy-gateway-system/gateways/default"
    )
    assert gateway["spec"]["listeners"][0]["hostname"] == "*.dev.example.com"


def test_an_issuer_that_needs_nobody_outside_holds_its_wave_when_it_fails(install: Install) -> None:
    installation = install(answers={"profile": "minimal"})
    installation.operators.refused |= {"ClusterIssuer"}
    installation.boot()
    installation.wait("cert-manager Degraded", lambda: health(installation, "cert-manager") == "Degraded", 420)
    assert "kyverno" not in {item["metadata"]["name"] for item in installation.kube.list("applications")}
