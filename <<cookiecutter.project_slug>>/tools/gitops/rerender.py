"""Other answers at the version of the template that this repository has."""

import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from gitops import answers, news
from gitops.answers import Catalogue
from gitops.cli import Refused
from gitops.files import File, Files, read
from gitops.merge import merge
from gitops.template import RECORD, Record, Template, answers_of, record

README = "README.md"


def with_component(root: Path, name: str) -> tuple[Files, list[str]]:
    """What adding a component and what it needs changes, and what to know about it. Raises Refused."""
    with _origin(root) as origin:
        try:
            chosen = answers.with_component(name, origin.answers, origin.catalogue)
        except ValueError as error:
            raise Refused(str(error)) from error
        if not chosen.added:
            return {}, []
        changed = origin.rerender(chosen.answer)
    notes = [f"{other} comes with it, for {name} needs it" for other in chosen.added if other != name]
    old, new = (file.content.decode() if file else "" for file in (read(root, README), changed.get(README)))
    if said := news.of_readme(old, new):
        notes.append(f"{README} says what only you can do for it:\n\n{said}\n")
    return changed, [*notes, "next: git diff, commit and push"]


def without_component(root: Path, name: str, own: Container[str]) -> Files | None:
    """What removing a component changes beside the files that are its `own`.

    None where the template did not generate it: the owner wrote it. Raises Refused, and ValueError where it is needed,
    with a line for each that needs it.
    """
    with _origin(root) as origin:
        answer = answers.without_component(name, origin.answers, origin.catalogue)
        return None if answer is None else origin.rerender(answer, own)


@dataclass(frozen=True)
class _Origin:
    """What the repository at `root` was generated from; `answers` are the recorded ones, with today's environments."""

    root: Path
    template: Template
    recorded: Record
    answers: dict[str, str]
    catalogue: Catalogue

    def rerender(self, components: str, own: Container[str] = ()) -> Files:
        """What changes when the answer `components` becomes this one.

        Where the owner changed nothing, that is what the answer would have generated; what the owner changed stays, and
        what is in `own` is not looked at. Raises Refused, which names the places, where both changed the same.
        """
        given = self.answers | {"components": components}
        with tempfile.TemporaryDirectory() as folder:
            before, after = (
                self.template.render(self.recorded.commit, those, Path(folder, name))
                for name, those in (("before", self.answers), ("after", given))
            )
            merged = merge(self.root, before, after, own)
            context = record(after).whole["context"]
        if merged.conflicts:
            places = "\n".join(f"  {place}" for place in merged.conflicts)
            raise Refused(f"nothing was changed, since it would touch what you changed:\n{places}")
        context["cookiecutter"]["_template"] = self.recorded.url
        whole = self.recorded.whole | {"context": context}
        return merged.files | {RECORD: File(replace(self.recorded, whole=whole).text().encode())}


@contextmanager
def _origin(root: Path) -> Iterator[_Origin]:
    recorded = record(root)
    with tempfile.TemporaryDirectory() as folder:
        template = Template(recorded.url, Path(folder, "template.git"))
        catalogue = yaml.safe_load(template.file(recorded.commit, "catalogue.yaml"))
        yield _Origin(root, template, recorded, answers_of(root, recorded.answers), catalogue)
