"""What is worked out of ApplicationSets offline is what their real controller generates, for sets of every shape."""

from __future__ import annotations

import json
import time
from typing import Any

import yaml
from gitops.applicationsets import Expansion, expand
from gitops.documents import Document
from gitops.repository import Repository
from installation import Installation
from kube import Json

FOLDER = "my-apps/platform/expansion"
CLUSTER_SECRET = {"argocd.argoproj.io/secret-type": "cluster"}
FILES: dict[str, str | None] = {
    f"{FOLDER}/one/config.yaml": "name: one\nnumber: 5\nlarge: 1000000\n"
    "version: 1.10\nflag: true\nnested: {a: {b: deep}}\n",
    f"{FOLDER}/two/config.yaml": "name: two\nnumber: 7\nlist: [x, y]\nnested: {a: {b: other}}\ntags: {env: dev}\n",
    f"{FOLDER}/three/config.json": json.dumps({"name": "three", "nested": {"a": {"b": "json"}}}),
    f"{FOLDER}/many/config.yaml": "- name: first\n- name: second\n",
    f"{FOLDER}/empty/config.yaml": "",
    f"{FOLDER}/Odd_Name.x/deep/er/config.yaml": "name: odd\n",
    f"{FOLDER}/.hidden/config.yaml": "name: hidden\n",
    f"{FOLDER}/excluded/config.yaml": "name: excluded\n",
}
CLUSTERS = {"alpha": {"tier": "gold", "region": "eu"}, "beta": {"tier": "silver", "region": "eu"}}
ERROR = ["missingkey=error"]


def secrets() -> list[Json]:
    """Return the Secrets of two clusters, which nobody ever connects to."""
    return [
        {
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": f"cluster-{name}", "namespace": "argocd", "labels": {**CLUSTER_SECRET, **labels},
                         "annotations": {"owner": f"{name}@example.com"}},
            "stringData": {"name": name, "server": f"https://{name}.example.com", "config": "{}"},
        }
        for name, labels in CLUSTERS.items()
    ]  # fmt: skip


def template(name: str, **spec: Any) -> Json:
    """Return a template whose Application is called `name`; further fields go into its spec."""
    source = {"repoURL": "https://example.com/none.git", "path": ".", "targetRevision": "main"}
    destination = {"name": "in-cluster", "namespace": "default"}
    return {
        "metadata": {"name": name},
        "spec": {"project": "infrastructure", "source": source, "destination": destination, **spec},
    }


def annotated(name: str, **annotations: str) -> Json:
    """Return a template with annotations, which may hold any text."""
    made = template(name)
    made["metadata"]["annotations"] = annotations
    return made


