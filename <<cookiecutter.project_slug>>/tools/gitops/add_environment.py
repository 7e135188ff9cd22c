"""Plans a new environment: overlays like another environment's, a cluster, and a place in the order of promotion."""

import re
from pathlib import Path

from gitops import answers, edits, environments, layout
from gitops.answers import Problem
from gitops.changes import Changes, read
from gitops.cli import Refused, Wrong
from gitops.clusters import Cluster
from gitops.repository import Repository

ANSWERS = ".cruft.json"
README = "README.md"
ORDER = "pyproject.toml"


def plan(root: Path, name: str, like: str, before: str | None = None, last: bool = False) -> tuple[Changes, list[str]]:
    """The changes that make environment `name`, and what to know about them. Raises Wrong and Refused.

    It stands before `before`, else before production; `last` makes it production. What an environment that is there
    lacks is planned, and nothing else.
    """
    repository = Repository(root)
    order = known_order(repository)
    _check(repository, order, name, like, before, last)
    others = [other for other in order if other != name]
    place = len(others) if last else others.index(before or others[-1])
    wanted = [*others[:place], name, *others[place:]]
    if name in order and wanted != order:
        raise Refused(f"{name} is there already, in the order {', '.join(order)}: that is not changed")
    model = _cluster_like(repository, like)
    changes: Changes = {
        path.relative_to(root).as_posix(): text for path, text in environments.plan(root, name, (like,)).items()
    }
    notes = []
    if not (root / layout.CLUSTERS / name).exists():
        changes |= _cluster(root, model, name, last)
        notes += _about_cluster(model, name)
    if last and name not in order:
        changes |= _no_longer_production(repository, order[-1])
        notes.append(
            f"production is {name} now, and {order[-1]} no longer is; the domain of {order[-1]} stays what it was"
        )
    if name not in order:
        changes |= _listed(root, order, wanted, name)
        if place == 0:
            notes.append(f"{name} is first now: where Renovate lets new versions in, write it instead of {others[0]}")
    if changes:
        notes.append(f"next: commit and push, then boot its cluster (README.md) with {name} in the place of {like}")
    return changes, notes


def known_order(repository: Repository) -> list[str]:
    """The order of promotion, which has to name every environment. Raises Refused."""
    order = environments.order(repository.root)
    if sorted(order) != repository.environments:
        raise Refused(
            f"{ORDER}: environments has to list {', '.join(repository.environments)}, in the order of promotion, "
            f"and lists {', '.join(order) or 'none'}"
        )
    return order


def _check(repository: Repository, order: list[str], name: str, like: str, before: str | None, last: bool) -> None:
    """The template's own rules, and those that only a repository can break."""
    problems = []
    if answers.environments(name) != [name]:
        problems.append(Problem("environments", name, "must be one name, without spaces and commas"))
    wanted = [other for other in order if other != name] + [name]
    base_domain = _base_domain(_cluster_like(repository, order[-1]))
    problems += answers.check({"environments": ", ".join(wanted), "base_domain": base_domain}, {})
    for cluster in repository.clusters:
        if cluster.name == name and cluster.environment != name:
            rule = f"is a cluster of {cluster.environment}, and the first cluster of an environment has its name"
            problems.append(Problem("environments", name, f"{rule}: choose another"))
    for field, value in (("like", like), ("before", before)):
        if value is not None and (value not in order or value == name):
            problems.append(Problem(field, value, f"must be another environment: there are {', '.join(order)}"))
    if last and before:
        problems.append(Problem("before", before, "says one place, and --last another: choose"))
    if problems:
        raise Wrong(problems)


def _cluster_like(repository: Repository, like: str) -> Cluster:
    """The cluster that is the model: that of the environment's own name, else its first."""
    own = [cluster for cluster in repository.clusters if cluster.environment == like]
    if not own:
        raise Refused(f"no cluster belongs to {like}: take another environment as the model")
    return next((cluster for cluster in own if cluster.name == like), own[0])


def _base_domain(cluster: Cluster) -> str:
    """The domain that the cluster's own is a part of."""
    return cluster.fact("domain").removeprefix(f"{cluster.environment}.")


def _cluster(root: Path, model: Cluster, name: str, last: bool) -> Changes:
    """The files of the cluster: those of `model`, with facts of its own."""
    changes: Changes = {}
    for file in model.repository.files:
        if file.startswith(f"{model.folder}/"):
            text = environments.renamed(read(root, file), model.name, name)
            if model.environment != model.name:
                text = environments.renamed(text, model.environment, name)
            changes[f"{layout.CLUSTERS}/{name}/{file.removeprefix(f'{model.folder}/')}"] = text
    file = f"{layout.CLUSTERS}/{name}/cluster.yaml"
    text = str(changes[file])
    facts = {
        "production": str(last).lower(),
        "domain": f"{name}.{_base_domain(model)}",
        # What a pin holds was committed before there was this environment.
        "revision": model.branch or model.fact("revision"),
    }
    for fact, value in facts.items():
        with edits.of(f"{model.folder}/cluster.yaml"):
            text = edits.set_scalar(text, ("data", fact), value)
    return changes | {file: text}


def _about_cluster(model: Cluster, name: str) -> list[str]:
    if not model.is_pinned:
        return []
    revision = model.fact("revision")
    return [f"cluster {name} follows {model.branch}: {revision}, to which {model.name} is pinned, has no {name}"]


def _no_longer_production(repository: Repository, environment: str) -> Changes:
    changes: Changes = {}
    for cluster in repository.clusters:
        if cluster.environment == environment:
            file = f"{cluster.folder}/cluster.yaml"
            with edits.of(file):
                changes[file] = edits.set_scalar(read(repository.root, file), ("data", "production"), "false")
    return changes


def _listed(root: Path, order: list[str], wanted: list[str], name: str) -> Changes:
    """The places that list the environments: the order, the sentence in README.md, the answers to the template."""
    changes: Changes = {ORDER: _ordered(read(root, ORDER), wanted, name)}
    if (root / README).is_file():
        sentence, now = (f"\n{', '.join(names)}.\n" for names in (order, wanted))
        changes[README] = read(root, README).replace(sentence, now, 1)
    if (root / ANSWERS).is_file():
        text = read(root, ANSWERS)
        for key, separator in (("environments", ", "), ("__environments", " ")):
            path = ("context", "cookiecutter", key)
            if edits.find(text, path):
                text = edits.set_scalar(text, path, separator.join(wanted))
        changes[ANSWERS] = text
    return changes


def _ordered(text: str, wanted: list[str], name: str) -> str:
    """`text` of pyproject.toml with `name` in the list, whose layout stays."""
    match = environments.ORDER.search(text)
    assert match is not None
    old, place = match["list"], wanted.index(name)
    separator = re.findall(r'",(\s*)"', old)
    space = separator[0] if separator else " "
    if place + 1 < len(wanted):
        new = old.replace(f'"{wanted[place + 1]}"', f'"{name}",{space}"{wanted[place + 1]}"')
    else:
        new = old.replace(f'"{wanted[place - 1]}"', f'"{wanted[place - 1]}",{space}"{name}"')
    return text[: match.start("list")] + new + text[match.end("list") :]
