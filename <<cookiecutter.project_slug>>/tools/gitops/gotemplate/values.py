"""What values are to Go: how they are printed, when they are true, what their type is called."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

EXPONENT_FROM = 6
"""The decimal exponent from which fmt writes one."""


class StringMap(dict[str, str]):
    """A map[string]string: functions that want a map[string]interface {} refuse it, and selectors do not look in."""


def flattened(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Every value by its path, written with dots, as text; what selectors select."""
    flat: dict[str, str] = {}
    for key, each in value.items():
        inner = dict(enumerate(each)) if isinstance(each, list) else each
        if isinstance(inner, dict) and not isinstance(inner, StringMap) and (inner or isinstance(each, list)):
            flat |= flattened({str(name): one for name, one in inner.items()}, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = _shown(each)
    return flat


def is_true(value: Any) -> bool:
    """Whether `if` takes its first branch."""
    return bool(value)


def shown(value: Any) -> str:
    """`value` as fmt prints it with %v."""
    if value is None:
        return "<no value>"
    return _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return shown_float(value)
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_shown(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_shown, value))}]"
    return str(value)


def shown_float(value: float) -> str:
    """A float64 as fmt prints it: the fewest digits that tell it apart, with an exponent when it is large or small."""
    if value != value or value in (float("inf"), float("-inf")):
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    point = len(digits) + exponent  # digits before the decimal point
    text = "".join(map(str, digits))
    if value == 0:
        return "-0" if sign else "0"
    if -4 <= point - 1 < EXPONENT_FROM:
        return f"{'-' if sign else ''}{_plain(text, point)}"
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{'-' if sign else ''}{text[0]}{fraction}e{'-' if point - 1 < 0 else '+'}{abs(point - 1):02d}"


def _plain(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def type_name(value: Any) -> str:
    """What Go calls the type."""
    names = {bool: "bool", int: "int", float: "float64", str: "string", list: "[]interface {}"}
    if isinstance(value, StringMap):
        return "map[string]string"
    return names.get(type(value), "map[string]interface {}" if isinstance(value, dict) else "nil")
