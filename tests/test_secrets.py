"""The store that External Secrets reads through: one for every backend, and what it needs is said and is there."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import Bake, Object, build, environments, objects, of_kind
from pairs import QUESTIONS, TEMPLATE
from schemas import crd_schemas, kubeconform, kubernetes_schemas

CACHE = TEMPLATE / ".cache"
# The newest that is a Go module: from v2 on the tags are none. The stores are of the same API in both.
EXTERNAL_SECRETS = ("github.com/external-secrets/external-secrets", "v1.3.2", "config/crds/bases/*.yaml")
PROVIDERS = {
    "vault": "vault",
    "aws": "aws",
    "gcp": "gcpsm",
    "azure": "azurekv",
    "onepassword": "onepassword",
    "fake": "fake",
}


def overlay(repository: Path, environment: str) -> list[Object]:
    return build(repository / "infrastructure/external-secrets/overlays" / environment)


def store(repository: Path, environment: str) -> Object:
    return of_kind("ClusterSecretStore", overlay(repository, environment))["default"]


def problems(found: list[Object]) -> list[str]:
    return kubeconform(
        yaml.safe_dump_all(found), [crd_schemas(*EXTERNAL_SECRETS, CACHE), kubernetes_schemas("1.35", CACHE)]
    )


def secrets_section(repository: Path) -> str:
    """What the README says of secrets."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    return text.split("\n## Secrets\n")[1].split("\n## ")[0]


def test_every_backend_is_looked_at() -> None:
    assert ["none", *PROVIDERS] == QUESTIONS["secrets_backend"]


@pytest.mark.parametrize("backend", PROVIDERS)
def test_each_backend_gives_a_store_that_the_operator_accepts(bake: Bake, backend: str) -> None:
    repository = bake(profile="minimal", secrets_backend=backend)
    for environment in environments(repository):
        found = overlay(repository, environment)
        assert problems(found) == []
        assert list(store(repository, environment)["spec"]["provider"]) == [PROVIDERS[backend]]
        misspelt = yaml.safe_dump_all(found).replace(f" {PROVIDERS[backend]}:\n", " vaultt:\n", 1)
        assert problems(objects(misspelt)) != []


@pytest.mark.parametrize("backend", PROVIDERS)
def test_production_s_secrets_lie_apart_from_the_others(bake: Bake, backend: str) -> None:
    repository = bake(profile="minimal", secrets_backend=backend)
    dev, staging, prod = (store(repository, name) for name in ("dev", "staging", "prod"))
    assert dev == staging
    assert prod != dev
    assert yaml.safe_dump(dev).replace("non-production", "production") == yaml.safe_dump(prod)


def test_a_store_is_applied_when_its_chart_is_ready_and_before_that_nobody_asks_for_its_kind(bake: Bake) -> None:
    annotations = store(bake(profile="minimal", secrets_backend="fake"), "dev")["metadata"]["annotations"]
    assert annotations == {
        "argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true",
        "argocd.argoproj.io/sync-wave": "1",
    }


def test_without_a_backend_there_is_no_store(bake: Bake) -> None:
    repository = bake(profile="minimal")
    assert [overlay(repository, environment) for environment in environments(repository)] == [[], [], []]
    assert list(repository.rglob("*secret-store*")) == []


@pytest.mark.parametrize("backend", ["vault", "aws", "azure"])
def test_who_reads_is_a_service_account_that_is_there(bake: Bake, backend: str) -> None:
    repository = bake(profile="minimal", secrets_backend=backend)
    # The chart's own, or one beside the store.
    accounts = {"external-secrets", *of_kind("ServiceAccount", overlay(repository, "dev"))}
    reference = r"serviceAccountRef:\n +name: (\S+)\n +namespace: external-secrets\n"
    (used,) = re.findall(reference, yaml.safe_dump(store(repository, "dev")))
    assert used in accounts


def test_connect_and_the_store_take_their_credentials_from_the_secret_of_the_readme(bake: Bake) -> None:
    repository = bake(profile="minimal", secrets_backend="onepassword")
    folder = repository / "infrastructure/onepassword-connect"
    values = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8"))
    provider = store(repository, "dev")["spec"]["provider"]["onepassword"]
    token = provider["auth"]["secretRef"]["connectTokenSecretRef"]
    application = of_kind("Application", build(repository / "clusters/dev"))["onepassword-connect"]
    namespace = application["spec"]["destination"]["namespace"]
    assert (token["name"], token["namespace"]) == (values["connect"]["credentialsName"], namespace)
    assert f"kubectl -n {namespace} create secret generic {token['name']} " in secrets_section(repository)
    assert f"--from-literal {token['key']}=" in secrets_section(repository)
    assert provider["connectHost"] == f"http://onepassword-connect.{namespace}.svc:8080"


def test_only_onepassword_brings_connect(bake: Bake) -> None:
    for backend in PROVIDERS:
        folder = bake(profile="minimal", secrets_backend=backend) / "infrastructure/onepassword-connect"
        assert folder.exists() == (backend == "onepassword")


def test_the_readme_speaks_of_the_chosen_backend_only(bake: Bake) -> None:
    words = {
        "vault": "in Vault:",
        "aws": "at AWS:",
        "gcp": "at Google:",
        "azure": "at Azure:",
        "onepassword": "at 1Password:",
        "fake": "for trials only",
        "none": "nowhere to read from yet",
    }
    for backend in words:
        section = secrets_section(bake(profile="minimal", secrets_backend=backend))
        assert [name for name, word in words.items() if word in section] == [backend]


def test_the_readme_s_external_secret_reads_the_store(bake: Bake) -> None:
    repository = bake(profile="minimal", secrets_backend="fake")
    (example,) = objects(re.findall(r"```yaml\n(.*?)```", secrets_section(repository), re.DOTALL)[0])
    assert problems([example]) == []
    assert problems([example | {"spec": example["spec"] | {"refreshIntervall": "1h"}}]) != []
    assert example["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "default"}
    held = {item["key"] for item in store(repository, "dev")["spec"]["provider"]["fake"]["data"]}
    assert {item["remoteRef"]["key"] for item in example["spec"]["data"]} <= held


def test_oauth2_proxy_takes_its_secret_from_the_store_where_there_is_one(bake: Bake) -> None:
    for backend in ("none", "vault"):
        repository = bake(profile="minimal", components="+oauth2-proxy", secrets_backend=backend)
        values = yaml.safe_load((repository / "infrastructure/oauth2-proxy/values.yaml").read_text(encoding="utf-8"))
        made = [item["spec"]["target"]["name"] for item in values.get("extraObjects", [])]
        assert made == ([] if backend == "none" else [values["config"]["existingSecret"]])
        by_hand = f"create secret generic {values['config']['existingSecret']} " in secrets_section(repository)
        assert by_hand == (backend == "none")


def test_the_age_key_is_where_sops_looks_for_it(bake: Bake) -> None:
    repository = bake(components="sops-secrets-operator")
    folder = repository / "infrastructure/sops-secrets-operator"
    values = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8"))
    (file,) = values["secretsAsFiles"]
    assert values["extraEnv"] == [{"name": "SOPS_AGE_KEY_FILE", "value": f"{file['mountPath']}/keys.txt"}]
    command = f"create secret generic {file['secretName']} --from-file keys.txt"
    assert command in secrets_section(repository)