def sets(url: str) -> dict[str, Json]:
    """Return the spec of every ApplicationSet, by its name; `url` is the repository's own."""

    def git(*paths: str, **more: Any) -> Json:
        files = [{"path": path} if not path.startswith("!") else {"path": path[1:], "exclude": True} for path in paths]
        return {"git": {"repoURL": url, "revision": "main", "files": files, **more}}

    def folders(*paths: str, **more: Any) -> Json:
        found = [{"path": path} if not path.startswith("!") else {"path": path[1:], "exclude": True} for path in paths]
        return {"git": {"repoURL": url, "revision": "main", "directories": found, **more}}

    def elements(*items: Json, **more: Any) -> Json:
        return {"list": {"elements": list(items), **more}}

    def go(generators: list[Json], made: Json, *, options: list[str] = ERROR, **more: Any) -> Json:
        return {"goTemplate": True, "goTemplateOptions": options, "generators": generators, "template": made, **more}

    def old(generators: list[Json], made: Json, **more: Any) -> Json:
        return {"generators": generators, "template": made, **more}

    all_files = git(f"{FOLDER}/*/config.yaml", f"!{FOLDER}/empty/*", f"!{FOLDER}/.*/*")
    two = elements({"name": "a", "n": 1}, {"name": "b", "n": 2})
    flat = elements({"name": "a", "url": "https://a"}, {"name": "b", "url": "https://b"})
    return {
        "list": go([two], template("{{ .name }}-{{ .n }}")),
        "list-nested": go([elements({"v": {"deep": ["x"]}})], template("{{ index .v.deep 0 }}")),
        "list-old": old([flat], annotated("{{name}}", url="{{ unknown }}", again="{{  name  }}")),
        "list-old-values": old([elements({"name": "a", "values": {"x": "y"}})], template("{{name}}-{{values.x}}")),
        "list-yaml": go([elements(elementsYaml="- name: y1\n- name: y2\n")], template("{{ .name }}")),
        "list-selector": go(
            [{**two, "selector": {"matchLabels": {"name": "b"}}}], template("{{ .name }}")
        ),
        "list-expressions": go(
            [{**two, "selector": {"matchExpressions": [{"key": "n", "operator": "NotIn", "values": ["1"]}]}}],
            template("{{ .name }}"),
        ),
        "list-exists": go(
            [{**elements({"name": "a", "x": {"y": "z"}}, {"name": "b"}),
              "selector": {"matchExpressions": [{"key": "x.y", "operator": "Exists"}]}}],
            template("{{ .name }}"),
        ),
        "list-template": go(
            [elements({"name": "a"}, template={"metadata": {"labels": {"own": "yes"}}, "spec": template("x")["spec"]})],
            template("{{ .name }}"),
        ),
        "list-two": go([two, elements({"name": "c", "n": 3})], template("{{ .name }}")),
        "files": go([all_files], template("{{ .name }}")),
        "files-path": go(
            [git(f"{FOLDER}/**/config.yaml", f"!{FOLDER}/empty/*", f"!{FOLDER}/many/*")],
            annotated("{{ .path.basenameNormalized }}-{{ len .path.segments }}", file="{{ .path.filename }}",
                     first="{{ first .path.segments }}"),
        ),
        "files-json": go([git(f"{FOLDER}/*/config.json")], template("{{ .nested.a.b }}")),
        "files-braces": go([git(f"{FOLDER}/{{one,two}}/config.yaml")], template("{{ .name }}")),
        "files-prefix": go(
            [git(f"{FOLDER}/o*/config.yaml", pathParamPrefix="here")], template("{{ .here.path.basename }}")
        ),
        "files-values": go(
            [git(f"{FOLDER}/one/config.yaml", values={"x": "{{ .name }}-v", "y": "plain"})],
            annotated("{{ .values.x }}", y="{{ .values.y }}"),
        ),
        "files-numbers": go(
            [git(f"{FOLDER}/one/config.yaml")],
            annotated("{{ .name }}", n="{{ .number }}", large="{{ .large }}", v="{{ .version }}", f="{{ .flag }}",
                     i="{{ int .large }}"),
        ),
        "files-old": old([git(f"{FOLDER}/t*/config.yaml")], annotated("{{name}}", a="{{nested.a.b}}", p="{{path[2]}}")),
        "files-old-values": old(
            [git(f"{FOLDER}/one/config.yaml", values={"z": "{{path.basename}}"})], template("{{name}}-{{values.z}}")
        ),
        "files-selector": go(
            [{**git(f"{FOLDER}/t*/config.yaml"), "selector": {"matchLabels": {"tags.env": "dev"}}}],
            template("{{ .name }}"),
        ),
        "files-segment-selector": go(
            [{**git(f"{FOLDER}/o*/config.yaml"), "selector": {"matchLabels": {"path.basename": "one"}}}],
            template("{{ .name }}"),
        ),
        "missing-key": go([all_files], template("{{ .nested.a.b }}")),
        "missing-default": go(
            [git(f"{FOLDER}/one/config.yaml")], annotated("{{ .name }}", x="a{{ .nothing }}b"), options=[]
        ),
        "dig": go([all_files], annotated("{{ .name }}", deep='{{ dig "nested" "a" "b" "none" . }}')),
        "dig-values": go(
            [git(f"{FOLDER}/one/config.yaml", values={"x": "y"})], template('{{ dig "x" "none" .values }}')
        ),
        "directories": go([folders(f"{FOLDER}/*")], template("{{ .path.basenameNormalized }}")),
        "directories-exclude": go(
            [folders(f"{FOLDER}/*", f"!{FOLDER}/e*")], template("{{ .path.basename | lower | replace \"_\" \"-\" }}")
        ),
        "directories-old": old([folders(f"{FOLDER}/t*")], annotated("{{path.basename}}", p="{{path[0]}}")),
        "directories-prefix": go([folders(f"{FOLDER}/o*", pathParamPrefix="p")], template("{{ .p.path.basename }}")),
        "clusters": go([{"clusters": {}}], annotated("{{ .nameNormalized }}", server="{{ .server | trunc 5 }}")),
        "clusters-selector": go(
            [{"clusters": {"selector": {"matchLabels": {"tier": "gold"}},
                           "values": {"r": "{{ .metadata.labels.region }}"}}}],
            annotated("{{ .name }}", region="{{ .values.r }}"),
        ),
        "clusters-expressions": go(
            [{"clusters": {"selector": {"matchExpressions": [
                {"key": "tier", "operator": "In", "values": ["silver"]}, {"key": "region", "operator": "Exists"}]}}}],
            annotated("{{ .name }}", owner="{{ .metadata.annotations.owner | replace \"@\" \"-\" }}"),
        ),
        "clusters-flat": go(
            [{"clusters": {"flatList": True, "selector": {"matchLabels": {"region": "eu"}}}}],
            template("{{ range $i, $c := .clusters }}{{ if $i }}-{{ end }}x{{ end }}"),
        ),
        "clusters-old": old(
            [{"clusters": {"selector": {"matchLabels": {"tier": "gold"}}}}],
            annotated("{{name}}", t="{{metadata.labels.tier}}"),
        ),
        "matrix": go(
            [{"matrix": {"generators": [two, elements({"env": "dev"}, {"env": "prod"})]}}],
            template("{{ .name }}-{{ .env }}"),
        ),
        "matrix-git": go(
            [{"matrix": {"generators": [elements({"which": "one"}, {"which": "two"}),
                                        git(f"{FOLDER}/{{{{ .which }}}}/config.yaml")]}}],
            template("{{ .which }}-{{ .name }}"),
        ),
        "matrix-overlap": go(
            [{"matrix": {"generators": [elements({"name": "a", "x": ""}), elements({"name": "b", "x": "kept"})]}}],
            annotated("{{ .name }}", x="{{ .x }}"),
        ),
        "matrix-clusters": go(
            [{"matrix": {"generators": [{"clusters": {"selector": {"matchLabels": {"region": "eu"}}}}, two]}}],
            template("{{ index .metadata.labels \"tier\" }}-{{ .n }}"),
        ),
        "matrix-nested": go(
            [{"matrix": {"generators": [
                two, {"matrix": {"generators": [elements({"x": "p"}), elements({"y": "q"})]}}]}}],
            template("{{ .name }}-{{ .x }}{{ .y }}"),
        ),
        "matrix-old": old(
            [{"matrix": {"generators": [flat, elements({"env": "dev"})]}}], template("{{name}}-{{env}}")
        ),
        "merge": go(
            [{"merge": {"mergeKeys": ["name"], "generators": [
                elements({"name": "a", "x": "1", "m": {"k": "base", "l": "base"}}, {"name": "b", "x": "1", "m": {}}),
                elements({"name": "b", "x": "2"}, {"name": "c", "x": "3"}, {"name": "a", "m": {"k": "over"}})]}}],
            annotated("{{ .name }}", x="{{ .x }}", k='{{ dig "k" "none" .m }}', l='{{ dig "l" "none" .m }}'),
        ),
        "merge-duplicate": go(
            [{"merge": {"mergeKeys": ["name"], "generators": [
                elements({"name": "a"}, {"name": "a"}), elements({"name": "b"})]}}],
            template("{{ .name }}"),
        ),
        "patch": go(
            [two],
            template("{{ .name }}"),
            templatePatch='metadata:\n  labels:\n    n: "{{ .n }}"\nspec:\n  syncPolicy:\n    syncOptions:\n'
            "      - CreateNamespace=true\n",
        ),
        "patch-list": go(
            [two],
            template("{{ .name }}", info=[{"name": "a", "value": "b"}]),
            templatePatch='{{- if eq .name "a" }}\nspec:\n  info:\n'
            "    - name: c\n      value: {{ .name | toJson }}\n{{- end }}\n",
        ),
        "patch-project": go([two], template("{{ .name }}"), templatePatch="spec:\n  project: default\n"),
        "patch-null": go(
            [two],
            template("{{ .name }}", revisionHistoryLimit=3),
            templatePatch="spec:\n  revisionHistoryLimit: null\n  destination:\n    namespace: other\n",
        ),
        "range": go(
            [elements({"name": "a", "tags": ["x", "y"]})],
            annotated("{{ .name }}", tags="{{ range $i, $t := .tags }}{{ if $i }}_{{ end }}{{ $t }}{{ end }}"),
        ),
        "conditions": go(
            [two], annotated("{{ .name }}", size='{{ if gt .n 1.0 }}big{{ else }}small{{ end }}{{/* no */}}')
        ),
        "bad-comparison": go([two], annotated("{{ .name }}", size="{{ if gt .n 1 }}big{{ end }}")),
        "variables": go([two], template('{{ $x := .name -}} {{- with $x }}{{ . | upper | lower }}{{ end }}')),
        "finalizers": go([two], template("{{ .name }}"), syncPolicy={"preserveResourcesOnDeletion": False}),
        "templated-keys": go(
            [two],
            {**template("{{ .name }}"), "metadata": {"name": "{{ .name }}", "labels": {"is-{{ .name }}": "yes"}}},
        ),
    }  # fmt: skip


