"""What Argo CD is told about the kinds of components: right in both engines, and only where they were chosen."""

import copy
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Bake, build, of_kind
from gitops.lua import built_in, fixtures
from gitops.lua.fixtures import Case
from lua.health_cases import GATE, LUA, cases, outcome, script, tree
from pairs import TEMPLATE
from schemas import argocd_manifest

CACHE = TEMPLATE / ".cache"
CATALOGUE: dict[str, dict[str, Any]] = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
VERSIONS = ("v3.2.11", "v3.6.1")
FILES = {
    "health.lua": "health",
    "ignore-differences.yaml": "ignoreDifferences",
    "ignore-resource-updates.yaml": "ignoreResourceUpdates",
}


def found(lua: Path) -> dict[str, Path]:
    """The files under `lua/` that argocd-cm gets, by their line in it."""
    lines = {}
    for name, setting in FILES.items():
        for path in lua.rglob(name):
            kind = "_".join(path.parent.relative_to(lua).parts)
            lines[f"resource.customizations.{setting}.{kind}"] = path
    return lines


KINDS = [kind for kind in fixtures.kinds(tree()) if kind not in GATE]
# The API groups that every cluster has.
KUBERNETES = {"", "apiextensions.k8s.io"}
# Nothing ever reports on these.
WITHOUT_STATUS = {"metallb.io/L2Advertisement"}
# And what becomes of these Argo CD does not hear in time.
WELL_AT_FIRST = WITHOUT_STATUS | {"apiextensions.k8s.io/CustomResourceDefinition"}
each_kind = pytest.mark.parametrize("kind", KINDS)
CASES = [case for kind in KINDS for case in cases(kind)]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.file.replace("/testdata/", ": "))


def fresh(case: Case) -> Case:
    """The same test, with the times that it has now."""
    return next(one for one in cases(case.key) if one.file == case.file)


def status(case: Case, obj: dict[str, Any]) -> str:
    """What a case's script says of another object."""
    return str(outcome(replace(case, obj=obj))["status"])


