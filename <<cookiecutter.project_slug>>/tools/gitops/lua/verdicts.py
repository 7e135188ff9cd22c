"""What Argo CD makes of a script's return value, which is given here as JSON has it."""

from typing import Any

STATUSES = ("Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown")


class Refused(Exception):
    """Argo CD has an error for such a value; the text is its own."""


def health(value: Any) -> dict[str, str]:
    """`status` and `message`; both are empty where the script returned nothing, or something else than text."""
    if value is None:
        return {"status": "", "message": ""}
    if not isinstance(value, (dict, list)):
        raise Refused(f"expect table output from Lua script, not {_type(value)}")
    fields = {name: value.get(name) or "" for name in ("status", "message")} if isinstance(value, dict) else {}
    if not fields or any(not isinstance(text, str) for text in fields.values()):
        return {"status": "", "message": ""}
    if fields["status"] not in STATUSES:
        return {"status": "Unknown", "message": "Lua returned an invalid health status"}
    return fields


def discovery(value: Any) -> list[dict[str, Any]]:
    """`name` and `disabled` of each action, in the order of the names."""
    if not isinstance(value, (dict, list)):
        raise Refused(f"expect table output from Lua script, not {_type(value)}")
    if isinstance(value, list):
        if value:
            raise Refused("error unmarshaling action table: it is a list")
        return []
    return [
        {"name": name, "disabled": isinstance(value[name], dict) and value[name].get("disabled") is True}
        for name in sorted(value)
    ]


def action(value: Any, obj: dict[str, Any]) -> list[dict[str, Any]]:
    """`operation` (patch or create) and `resource` of each object that an action on `obj` writes."""
    if not isinstance(value, (dict, list)):
        raise Refused(f"expect table output from Lua script, not {_type(value)}")
    found = value if isinstance(value, list) else [{"operation": "patch", "resource": value}]
    for impacted in found:
        if not isinstance(impacted, dict) or not isinstance(impacted.get("resource"), dict):
            raise Refused("each of what an action returns has to have a resource")
        if impacted.get("operation") not in ("patch", "create"):
            raise Refused(f"unsupported operation: {impacted.get('operation')}")
    return [
        {
            "operation": impacted["operation"],
            "resource": _cleaned(impacted["resource"], obj)
            if impacted["operation"] == "patch"
            else impacted["resource"],
        }
        for impacted in found
    ]


def _cleaned(new: Any, old: Any) -> Any:
    """`new`, in which what was an empty mapping in `old` is one again: Lua has only one empty table."""
    if isinstance(new, dict) and isinstance(old, dict):
        return {key: _cleaned(item, old[key]) if key in old else item for key, item in new.items()}
    if isinstance(new, list) and isinstance(old, list):
        return [_cleaned(item, old[index]) if index < len(old) else item for index, item in enumerate(new)]
    return {} if new == [] and isinstance(old, dict) else new


def _type(value: Any) -> str:
    return {bool: "boolean", str: "string", type(None): "nil"}.get(type(value), "number")
