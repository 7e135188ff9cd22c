"""Rows of answers in which every pair of values of two questions stands together at least once."""

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

TEMPLATE = Path(__file__).parent.parent
QUESTIONS: dict[str, str | list[str]] = {
    name: default
    for name, default in json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8")).items()
    if not name.startswith("_")
}

# For a question with free text: the default, and values that take another way through the template.
FREE_TEXT = {
    "project_name": ["Platform GitOps", "it's \"quoted\": {'a'} & <b> #1"],
    "project_slug": ["platform-gitops"],
    "repo_url": ["https://github.com/example/platform-gitops.git", "git@git.example.com:platform/clusters.git"],
    "environments": ["dev, staging, prod", "lab", "a, b2, c-3, test, 1, true, uat, pre-prod, production"],
    "base_domain": ["example.com", "k8s.example.org"],
    # With external-secrets, because every secrets_backend stands beside each of them.
    "components": [
        "",
        "cert-manager, external-secrets",
        "external-secrets, kube-prometheus-stack, prometheus-operator-crds",
    ],
    "team": ["platform", "team-7"],
    "app": ["hello-world", "web"],
    "description": ["Everything we run.", "", "- 'single' and \"double\": quotes, {{ braces }}, # and \\ "],
    "revision": ["main", "release/1.10"],
    "argocd_version": ["v3.6.1", "v3.2.11"],
    "kubernetes_version": ["1.35", "1.30"],
    "acme_email": ["", "it+acme@ops.example"],
    "chart_mirror": ["", "https://charts.example.com/all", "registry.example.com/charts"],
    "image_mirror": ["", "registry.example.com:5000/images"],
    "operator_group": ["", "petstore.example.com"],
}
# An answer that another one asks for: it stands in each of its rows, so it makes no pairs of its own.
FOLLOWS = {
    "operator_kinds": (
        "operator_group",
        "Pet:resource, PetFindByStatusQuery:query, PetUploadImageAction:action, PetstoreBundle:bundle, "
        "PetstoreAggregate:aggregate",
    )
}


def values() -> dict[str, list[str]]:
    """Each question with the values that the rows hold; the first of them is the default."""
    return {
        name: default if isinstance(default, list) else FREE_TEXT.get(name, [default])
        for name, default in QUESTIONS.items()
        if name not in FOLLOWS
    }


def rows() -> list[dict[str, str]]:
    """The rows that every kind of repository is among: all pairs of values, with the answers that they ask for."""
    return [
        row | {name: answer if row[other] else "" for name, (other, answer) in FOLLOWS.items()}
        for row in all_pairs(values())
    ]


def all_pairs(values: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Few rows that hold every pair of values, made greedily: each row takes as many missing pairs as it can."""
    missing = {
        frozenset([(one, a), (other, b)])
        for one, other in itertools.combinations(values, 2)
        for a, b in itertools.product(values[one], values[other])
    }
    rows = []
    while missing:
        # Begun with a missing pair, so that every row is worth having.
        row = dict(min(sorted(pair) for pair in missing))
        for name in sorted(values.keys() - row.keys(), key=lambda name: (-len(values[name]), name)):
            row[name] = max(
                values[name],
                key=lambda value: sum(frozenset([(name, value), item]) in missing for item in row.items()),
            )
        missing -= {frozenset(pair) for pair in itertools.combinations(row.items(), 2)}
        rows.append(row)
    return rows
