"""Writes the tables of README.md that are made from cookiecutter.json and catalogue.yaml: `python docs/make_tables.py`.

A table stands between two remarks, `<!-- table: NAME -->` and `<!-- end -->`; a test compares it with what this makes.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

TEMPLATE = Path(__file__).parent.parent
README = TEMPLATE / "README.md"
VARIABLE = re.compile(r"<< cookiecutter[.](?P<name>\w+)[^>]*>>")


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def questions() -> str:
    """Every question with its default or choices, in the order in which they are asked."""
    answers = json.loads((TEMPLATE / "cookiecutter.json").read_text(encoding="utf-8"))
    rows = []
    for name, default in answers.items():
        if name.startswith("_"):
            continue
        prompt = answers["__prompts__"][name]
        if isinstance(default, list):
            text = prompt.pop("__prompt__") + ": " + "; ".join(prompt[choice] for choice in default)
            shown = " \\| ".join(f"**{choice}**" if choice == default[0] else choice for choice in default)
        else:
            text = prompt
            named = VARIABLE.sub(r"<\g<name>>", default)
            shown = f"`{named}`" if named else "empty"
        rows.append([f"`{name}`", shown, text.replace("<", "&lt;")])
    return table(["Question", "Default", "What it decides"], rows)


def components() -> str:
    """Every component of the catalogue, in the order of its waves."""
    catalogue = yaml.safe_load((TEMPLATE / "catalogue.yaml").read_text(encoding="utf-8"))
    return table(
        ["Wave", "Component", "Chart version", "From profile", "What it does"],
        (
            [
                str(facts["wave"]),
                f"[{name}]({facts['documentation']})",
                facts.get("version", "`argocd_version`"),
                facts["profile"],
                facts["summary"],
            ]
            for name, facts in catalogue.items()
        ),
    )


def rendered(text: str) -> str:
    """`text` with each of its tables made anew."""
    for name, made in {"questions": questions(), "components": components()}.items():
        text = re.sub(
            rf"(<!-- table: {name} -->\n).*?(<!-- end -->)",
            lambda match, made=made: f"{match[1]}{made}\n{match[2]}",
            text,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
