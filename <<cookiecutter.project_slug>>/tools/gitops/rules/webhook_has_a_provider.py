"""What a webhook calls comes before it or with it: from the same Application, or from an earlier wave.

Where the service of a webhook that must not fail is not there, every object that the webhook is about is refused, and
nothing that comes later is synced.
"""

from collections.abc import Iterator

from gitops.clusters import Cluster
from gitops.documents import dig, items
from gitops.findings import Finding
from gitops.repository import Repository

ID = "WEBHOOK01"
KINDS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
BAD = """\
kind: ValidatingWebhookConfiguration
webhooks:
  - name: policy.example.com
    clientConfig:
      service:
        namespace: policy
        name: not-deployed
"""
GOOD = """\
kind: ValidatingWebhookConfiguration
webhooks:
  - name: policy.example.com
    clientConfig:
      service:
        namespace: policy
        name: policy-webhook
"""


def check(repository: Repository) -> Iterator[Finding]:
    for cluster in repository.clusters:
        for application, _, objects in cluster.rendered:
            wave = cluster.waves.get(application.name)
            for document in objects:
                if wave is None or document.kind not in KINDS:
                    continue
                for index, webhook in enumerate(items(document.get("webhooks"))):
                    service = dig(webhook, "clientConfig", "service")
                    if service is None or dig(webhook, "failurePolicy") == "Ignore":
                        continue
                    namespace, name = str(dig(service, "namespace")), str(dig(service, "name"))
                    waves = _waves(cluster, namespace, name)
                    if application.name in waves or any(earlier < wave for earlier in waves.values()):
                        continue
                    when = f"comes in wave {min(waves.values())}" if waves else "comes from nothing here"
                    message = f"{document}, in wave {wave}, calls the service {name} in {namespace}, which {when}"
                    fix = "move the webhook to a later wave, bring the service earlier, or set failurePolicy: Ignore"
                    yield Finding(ID, *document.at("webhooks", index, "clientConfig", "service"), message, fix)


def _waves(cluster: Cluster, namespace: str, name: str) -> dict[str, int]:
    """The Applications that bring a service, with their waves; a chart may bring any into its namespace."""
    found = {
        application.name
        for application, _, objects in cluster.rendered
        for document in objects
        if (document.kind, document.name) == ("Service", name)
        and (document.namespace or application.namespace) == namespace
    }
    found |= {
        application.name
        for application in cluster.applications
        if application.namespace == namespace and any(dig(source, "chart") for source in application.sources)
    }
    return {name: cluster.waves[name] for name in found if name in cluster.waves}
