"""Go's text/template as ApplicationSets use it: actions, pipelines, variables, and the functions of Sprig and Argo CD.

There is a package that has all of it, but the post-generation hook runs with what cookiecutter brings, on Python 3.10.
What this does not know raises NotUnderstood, and is then reported as not expanded. Nothing here reads a clock, a random
number, a file or the network.
"""

from gitops.gotemplate.errors import NotUnderstood, TemplateError
from gitops.gotemplate.evaluate import render, replace

__all__ = ["NotUnderstood", "TemplateError", "render", "replace"]
