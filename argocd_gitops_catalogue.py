"""Jinja extension: shows the catalogue and the rules for answers to templates, file names and hooks."""

import runpy
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import Extension


class CatalogueExtension(Extension):
    """Adds what templates/globals.py says.

    That file is run whenever the extension is made. cruft renders two versions of the template in one process and
    imports this module once, from the older: what stands here can never change again.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        root = Path(__file__).resolve().parent
        runpy.run_path(str(root / "templates/globals.py"))["extend"](environment, root)
