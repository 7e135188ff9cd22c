"""Other answers at the version of the template that this repository has."""

import tempfile
from dataclasses import replace
from pathlib import Path

import yaml

from gitops import answers
from gitops.changes import carry_out
from gitops.cli import Refused
from gitops.files import File, Files
from gitops.merge import merge
from gitops.template import RECORD, Template, answers_of, record


def rerender(root: Path, template: Template, given: dict[str, str]) -> Files:
    """What changes in the repository at `root` when its answers become `given`.

    Where the owner changed nothing, that is what `given` would have generated; what the owner changed stays. Nothing is
    written. Raises Refused, which names the places, where both changed the same.
    """
    recorded = record(root)
    with tempfile.TemporaryDirectory() as folder:
        before = template.render(recorded.commit, answers_of(root, recorded.answers), Path(folder, "before"))
        after = template.render(recorded.commit, given, Path(folder, "after"))
        merged = merge(root, before, after)
        context = record(after).whole["context"]
    if merged.conflicts:
        places = "\n".join(f"  {place}" for place in merged.conflicts)
        raise Refused(f"nothing was changed, since it would touch what you changed:\n{places}")
    context["cookiecutter"]["_template"] = recorded.url
    merged.files[RECORD] = File(replace(recorded, whole=recorded.whole | {"context": context}).text().encode())
    return merged.files


def add_component(root: Path, name: str) -> list[str]:
    """Adds a component and what it needs; returns the components that are new. Raises Refused."""
    recorded = record(root)
    given = answers_of(root, recorded.answers)
    with tempfile.TemporaryDirectory() as folder:
        template = Template(recorded.url, Path(folder, "template.git"))
        catalogue = yaml.safe_load(template.file(recorded.commit, "catalogue.yaml"))
        try:
            chosen = answers.with_component(name, given, catalogue)
        except ValueError as error:
            raise Refused(str(error)) from error
        if not chosen.added:
            return []
        files = rerender(root, template, given | {"components": chosen.answer})
    # Bytes survive: what is no UTF-8 comes back as it was.
    carry_out(
        root, {path: file.content.decode(errors="surrogateescape") if file else None for path, file in files.items()}
    )
    return chosen.added