def essence(metadata: Json, spec: Json) -> Json:
    """Return what an ApplicationSet decides about an Application, without what is empty."""
    kept = {key: metadata.get(key) for key in ("labels", "annotations", "finalizers")}
    without_empty: Json = json.loads(
        json.dumps({**kept, "spec": spec}),
        object_hook=lambda d: {k: v for k, v in d.items() if v not in (None, {}, [], "")},
    )
    return without_empty


def ours(expansion: Expansion) -> dict[str, Json] | str:
    """Return each Application by its name, or why there is none."""
    assert not expansion.reason, f"{expansion.document}: {expansion.reason}"
    if expansion.failures:
        return expansion.failures[0].message
    return {made.name: essence(made.metadata, made.spec) for made in expansion.applications}


def theirs(installation: Installation, name: str) -> dict[str, Json] | str | None:
    """Return the same of the controller, None while it has not said anything."""
    live = installation.kube.get("applicationsets", name, "argocd") or {}
    conditions = {each["type"]: each for each in live.get("status", {}).get("conditions", [])}
    if conditions.get("ErrorOccurred", {}).get("status") == "True":
        return str(conditions["ErrorOccurred"]["message"])
    if conditions.get("ResourcesUpToDate", {}).get("status") != "True":
        return None
    owned = [
        item
        for item in installation.kube.list("applications")
        if any(owner["name"] == name for owner in item["metadata"].get("ownerReferences", []))
    ]
    return {item["metadata"]["name"]: essence(item["metadata"], item["spec"]) for item in owned}


