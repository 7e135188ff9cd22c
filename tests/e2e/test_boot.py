"""A cluster boots from the README's commands alone, in the order that the files say."""

from __future__ import annotations

from collections.abc import Callable

from installation import Installation


def order_violations(installation: Installation) -> list[str]:
    """Return every Application that appeared before one of an earlier wave was ready for the first time."""
    waves = installation.expected()
    return [
        f"{name} (wave {waves[name]}) appeared before {earlier} (wave {waves[earlier]}) was ready"
        for name in waves
        for earlier in waves
        if "root" not in (name, earlier)
        and waves[earlier] < waves[name]
        and installation.appeared(name).order < installation.became_ready(earlier).order
    ]


def test_boots_from_the_readme_in_the_order_of_the_waves(install: Callable[..., Installation]) -> None:
    installation = install()
    installation.boot()
    installation.wait_ready()
    present = {item["metadata"]["name"] for item in installation.kube.list("applications")}
    assert present == set(installation.expected()), installation.story()
    started = sorted(present - {"root"}, key=lambda name: installation.appeared(name).order)
    waves = installation.expected()
    print("started:", ", ".join(f"{name} ({waves[name]})" for name in started))
    assert not order_violations(installation), installation.story()
