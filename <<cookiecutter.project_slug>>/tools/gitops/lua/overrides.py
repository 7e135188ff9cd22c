"""The scripts that argocd-cm holds, with the place of each of their lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitops import settings
from gitops.documents import dig, items, parse
from gitops.lua import syntax
from gitops.repository import Repository
from gitops.settings import Setting

HEALTH = "resource.customizations.health."
ACTIONS = "resource.customizations.actions."
OPEN = "resource.customizations.useOpenLibs."


@dataclass(frozen=True)
class Override:
    """A script; `what` names it in a sentence, and `kind` is <group>/<Kind>, or <Kind> for one of the core."""

    kind: str
    what: str
    text: str
    setting: Setting
    is_health: bool
    open_libraries: bool

    def at(self, line: int) -> tuple[str, int]:
        """The file and line of a line of the script; for an action, where its kind's actions stand."""
        return self.setting.at(line) if self.is_health else self.setting.place

    @property
    def chunk(self) -> syntax.Chunk | None:
        """What the script says; None where it is no Lua, which a rule of its own finds."""
        try:
            return syntax.parse(self.text)
        except syntax.Fault:
            return None


def read(repository: Repository) -> Iterator[Override]:
    """Every script of every installation."""
    for folder in settings.installations(repository):
        found = settings.read(repository, folder, "argocd-cm")
        for key, setting in found.items():
            name = key.rpartition(".customizations.")[2].partition(".")[2]
            kind = name.replace("_", "/")
            if key.startswith(HEALTH):
                opened = f"{OPEN}{name}" in found and found[f"{OPEN}{name}"].value == "true"
                yield Override(kind, f"the health check of {kind}", setting.value, setting, True, opened)
            elif key.startswith(ACTIONS):
                yield from _actions(kind, setting)


def _actions(kind: str, setting: Setting) -> Iterator[Override]:
    for _, data in parse(setting.value)[0]:
        if isinstance(text := dig(data, "discovery.lua"), str):
            yield Override(kind, f"the discovery of actions of {kind}", text, setting, False, False)
        for definition in items(dig(data, "definitions")):
            if isinstance(text := dig(definition, "action.lua"), str):
                what = f"the action {dig(definition, 'name')} of {kind}"
                yield Override(kind, what, text, setting, False, False)
