"""Documentation says what is so."""

import json
import runpy

from pairs import QUESTIONS, TEMPLATE

README = (TEMPLATE / "README.md").read_text(encoding="utf-8")


def test_tables_of_the_readme_are_made_from_their_sources() -> None:
    rendered = runpy.run_path(str(TEMPLATE / "docs/make_tables.py"))["rendered"]
    assert rendered(README) == README, "run python docs/make_tables.py"
    assert rendered(README.replace("| `wave_gate` |", "| `gate` |")) == README


def test_every_question_and_every_choice_has_a_prompt() -> None:
    prompts = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))["__prompts__"]
    assert prompts.keys() == QUESTIONS.keys()
    for question, default in QUESTIONS.items():
        if isinstance(default, list):
            assert prompts[question].keys() == {"__prompt__", *default}