def test_sets_of_every_shape_give_offline_what_the_controller_gives(booted: Installation) -> None:
    head = booted.repository.head()
    for secret in secrets():
        booted.kube.create("secrets", secret, "argocd")
    written = {f"{FOLDER}/clusters.yaml": yaml.safe_dump_all(secrets())}
    booted.repository.commit("files for many sets", {**FILES, **written})
    specs = sets(booted.url)
    assert len(specs) >= 40
    repository = Repository(booted.repository.folder)
    try:
        for name, spec in specs.items():
            # Names of Applications are unique in a cluster: each set's begin with its own.
            prefixed = json.loads(json.dumps(spec))
            prefixed["template"]["metadata"]["name"] = f"{name}-{spec['template']['metadata']['name']}"
            prefixed.setdefault("syncPolicy", {"preserveResourcesOnDeletion": True})
            item = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet",
                    "metadata": {"name": f"e2e-{name}", "namespace": "argocd"}, "spec": prefixed}  # fmt: skip
            booted.kube.create("applicationsets", item, "argocd")
            specs[name] = item
        wrong = []
        both_failed = 0
        for name, item in specs.items():
            mine = ours(expand(Document(name, 1, item, item), repository, booted.url))
            booted.wait(f"{name} generated", lambda name=name: theirs(booted, f"e2e-{name}") is not None, 90)
            real = settled(booted, f"e2e-{name}", mine)
            if isinstance(mine, str) and isinstance(real, str):
                both_failed += 1
            elif mine != real:
                wrong.append(
                    f"{name}\n  controller {json.dumps(real, sort_keys=True)}"
                    f"\n  offline    {json.dumps(mine, sort_keys=True)}"
                )
        assert not wrong, "\n".join(wrong)
        assert 0 < both_failed < 8, f"{both_failed} sets are refused"
    finally:
        for name in specs:
            booted.kube.delete("applicationsets", f"e2e-{name}", "argocd")
        for secret in secrets():
            booted.kube.delete("secrets", secret["metadata"]["name"], "argocd")
        booted.repository.restore(head, "take the files away")
    booted.wait_ready()


def settled(installation: Installation, name: str, expected: Any) -> dict[str, Json] | str | None:
    """Return what the controller has generated, with some seconds for it to finish."""
    deadline = time.monotonic() + 15
    while (real := theirs(installation, name)) != expected and time.monotonic() < deadline:
        if isinstance(real, str) and isinstance(expected, str):
            break
        time.sleep(0.5)
    return real
