"""Templates are rendered as Argo CD renders them: each is given to Argo CD's own code too (tools/argocd/oracle)."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import oracle
import pytest
from gitops.gotemplate import NotUnderstood, TemplateError, render
from gitops.gotemplate.functions import as_go

TEMPLATES = Path(__file__).parent / "gotemplates.txt"
DATA: dict[str, Any] = {
    "name": "web",
    "n": 5,
    "f": 1.5,
    "big": 1000000,
    "t": True,
    "no": None,
    "empty": "",
    "list": ["b", "a", "b", 3],
    "nested": {"a": {"b": "deep"}, "k": "v"},
    "path": {
        "path": "apps/team/web/overlays/dev",
        "segments": ["apps", "team", "web", "overlays", "dev"],
        "basename": "dev",
        "basenameNormalized": "dev",
    },
    "url": "https://Foo.example.com/a_b?c=1&d=<x>",
    "yaml": "a: 1\nb: [x, y]\nname: n\nyes: name\n",
    "unicode": "Zürich ☃",
    "maps": [{"n": "x"}, {"n": "y"}],
    "ver": "v1.2.3",
    "camel": "fooBarBaz",
}
# What ApplicationSets are full of must be understood; this much of the list may not be.
NOT_UNDERSTOOD = ("template", "define", "now", "html", "semverCompare", "snakecase", "nofunc", "printf", "1.5e-9")


def templates() -> list[str]:
    """One a line; `\\n` is a line break in it."""
    lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") if line.startswith("|") else line for line in lines]


def theirs(texts: list[str], option: str) -> list[tuple[str, str]]:
    """What Argo CD makes of each: ("text", …) or ("error", …)."""
    asked = [{"template": text, "parameters": DATA, "goTemplate": True, "options": [option]} for text in texts]
    answers = oracle.ask(asked)
    return [("error", answer["error"]) if "error" in answer else ("text", answer["text"]) for answer in answers]


def ours(text: str, option: str) -> tuple[str, str]:
    try:
        # set and merge change what they are given.
        data = as_go(copy.deepcopy(DATA))
        return "text", render(text, data, missing_key_is_error=option == "missingkey=error")
    except TemplateError as error:
        return "error", str(error)
    except NotUnderstood as error:
        return "not understood", str(error)


@pytest.mark.parametrize("option", ["missingkey=error", "missingkey=default"])
def test_every_template_gives_what_argo_cd_gives(option: str) -> None:
    texts = templates()
    assert len(texts) > 140
    answers = theirs(texts, option)
    assert len(answers) == len(texts)
    assert {kind for kind, _ in answers} == {"text", "error"}, "Argo CD's own answers are all of one kind"
    wrong = []
    for text, their in zip(texts, answers, strict=True):
        our = ours(text, option)
        if our[0] == "not understood":
            assert any(word in text for word in NOT_UNDERSTOOD), f"{text}: {our[1]}"
        elif our[0] != their[0] or (our[0] == "text" and our != their):
            wrong.append(f"{text!r}\n  Argo CD {their}\n  ours    {our}")
    assert not wrong, "\n".join(wrong)


def test_what_would_never_end_ends() -> None:
    with pytest.raises(TemplateError, match="longer than"):
        render('{{ range until 10000 }}{{ repeat 1000 "x" }}{{ end }}', {})
    with pytest.raises(TemplateError, match="longer than"):
        render('{{ repeat 99999999 "xx" }}', {})
    with pytest.raises(TemplateError, match="in each other"):
        render("{{ if true }}" * 5000, {})
    with pytest.raises(TemplateError):
        render("{{ " + "(" * 5000, {})
