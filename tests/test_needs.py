"""Who waits for whom, on small catalogues that are made to show it, and on the real one."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from gitops import needs
from gitops.needs import Component

CATALOGUE = yaml.safe_load((Path(__file__).parent.parent / "catalogue.yaml").read_text(encoding="utf-8"))
COMPONENTS = {name: needs.component(facts) for name, facts in CATALOGUE.items()}


def made(**said: tuple[str, str]) -> dict[str, Component]:
    """Components of (provides, needs), each as words."""
    return {name: Component(frozenset(gives.split()), tuple(takes.split())) for name, (gives, takes) in said.items()}


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        pytest.param(made(a=("x", ""), b=("", "x")), [], id="a chain"),
        pytest.param(made(a=("x", "y"), b=("y", "x")), [{"a", "b"}], id="two"),
        pytest.param(made(a=("x", "z"), b=("y", "x"), c=("z", "y"), d=("", "z")), [{"a", "b", "c"}], id="three"),
        pytest.param(made(a=("x", "y"), b=("y", "x"), c=("v", "w"), d=("w", "v")), [{"a", "b"}, {"c", "d"}], id="2"),
        pytest.param(made(a=("x", "x")), [{"a"}], id="itself"),
        pytest.param(made(a=("x", "y"), b=("y", "x"), c=("x", "")), [], id="another provides it as well"),
        pytest.param(made(a=("x", "outside")), [], id="from outside"),
    ],
)  # fmt: skip
def test_circles_are_found_and_nothing_else(components: dict[str, Component], expected: list[set[str]]) -> None:
    found = needs.circles(components)
    assert all(circle[0] == circle[-1] for circle in found)
    assert sorted(map(sorted, map(set, found))) == sorted(map(sorted, expected))


def test_each_link_of_a_circle_is_a_need() -> None:
    components = made(a=("x", "z"), b=("y", "x"), c=("z", "y"))
    (circle,) = needs.circles(components)
    for one, other in pairwise(circle):
        assert set(components[one].needs) & components[other].provides


def test_the_earliest_wave_is_the_one_after_the_needs() -> None:
    components = made(a=("x", ""), b=("y", "x"), c=("z", "y x"), d=("v", "z"), e=("", "v"), f=("", "outside"))
    assert needs.earliest(components) == {"a": 0, "b": 1, "c": 2, "d": 4, "e": 5, "f": 0}


def test_what_waits_in_a_circle_has_no_wave() -> None:
    assert needs.earliest(made(a=("x", "y"), b=("y", "x"), c=("", "x"), d=("", ""))) == {"d": 0}


def test_the_catalogue_has_no_circle_and_no_component_before_its_needs() -> None:
    assert needs.circles(COMPONENTS) == []
    earliest = needs.earliest(COMPONENTS)
    assert set(earliest) == set(COMPONENTS)
    for name, wave in earliest.items():
        assert CATALOGUE[name]["wave"] >= wave, (
            f"{name} cannot be in wave {CATALOGUE[name]['wave']}: {wave} at the earliest"
        )


def test_everything_together_has_no_circle_either() -> None:
    """With every component chosen, what each only uses where it is there becomes a need."""
    facts = {name: {**entry, "needs": [*entry["needs"], *entry["uses"]]} for name, entry in CATALOGUE.items()}
    components = {name: needs.component(entry) for name, entry in facts.items()}
    assert needs.circles(components) == []
    assert {n for n, wave in needs.earliest(components).items() if CATALOGUE[n]["wave"] < wave} == set()
