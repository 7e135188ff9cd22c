"""What templates, file names and hooks see beside the answers."""

import re
import runpy
from pathlib import Path

import yaml
from jinja2 import Environment

# Five times as fast, where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def extend(environment: Environment, root: Path) -> None:
    """Adds the catalogue and the rules of the template at `root` to Jinja's globals, and our filters."""
    (answers,) = root.glob("*cookiecutter.project_slug*/tools/gitops/answers.py")
    rules = runpy.run_path(str(answers))
    environment.globals.update(
        template_root=str(root),
        catalogue=yaml.load((root / "catalogue.yaml").read_text(encoding="utf-8"), LOADER),
        components=rules["components"],
        crd_groups=rules["crd_groups"],
        environments=rules["environments"],
    )
    environment.filters["markdown"] = markdown


def markdown(text: str) -> str:
    """One line of free text as Markdown that shows it, whatever is in it."""
    escaped = re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text.strip())
    return re.sub(r"^([-+=]|\d+[.)])", r"\\\1", escaped)
