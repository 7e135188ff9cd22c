"""What the verbs print: for people on a terminal, for pipes without colour, and as JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console


def console() -> "Console":
    """Colours on a terminal, unless NO_COLOR is set; no line is ever folded or cut off."""
    from rich.console import Console

    return Console(highlight=False, markup=False, soft_wrap=True)


def as_json(data: Any) -> None:
    # The name of a file need not be UTF-8: what is not becomes an escape of JSON.
    click.echo(json.dumps(data, indent=2, ensure_ascii=False).encode(errors="backslashreplace").decode())


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """A line for each row; every column but the last is as wide as its widest cell."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