def turned(value: Any) -> Any:
    """The same object with every list of its status the other way round."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in value.items()}
    return [turned(item) for item in reversed(value)] if isinstance(value, list) else value


@each_kind
def test_an_object_without_anything_has_a_verdict_and_a_message(kind: str) -> None:
    case = cases(kind)[0]
    verdict = outcome(replace(case, obj={"metadata": {"name": "bare"}}))
    assert verdict["status"] == ("Healthy" if kind in WELL_AT_FIRST else "Progressing")
    assert verdict["message"]
    assert any("status" not in case.obj for case in cases(kind))


@each_case
def test_no_verdict_holds_a_wave_for_ever_or_is_without_a_word(case: Case) -> None:
    # Suspended, Missing and Unknown end only when somebody comes.
    assert case.expected["status"] in {"Healthy", "Progressing", "Degraded"}
    assert case.expected["message"]


@each_case
def test_the_order_of_conditions_does_not_matter(case: Case) -> None:
    obj = fresh(case).obj
    if "status" in obj:
        obj = {**obj, "status": turned(obj["status"])}
    assert status(case, obj) == case.expected["status"]


OBSERVED = [case for case in CASES if "observedGeneration" in str(case.obj)]


@pytest.mark.parametrize("case", OBSERVED, ids=lambda case: case.file)
def test_what_is_about_an_older_version_is_not_believed(case: Case) -> None:
    obj = copy.deepcopy(fresh(case).obj)
    obj["metadata"]["generation"] += 1
    assert status(case, obj) == "Progressing"


# Each a mistake that is easily made, as what is replaced in the script; the fixtures must notice it.
FAULTS = {
    "PersistentVolumeClaim": {
        "waits for the first pod": ('phase == "Pending" and', 'phase == "?" and'),
        "waits for no volume": (" and not wanted", ""),
        "takes a claim without a class for one that waits": ('class ~= "" and ', ""),
    },
    "apiextensions.k8s.io/CustomResourceDefinition": {
        "waits for what nobody tells": ('return verdict("Healthy", "Being', 'return verdict("Progressing", "Being'),
        "does not look at the names": ('is("NamesAccepted", "False")', "false"),
        "does not look at the schema": ('is("NonStructuralSchema", "True")', "false"),
        "waits for a certificate for ever": ('"InvalidCABundle"', '"?"'),
    },
    "cilium.io/CiliumClusterwideNetworkPolicy": {"takes another condition": ('condition.type == "Valid"', "true")},
    "cilium.io/CiliumLoadBalancerIPPool": {"waits for a conflict": ("cilium.io/IPsTotal", "cilium.io/PoolConflict")},
    "cilium.io/CiliumNetworkPolicy": {
        "calls silence valid": ('return verdict("Progressing"', 'return verdict("Healthy"')
    },
    "gateway.networking.k8s.io/Gateway": {
        "waits for a later wave": ("elseif not taken then", "elseif false then"),
        "never waits for a controller": (" > ago(grace)", ' > "9"'),
        "fails while a certificate is issued": ("InvalidCertificateRef = true", "InvalidCertificateRef = false"),
        "waits for a certificate for ever": (" > ago(bound)", ' > ""'),
        "does not ask the listeners": ("look(listener.conditions", "look({}"),
        "passes by a conflict": ('condition.type == "Conflicted"', "false"),
        "believes the default": (' and condition.status ~= "Unknown"', ""),
        "reads UTC as local time": ('os.date("!*t")', 'os.date("*t", 0)'),
    },
    "gateway.networking.k8s.io/HTTPRoute": {
        "waits for a later wave": ("elseif #parents == 0 then", "elseif false then"),
        "never waits for a Gateway": (" > ago(grace)", ' > "9"'),
        "fails while a Service is made": ("BackendNotFound = true", "BackendNotFound = false"),
        "waits for a Service for ever": (" > ago(bound)", ' > ""'),
        "takes silence for acceptance": ("if not accepted then", "if false then"),
        "believes an old verdict": ("stale = true", "stale = false"),
    },
    "longhorn.io/Node": {
        "does not look at disks": ('disk.status == "False"', "false"),
        "takes the disks in any order": ("table.sort(names)", "table.sort(names, function(a, b) return a > b end)"),
    },
    "longhorn.io/Volume": {
        "fails during a rebuild": ('return verdict("Progressing", "A replica', 'return verdict("Degraded", "A replica'),
        "waits for a standby volume": (" and not status.isStandby", ""),
        "does not look for room": ('scheduled.status == "False"', "false"),
    },
    "metallb.io/IPAddressPool": {"waits for free addresses": ("free + assigned > 0", "free > 0")},
    "policies.kyverno.io/MutatingPolicy": {
        "believes ready before the webhook": ('asked and webhook.status ~= "True"', 'webhook.status == "False"')
    },
    "policies.kyverno.io/ValidatingPolicy": {
        "asks for a webhook of every policy": ("admission.enabled ~= false and not status.generated", "true"),
        "waits for a permission": ('permissions.status == "False"', "false"),
    },
    "velero.io/BackupStorageLocation": {"waits for a bucket for ever": ('phase == "Unavailable"', 'phase == "?"')},
}


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        pytest.param(kind, change, id=f"{kind}: {fault}")
        for kind, faults in FAULTS.items()
        for fault, change in faults.items()
    ],
)
def test_the_fixtures_notice(kind: str, change: tuple[str, str]) -> None:
    right = script(kind)
    assert change[0] in right.text, "this twin proves nothing"
    wrong = replace(right, text=right.text.replace(*change))
    assert any(outcome(replace(case, script=wrong)) != case.expected for case in cases(kind))


def test_every_script_has_a_faulty_twin() -> None:
    assert FAULTS.keys() == {*KINDS} - WITHOUT_STATUS


# Argo CD


def test_a_check_of_argocds_own_is_replaced_for_a_reason() -> None:
    reasoned = {kind for kind in (*GATE, *KINDS) if "Argo CD's own check" in script(kind).text}
    assert {kind for kind in (*GATE, *KINDS) if built_in.has_health(kind)} == reasoned
    assert len(reasoned) < len(KINDS)


# The kinds of components that Git holds and a wave waits for.
WAITED_FOR = {
    "cert-manager.io/ClusterIssuer",
    "external-secrets.io/ClusterSecretStore",
    "velero.io/Backup",
    "velero.io/Restore",
    "velero.io/Schedule",
    *KINDS,
}


def test_each_kind_that_a_wave_waits_for_has_a_check() -> None:
    assert [kind for kind in WAITED_FOR - {*KINDS} if not built_in.has_health(kind)] == []


OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: argocd
resources:
  - install.yaml
components:
  - lua
"""


def settings(repository: Path, folder: Path, upstream: dict[str, Any]) -> dict[str, str]:
    """argocd-cm of a baked repository, built on upstream's."""
    (folder / "lua").symlink_to(repository / "infrastructure/controllers/argocd/lua")
    (folder / "kustomization.yaml").write_text(OVERLAY, encoding="utf-8")
    (folder / "install.yaml").write_text(yaml.safe_dump(upstream), encoding="utf-8")
    data: dict[str, str] = of_kind("ConfigMap", build(folder))["argocd-cm"]["data"]
    return data


def upstream(version: str) -> dict[str, Any]:
    text = argocd_manifest(version, CACHE).read_text(encoding="utf-8")
    return next(
        item
        for item in yaml.load_all(text, yaml.CSafeLoader)
        if item["kind"] == "ConfigMap" and item["metadata"]["name"] == "argocd-cm"
    )


def brought(chosen: list[str]) -> set[str]:
    """The API groups of the kinds that components bring, and Kubernetes' own."""
    provided = (thing for name in chosen for thing in CATALOGUE[name]["provides"])
    return {*KUBERNETES, *(thing.removeprefix("crds/") for thing in provided if thing.startswith("crds/"))}


