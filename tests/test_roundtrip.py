"""A component that is removed and added again: each answer is the right one, and the tree is what it generates."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from cookiecutter.main import cookiecutter
from gitops import answers, environments, files, remove, rerender
from gitops.changes import Planned
from gitops.cli import Refused
from gitops.files import tree
from pairs import TEMPLATE

CATALOGUE = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
ALL = [name for name in CATALOGUE if name != answers.ALWAYS_ON]
# Of every wave, and so that each is nobody's need when its turn comes; those who only use it are still there.
WALK = ["cilium", "external-secrets", "metallb", "longhorn", "kyverno-policies", "kyverno", "envoy-gateway", "traefik"]
WALK += ["gateway-api-crds", "external-dns", "opentelemetry-operator", "cert-manager", "loki", "kube-prometheus-stack"]
WALK += ["prometheus-operator-crds"]
HOOK = (TEMPLATE / "hooks/post_gen_project.py").read_text(encoding="utf-8")
Render = Callable[[dict[str, str]], Path]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Renders as cruft does, in this process and without the validator, each set of components once."""
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump({f"{name}_dir": str(tmp_path) for name in ("cookiecutters", "replay")}))

    rendered: dict[str, Path] = {}

    def render(given: dict[str, str]) -> Path:
        chosen = " ".join(answers.components(given["profile"], given["components"], CATALOGUE))
        if chosen not in rendered:
            folder = tmp_path / f"rendered-{len(rendered)}"
            rendered[chosen] = root = folder / given["project_slug"]
            options = {"no_input": True, "accept_hooks": False, "config_file": str(config)}
            cookiecutter(str(TEMPLATE), extra_context=given, output_dir=str(folder), **options)
            known = json.dumps({"__components": chosen, **{key: given[key] for key in ("git_host", "argocd_version")}})
            source = HOOK.replace("<< cookiecutter | tojson >>", known)
            hook: dict[str, Any] = {"__name__": "hook"}
            exec(source.replace("<< catalogue | tojson >>", json.dumps(CATALOGUE)), hook)
            hook["prune"](root)
            environments.make_all(root, answers.environments(given["environments"]))
        root = rendered[chosen]
        record = {"template": "here", "commit": "now", "context": {"cookiecutter": given}}
        (root / ".cruft.json").write_text(json.dumps(record), encoding="utf-8")
        return root

    return render


class Rendered:
    """Stands in for the template's history: the working tree, whatever the commit."""

    render_answers: Render

    def __init__(self, *_: object) -> None:
        pass

    def file(self, _: str, path: str) -> str:
        return (TEMPLATE / path).read_text(encoding="utf-8")

    def render(self, _: str, given: dict[str, str], __: Path) -> Path:
        return self.render_answers(given)


def differing(ours: Mapping[str, object], theirs: Mapping[str, object]) -> set[str]:
    return {path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)}


def make(root: Path, changes: Planned) -> None:
    """Makes changes without asking the rules, which takes most of the time."""
    whole = {path: file for path, file in changes.items() if not isinstance(file, str)}
    assert whole.keys() == changes.keys()
    files.write(root, whole)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"profile": "minimal", "components": ", ".join(ALL)}, id="list"),
        pytest.param({"profile": "full", "components": f"+{', +'.join(ALL)}"}, id="profile"),
    ],
)
def test_answer_without_each_component_has_all_others_and_gets_it_back(name: str, given: dict[str, str]) -> None:
    others = [CATALOGUE[other] for other in CATALOGUE if other != name]
    provided = {capability for other in others for capability in other["provides"]}
    if any(need not in provided for other in others for need in other["needs"]):
        with pytest.raises(ValueError, match=" needs "):
            answers.without_component(name, given, CATALOGUE)
        return
    answer = answers.without_component(name, given, CATALOGUE)
    assert answer is not None
    assert answers.components(given["profile"], answer, CATALOGUE) == [each for each in CATALOGUE if each != name]
    back = answers.with_component(name, given | {"components": answer}, CATALOGUE)
    assert back.added == [name]
    assert answers.components(given["profile"], back.answer, CATALOGUE) == list(CATALOGUE)


def test_components_go_and_come_back_as_their_answers_generate(
    render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerender, "Template", Rendered)
    monkeypatch.setattr(Rendered, "render_answers", staticmethod(render), raising=False)
    # With answers that make components say more of each other.
    given = {"project_slug": "platform-gitops", "environments": "lab", "git_host": "other", "profile": "minimal"}
    given |= {"secrets_backend": "none", "acme_email": "it@ops.example", "dns_provider": "route53"}
    given["argocd_version"] = "v3.6.1"
    given |= {"components": ", ".join(ALL)}
    root = Path(shutil.copytree(render(given), tmp_path / "repository"))
    for name in ("gateway-api-crds", "prometheus-operator-crds"):
        with pytest.raises(Refused, match=f"{name} is needed, so it stays"):
            remove.component(root, name)
    left, trees = list(ALL), [tree(root)]
    for name in WALK:
        left.remove(name)
        make(root, remove.component(root, name).changes)
        trees.append(tree(render(given | {"components": ", ".join(left)})))
        assert differing(tree(root), trees[-1]) == set(), name
    for name in reversed(WALK):
        trees.pop()
        changes, notes = rerender.with_component(root, name)
        make(root, changes)
        assert differing(tree(root), trees[-1]) == set(), name
        assert notes[-1].startswith("next: ")
