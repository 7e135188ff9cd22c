"""Jinja extension: shows the catalogue and the rules for answers to templates, file names and hooks."""

import re
import runpy
from pathlib import Path

import yaml
from jinja2 import Environment
from jinja2.ext import Extension


class CatalogueExtension(Extension):
    """Adds what the template knows beside the answers to Jinja's globals.

    Everything is read when the extension is made, never at import: cruft renders two versions of the template in one
    process, and each has to see its own catalogue and its own rules.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        root = Path(__file__).resolve().parent
        (answers,) = root.glob("*cookiecutter.project_slug*/tools/gitops/answers.py")
        rules = runpy.run_path(str(answers))
        environment.globals.update(
            template_root=str(root),
            catalogue=yaml.safe_load((root / "catalogue.yaml").read_text(encoding="utf-8")),
            components=rules["components"],
            environments=rules["environments"],
        )
        environment.filters["markdown"] = markdown


def markdown(text: str) -> str:
    """One line of free text as Markdown that shows it, whatever is in it."""
    escaped = re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text.strip())
    return re.sub(r"^([-+=]|\d+[.)])", r"\\\1", escaped)