ANSWERS: dict[str, dict[str, str]] = {
    "Argo CD alone": {"components": "argocd"},
    "one component": {"components": "velero"},
    "the defaults": {},
    "everything": {"profile": "full", "components": "+cilium, +metallb"},
}


@pytest.mark.parametrize(
    ("answers", "version"),
    [*((answers, VERSIONS[-1]) for answers in ANSWERS.values()), (ANSWERS["everything"], VERSIONS[0])],
    ids=[*ANSWERS, "everything, and the oldest Argo CD"],
)
def test_argocd_cm_has_what_was_chosen_beside_its_defaults(
    bake: Bake, tmp_path: Path, answers: dict[str, str], version: str
) -> None:
    repository = bake(**answers)
    files = [path for area in ("infrastructure", "monitoring") for path in (repository / area).rglob("component.yaml")]
    groups = brought([path.parent.name for path in files])
    expected = {}
    for key, path in found(LUA).items():
        group, _, kind = path.parent.relative_to(LUA).as_posix().rpartition("/")
        if group in groups and f"{group}/{kind}" not in GATE:
            expected[key] = path.read_text(encoding="utf-8")
    default = upstream(version)
    built = settings(repository, tmp_path, copy.deepcopy(default))
    assert "resource.customizations.ignoreResourceUpdates.all" in default["data"]
    assert {key: text for key, text in built.items() if "argoproj.io_Application" not in key} == {
        **{key: text for key, text in default["data"].items() if "argoproj.io_Application" not in key},
        **expected,
    }
    lua = repository / "infrastructure/controllers/argocd/lua"
    assert found(lua).keys() == {key for key in built if key in found(LUA)}
    assert {path.name for path in lua.iterdir() if path.is_dir()} <= groups | {"PersistentVolumeClaim"}


def test_one_of_the_answers_brings_every_kind(bake: Bake) -> None:
    lua = bake(**ANSWERS["everything"]) / "infrastructure/controllers/argocd/lua"
    assert found(lua).keys() == found(LUA).keys()


@pytest.mark.parametrize("group", sorted({kind.rpartition("/")[0] for kind in KINDS} - KUBERNETES))
def test_some_component_brings_the_kinds_of_each_group(group: str) -> None:
    assert group in brought(list(CATALOGUE))


# Ignore rules

RULES = {key: path for key, path in found(LUA).items() if ".ignore" in key}
# Objects with the field, and the line of it that is ignored.
IGNORED = {
    "velero.io_Schedule": (
        """\
apiVersion: velero.io/v1
kind: Schedule
metadata:
  name: daily
  namespace: velero
spec:
  schedule: 0 3 * * *
  skipImmediately: false
  template:
    ttl: 720h
""",
        "skipImmediately: false",
    ),
    "longhorn.io_BackupTarget": (
        """\
apiVersion: longhorn.io/v1beta2
kind: BackupTarget
metadata:
  name: default
  namespace: longhorn-system
spec:
  backupTargetURL: s3://example-backups@eu-central-1/
  syncRequestedAt: "2026-01-05T08:00:00Z"
""",
        'syncRequestedAt: "2026-01-05T08:00:00Z"',
    ),
}


def ignored(kind: str, text: str, rule: str, folder: Path) -> list[str]:
    """The lines of an object that Argo CD leaves out by a rule.

    Asked as ignoreDifferences, which Argo CD makes of ignoreResourceUpdates, too; its command for the latter then finds
    none.
    """
    config, resource = folder / "argocd-cm.yaml", folder / "resource.yaml"
    data = {f"resource.customizations.ignoreDifferences.{kind}": rule}
    metadata = {"name": "argocd-cm", "labels": {"app.kubernetes.io/part-of": "argocd"}}
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    resource.write_text(text, encoding="utf-8")
    command = ["argocd", "admin", "settings", "resource-overrides", "ignore-differences"]
    command += [str(resource), f"--argocd-cm-path={config}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.removeprefix("<").strip() for line in done.stdout.splitlines() if line.startswith("<")]


@pytest.mark.parametrize("key", RULES)
def test_argocd_ignores_what_the_rule_says_and_nothing_else(key: str, tmp_path: Path) -> None:
    kind = key.removeprefix("resource.customizations.").partition(".")[2]
    text, line = IGNORED[kind]
    rule = RULES[key].read_text(encoding="utf-8")
    assert ignored(kind, text, rule, tmp_path) == [line]
    assert ignored(kind, text, "jsonPointers:\n  - /spec/elsewhere\n", tmp_path) == []


@pytest.mark.parametrize("key", RULES)
def test_a_rule_says_why_and_names_its_fields(key: str) -> None:
    text = RULES[key].read_text(encoding="utf-8")
    assert text.startswith("# ")
    rule = yaml.safe_load(text)
    assert rule.keys() == {"jsonPointers"}
    assert not {"/spec", "/status", "/metadata", ""} & set(rule["jsonPointers"])
