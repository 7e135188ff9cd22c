"""The gate has a mode and two times, and its scripts are filled with them.

`mode` is strict, health or off; `bound-seconds` is how long a wave waits before the root tries again with the newest
commit, `settle-seconds` how long a new status is not believed. A script that holds a word instead of a value fails,
and with it every wave.
"""

import re
from collections.abc import Iterator

from gitops import layout, settings
from gitops.findings import Finding
from gitops.repository import Repository

ID = "GATE02"
FILE = f"{layout.LUA}/gate.yaml"
MODES = ("strict", "health", "off")
WORD = re.compile(r'"(WAVE_GATE|BOUND_SECONDS|SETTLE_SECONDS)"')


def check(repository: Repository) -> Iterator[Finding]:
    gate = repository.first(FILE)
    if gate is None or gate.kind != "ConfigMap":
        message = "there is no ConfigMap `gate` with the mode and the times of the gate"
        yield Finding(ID, FILE, None, message, "add it with mode, bound-seconds and settle-seconds under data")
        return
    if gate.get("data", "mode") not in MODES:
        message = f"mode is {gate.get('data', 'mode')!r}"
        yield Finding(ID, *gate.at("data", "mode"), message, f"write one of {', '.join(MODES)}, in quotes")
    seconds = {}
    for key in ("bound-seconds", "settle-seconds"):
        value = gate.get("data", key)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            seconds[key] = int(value)
        else:
            message = f"{key} is {value!r}, which is no number of seconds in quotes"
            yield Finding(ID, *gate.at("data", key), message, f'write {key}: "<seconds>"')
    if len(seconds) == 2 and seconds["settle-seconds"] >= seconds["bound-seconds"]:
        message = "the gate settles for as long as it waits, so it never passes"
        yield Finding(ID, *gate.at("data", "settle-seconds"), message, "make settle-seconds smaller than bound-seconds")
    installations = settings.installations(repository)
    for folder in repository.builds:
        if folder in installations and repository.is_built(folder):
            for key, setting in settings.read(repository, folder, "argocd-cm").items():
                if key.startswith("resource.customizations.health.") and (match := WORD.search(setting.value)):
                    message = f"{key} still holds the word {match[1]}"
                    fix = f"put a replacement for {key} into {layout.LUA}/kustomization.yaml, as for the others"
                    yield Finding(ID, *setting.place, message, fix)
