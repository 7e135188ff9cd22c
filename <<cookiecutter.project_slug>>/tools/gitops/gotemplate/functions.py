"""The functions of templates, by name: Go's own, Sprig's and Argo CD's.

Those are left out that read a clock, a random number or the environment, that make keys, and that few ever use. Each
is as strict as in Go: what is no string where one is wanted is an error.
"""

import base64
import hashlib
import json
import math
import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from gitops.documents import Loader, parse
from gitops.gotemplate.errors import NotUnderstood, TemplateError
from gitops.gotemplate.values import StringMap, is_true, shown, shown_float, type_name

LONGEST = 2**20


def _text(value: Any) -> str:
    """A value that has to be a string."""
    if not isinstance(value, str):
        raise TemplateError(f"wrong type for value; expected string; got {type_name(value)}")
    return value


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError(f"wrong type for value; expected a list; got {type_name(value)}")
    return value


def _mapped(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or isinstance(value, StringMap):
        raise TemplateError(f"wrong type for value; expected map[string]interface {{}}; got {type_name(value)}")
    return value


def _whole(value: Any) -> int:
    """A value as Sprig's toInt64 has it: 0 for what is no number."""
    if isinstance(value, (bool, int, float)):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value, 0) if re.fullmatch(r"[+-]?(0[xXoObB]\w+|0|[1-9][0-9]*)", value) else int(value, 8)
        except ValueError:
            return 0
    return 0


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise TemplateError(f"the result is longer than {LONGEST} characters")
    return text


def _strval(value: Any) -> str:
    """A value as Sprig's toString has it."""
    return "<nil>" if value is None else shown(value)


# Comparison.


def _kind(value: Any) -> str:
    return "string" if isinstance(value, str) else type_name(value)


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        raise TemplateError(f"non-comparable type {type_name(one)}")
    if _kind(one) != _kind(other):
        raise TemplateError("incompatible types for comparison")
    return bool(one == other)


def _eq(first: Any, *others: Any) -> bool:
    if not others:
        raise TemplateError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _less(one: Any, other: Any) -> bool:
    if _kind(one) != _kind(other):
        raise TemplateError("incompatible types for comparison")
    if not isinstance(one, (str, int, float)) or isinstance(one, bool):
        raise TemplateError("invalid type for comparison")
    return bool(one < other)


def _not(value: Any) -> bool:
    return not is_true(value)


# Go's own.


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = value.get(_text(key))
        elif isinstance(value, (list, str)):
            if not isinstance(key, int) or isinstance(key, bool):
                raise TemplateError(f"cannot index slice/array with type {type_name(key)}")
            if not 0 <= key < len(value):
                raise TemplateError(f"index out of range: {key}")
            value = value[key] if isinstance(value, list) else value.encode()[key]
        else:
            raise TemplateError(f"can't index item of type {type_name(value)}")
    return value


def _slice(value: Any, *bounds: Any) -> Any:
    """Sprig's slice, which takes the place of Go's: lists only."""
    numbers = [_whole(bound) for bound in bounds[:2]]
    start = numbers[0] if numbers else 0
    end = numbers[1] if len(numbers) > 1 else len(_listed(value))
    if not 0 <= start <= end <= len(_listed(value)):
        raise TemplateError(f"slice bounds out of range [{start}:{end}]")
    return value[start:end]


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, (dict, list)):
        return len(value)
    raise TemplateError(f"len of type {type_name(value)}")


_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?:\.(?P<precision>\d+))?(?P<verb>.)", re.DOTALL)


def _printf(pattern: Any, *values: Any) -> str:
    given = iter(values)
    text = _VERB.sub(lambda match: _verb(match, given), _text(pattern))
    if list(given):
        raise NotUnderstood("printf with more values than verbs")
    return _bounded(text)


def _verb(match: re.Match[str], given: Iterator[Any]) -> str:
    verb, flags = match["verb"], match["flags"]
    if verb == "%":
        return "%"
    value = next(given, match)
    if value is match or set(flags) - {"-", "0"}:
        raise NotUnderstood(f"printf with {match[0]!r}")
    if verb == "v":
        text = "<nil>" if value is None else shown(value)
    elif verb == "s" and isinstance(value, str):
        text = value if match["precision"] is None else value[: int(match["precision"])]
    elif verb == "q" and isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
    elif verb == "t" and isinstance(value, bool):
        text = shown(value)
    elif verb == "d" and isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    elif verb == "x" and isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:x}"
    elif verb in "feg" and isinstance(value, float):
        text = shown_float(value) if verb == "g" else f"{value:.{match['precision'] or 6}{verb}}"
    else:
        raise NotUnderstood(f"printf with {match[0]!r} for {type_name(value)}")
    width = min(int(match["width"] or 0), 1000)
    if "-" in flags:
        return text.ljust(width)
    return text.zfill(width) if "0" in flags and verb in "dxfeg" else text.rjust(width)


def _print(*values: Any) -> str:
    """fmt.Sprint: a space between two values of which neither is a string."""
    text = ""
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            text += " "
        text += "<nil>" if value is None else shown(value)
    return text


# JSON and YAML.


def _json(value: Any) -> str:
    """Go escapes what is special in HTML; numbers are those of float64."""
    text = _raw_json(value)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _raw_json(value: Any) -> str:
    return json.dumps(_for_json(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _pretty_json(value: Any) -> str:
    text = json.dumps(_for_json(value), ensure_ascii=False, indent=2, sort_keys=True)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _for_json(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, float) and abs(value) < 1e-6:
        raise NotUnderstood(f"the number {value}")
    if isinstance(value, dict):
        return {key: _for_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_for_json(each) for each in value]
    return value


def as_go(value: Any) -> Any:
    """Data of JSON or YAML as Go has it: every number is a float64, every key a string."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dict):
        return {key if isinstance(key, str) else shown(key): as_go(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_go(each) for each in value]
    return str(value)


def _from_json(text: Any) -> Any:
    try:
        return as_go(json.loads(_text(text)))
    except ValueError:
        return None


def _must_from_json(text: Any) -> Any:
    try:
        return as_go(json.loads(_text(text)))
    except ValueError as error:
        raise TemplateError(f"error calling mustFromJson: {error}") from error


def _to_yaml(value: Any) -> str:
    text: str = yaml.safe_dump(_for_json(value), default_flow_style=False, allow_unicode=True, width=10**6)
    return text.removesuffix("\n")


def load_yaml(text: str) -> Any:
    """The first document in a text. Raises TemplateError."""
    documents, faults = parse(text, _GoLoader)
    for fault in faults:
        if fault.kind == "syntax":
            raise TemplateError(f"no YAML: {fault.problem}")
    return documents[0][1] if documents else None


def _from_yaml(kind: type) -> Callable[[Any], Any]:
    def read(text: Any) -> Any:
        value = load_yaml(_text(text))
        if value is None:
            return kind()
        if not isinstance(value, kind):
            raise TemplateError(f"the YAML is {type_name(value)}")
        return as_go(value)

    return read


class _GoLoader(Loader):
    """YAML as templates of Go read it, where y and n are truth values too."""


_GoLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^[yYnN]$"), list("yYnN"))
_GoLoader.bool_values = {**Loader.bool_values, "y": True, "n": False}


# Maps and lists.


def _dict(*pairs: Any) -> dict[str, Any]:
    keys, values = pairs[::2], [*pairs[1::2], ""]
    return {_strval(key): value for key, value in zip(keys, values, strict=False)}


def _dig(*arguments: Any) -> Any:
    if len(arguments) < 3:
        raise TemplateError("dig needs at least three arguments")
    *keys, default, value = arguments
    for key in keys:
        if _text(key) not in _mapped(value):
            return default
        value = value[key]
    return value


def _merge(*maps: Any) -> dict[str, Any]:
    """The first wins; maps in maps are merged too. The first argument itself is changed, as in Sprig."""
    first = _mapped(maps[0])
    for other in maps[1:]:
        for key, value in _mapped(other).items():
            if isinstance(first.get(key), dict) and isinstance(value, dict):
                _merge(first[key], value)
            elif not is_true(first.get(key)):
                first[key] = value
    return first


def _merge_overwrite(*maps: Any) -> dict[str, Any]:
    first = _mapped(maps[0])
    for other in maps[1:]:
        for key, value in _mapped(other).items():
            if isinstance(first.get(key), dict) and isinstance(value, dict):
                _merge_overwrite(first[key], value)
            elif is_true(value) or key not in first:
                first[key] = value
    return first


def _set(value: Any, key: Any, new: Any) -> dict[str, Any]:
    _mapped(value)[_text(key)] = new
    return _mapped(value)


def _unset(value: Any, key: Any) -> dict[str, Any]:
    _mapped(value).pop(_text(key), None)
    return _mapped(value)


def _pluck(key: Any, *maps: Any) -> list[Any]:
    return [each[key] for each in maps if _text(key) in _mapped(each)]


def _holds(values: Any, value: Any) -> bool:
    """Whether a list has `value`: 1 and 1.0 are two values in Go."""
    return any(value == other and type(value) is type(other) for other in _listed(values))


def _uniq(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in _listed(values):
        if not _holds(found, value):
            found.append(value)
    return found


def _strings(value: Any) -> list[str]:
    if value is None:
        return []
    return [_strval(each) for each in value if each is not None] if isinstance(value, list) else [_strval(value)]


def _split(separator: Any, text: Any, most: int = -1) -> dict[str, Any]:
    return {f"_{index}": part for index, part in enumerate(_parts(separator, text, most))}


def _parts(separator: Any, text: Any, most: int = -1) -> list[str]:
    if not _text(separator):
        return list(_text(text))
    return _text(text).split(separator, most - 1 if most > 0 else -1)


def _until(count: Any) -> list[int]:
    return _steps(0, count, 1 if _whole(count) >= 0 else -1)


def _steps(start: Any, stop: Any, step: Any) -> list[int]:
    numbers = range(_whole(start), _whole(stop), _whole(step) or 1) if _whole(step) else range(0)
    if len(numbers) > 10000:
        raise TemplateError("more than 10000 numbers")
    return list(numbers)


# Text.


def _substr(start: Any, end: Any, text: Any) -> str:
    raw = _text(text).encode()
    first, last = _whole(start), _whole(end)
    if first < 0:
        return raw[:last].decode(errors="replace")
    return raw[first : len(raw) if last < 0 or last > len(raw) else last].decode(errors="replace")


def _trunc(count: Any, text: Any) -> str:
    number, raw = _whole(count), _text(text).encode()
    kept = raw[number:] if number < 0 and len(raw) + number > 0 else raw[:number] if 0 <= number < len(raw) else raw
    return kept.decode(errors="replace")


def _indent(count: Any, text: Any) -> str:
    space = " " * min(_whole(count), 1000)
    return space + _text(text).replace("\n", f"\n{space}")


def _quote(*values: Any) -> str:
    return " ".join(json.dumps(_strval(value), ensure_ascii=False) for value in values if value is not None)


def _squote(*values: Any) -> str:
    return " ".join(f"'{shown(value)}'" for value in values if value is not None)


def _repeat(count: Any, text: Any) -> str:
    if _whole(count) * len(_text(text)) > LONGEST:
        raise TemplateError(f"the result is longer than {LONGEST} characters")
    return str(text) * _whole(count)


def _title(text: Any) -> str:
    return re.sub(r"(^|\W)(\w)", lambda match: match[1] + match[2].upper(), _text(text))


def _regexp(pattern: Any) -> re.Pattern[str]:
    """Go's regular expressions have no look-around and no back references; the rest is read alike, mostly."""
    if re.search(r"\(\?(?![:P]|[imsU-]+[:)])|\\[1-9]|\\[pPzQE]|\[\[:", _text(pattern)) or len(pattern) > 200:
        raise NotUnderstood(f"the regular expression {pattern}")
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise TemplateError(f"error parsing regexp: {error}") from error


def _regex_replace(pattern: Any, text: Any, replacement: Any) -> str:
    """`$1` and `${1}` in the replacement are groups; a name runs as far as it can."""
    compiled = _regexp(pattern)

    def group(match: re.Match[str], name: str) -> str:
        key: str | int = int(name) if name.isdigit() else name
        known = key in compiled.groupindex or (isinstance(key, int) and key <= compiled.groups)
        return (match[key] or "") if known else ""

    def expanded(match: re.Match[str]) -> str:
        return re.sub(
            r"\$(?:\$|\{(\w+)\}|(\w+))",
            lambda found: "$" if found[0] == "$$" else group(match, found[1] or found[2]),
            _text(replacement),
        )

    return compiled.sub(expanded, _text(text))


def _fail(message: Any) -> str:
    raise TemplateError(f"fail: {_text(message)}")


def normalize(name: Any) -> str:
    """Argo CD's SanitizeName."""
    return re.sub(r"[^-a-z0-9.]", "-", _text(name).lower())[:253].strip("-.")


def _slugify(*arguments: Any) -> str:
    """Argo CD's SlugifyName, of what is left of a name by SanitizeName: at most 50 characters, cut between words."""
    *options, name = arguments or ("",)
    longest = options[0] if options else 50
    smart = options[1] if len(options) > 1 else True
    if isinstance(longest, bool) or not isinstance(longest, int) or not isinstance(smart, bool):
        raise TemplateError("slugify wants an int, a bool and a string")
    slug = re.sub(r"-+", "-", re.sub(r"[^a-z0-9_-]", "-", normalize(name))).strip("-_")
    if len(slug) <= longest or longest <= 0:
        return slug
    if not smart:
        return slug[:longest].strip("-_")
    kept = ""
    for word in slug.split("-"):
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > longest:
            break
        kept = longer
    return kept or slug.split("-")[0][:longest]


def _base(path: Any) -> str:
    text = _text(path).rstrip("/")
    return posixpath.basename(text) if text else ("/" if path else ".")


def _clean(path: Any) -> str:
    cleaned = posixpath.normpath(_text(path)) if path else "."
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _dir(path: Any) -> str:
    return _clean(_text(path).rpartition("/")[0] + ("/" if "/" in path else ""))


def _ext(path: Any) -> str:
    name = _text(path).rpartition("/")[2]
    return f".{name.rpartition('.')[2]}" if "." in name else ""


def _first(values: Any) -> Any:
    return values[0] if _listed(values) else None


def _last(values: Any) -> Any:
    return values[-1] if _listed(values) else None


def _decoded(text: Any) -> str:
    try:
        return base64.b64decode(_text(text), validate=True).decode(errors="replace")
    except ValueError as error:
        return str(error)


def _divided(one: Any, other: Any) -> int:
    if not _whole(other):
        raise TemplateError("integer divide by zero")
    quotient = abs(_whole(one)) // abs(_whole(other))
    return quotient if (_whole(one) < 0) == (_whole(other) < 0) else -quotient


_KINDS = {"int": "int", "float64": "float64", "[]interface {}": "slice", "nil": "invalid"}


def _kind_of(value: Any) -> str:
    return "map" if isinstance(value, dict) else _KINDS.get(type_name(value), type_name(value))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "not": _not,
    "eq": _eq,
    "ne": lambda one, other: not _same(one, other),
    "lt": _less,
    "le": lambda one, other: _less(one, other) or _same(one, other),
    "gt": lambda one, other: not (_less(one, other) or _same(one, other)),
    "ge": lambda one, other: not _less(one, other),
    "index": _index,
    "slice": _slice,
    "len": _len,
    "print": _print,
    "println": lambda *values: " ".join("<nil>" if value is None else shown(value) for value in values) + "\n",
    "printf": _printf,
    # Defaults and choices
    "default": lambda default, value=None: value if is_true(value) else default,
    "empty": _not,
    "coalesce": lambda *values: next((value for value in values if is_true(value)), None),
    "ternary": lambda one, other, test: one if test else other,
    "all": lambda *values: all(map(is_true, values)),
    "any": lambda *values: any(map(is_true, values)),
    "fail": _fail,
    # JSON and YAML
    "toJson": _json,
    "mustToJson": _json,
    "toRawJson": _raw_json,
    "mustToRawJson": _raw_json,
    "toPrettyJson": _pretty_json,
    "mustToPrettyJson": _pretty_json,
    "fromJson": _from_json,
    "mustFromJson": _must_from_json,
    "toYaml": _to_yaml,
    "fromYaml": _from_yaml(dict),
    "fromYamlArray": _from_yaml(list),
    # Maps
    "dict": _dict,
    "get": lambda value, key: _mapped(value).get(_text(key), ""),
    "set": _set,
    "unset": _unset,
    "hasKey": lambda value, key: _text(key) in _mapped(value),
    "dig": _dig,
    "pluck": _pluck,
    "pick": lambda value, *keys: {key: _mapped(value)[key] for key in keys if key in value},
    "omit": lambda value, *keys: {key: each for key, each in _mapped(value).items() if key not in keys},
    "merge": _merge,
    "mustMerge": _merge,
    "mergeOverwrite": _merge_overwrite,
    "mustMergeOverwrite": _merge_overwrite,
    # Lists
    "list": lambda *values: list(values),
    "tuple": lambda *values: list(values),
    "first": _first,
    "mustFirst": _first,
    "last": _last,
    "mustLast": _last,
    "rest": lambda values: _listed(values)[1:],
    "mustRest": lambda values: _listed(values)[1:],
    "initial": lambda values: _listed(values)[:-1],
    "mustInitial": lambda values: _listed(values)[:-1],
    "append": lambda values, value: [*_listed(values), value],
    "mustAppend": lambda values, value: [*_listed(values), value],
    "push": lambda values, value: [*_listed(values), value],
    "prepend": lambda values, value: [value, *_listed(values)],
    "mustPrepend": lambda values, value: [value, *_listed(values)],
    "concat": lambda *lists: [value for each in lists for value in _listed(each)],
    "reverse": lambda values: _listed(values)[::-1],
    "uniq": _uniq,
    "without": lambda values, *gone: [value for value in _listed(values) if not _holds(list(gone), value)],
    "has": lambda value, values: values is not None and _holds(values, value),
    "compact": lambda values: [value for value in _listed(values) if is_true(value)],
    "join": lambda separator, values: _text(separator).join(_strings(values)),
    "sortAlpha": lambda values: sorted(_strings(values)),
    "toStrings": _strings,
    "splitList": lambda separator, text: _parts(separator, text),
    "split": lambda separator, text: _split(separator, text),
    "splitn": lambda separator, most, text: _split(separator, text, _whole(most)),
    "until": _until,
    "untilStep": _steps,
    # Text
    "toString": _strval,
    "trim": lambda text: _text(text).strip(),
    "trimAll": lambda marks, text: _text(text).strip(_text(marks)),
    "trimPrefix": lambda prefix, text: _text(text).removeprefix(_text(prefix)),
    "trimSuffix": lambda suffix, text: _text(text).removesuffix(_text(suffix)),
    "upper": lambda text: _text(text).upper(),
    "lower": lambda text: _text(text).lower(),
    "title": _title,
    "untitle": lambda text: re.sub(r"(^|\s)(\w)", lambda match: match[1] + match[2].lower(), _text(text)),
    "nospace": lambda text: re.sub(r"\s", "", _text(text)),
    "substr": _substr,
    "trunc": _trunc,
    "repeat": _repeat,
    "contains": lambda part, text: _text(part) in _text(text),
    "hasPrefix": lambda prefix, text: _text(text).startswith(_text(prefix)),
    "hasSuffix": lambda suffix, text: _text(text).endswith(_text(suffix)),
    "replace": lambda old, new, text: _text(text).replace(_text(old), _text(new)),
    "quote": _quote,
    "squote": _squote,
    "cat": lambda *values: " ".join(shown(value) for value in values if value is not None),
    "indent": _indent,
    "nindent": lambda count, text: f"\n{_indent(count, text)}",
    "normalize": normalize,
    "slugify": _slugify,
    # Regular expressions
    "regexMatch": lambda pattern, text: bool(_regexp(pattern).search(_text(text))),
    "regexFind": lambda pattern, text: ((match := _regexp(pattern).search(_text(text))) and match[0]) or "",
    "regexReplaceAll": _regex_replace,
    "regexReplaceAllLiteral": lambda pattern, text, new: _regexp(pattern).sub(lambda _: _text(new), _text(text)),
    "regexQuoteMeta": lambda text: re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", _text(text)),
    # Numbers
    "int": _whole,
    "int64": _whole,
    "float64": lambda value: float(value) if isinstance(value, (int, float)) else 0.0,
    "atoi": lambda text: int(_text(text)) if re.fullmatch(r"[+-]?[0-9]+", _text(text)) else 0,
    "add": lambda *values: sum(map(_whole, values)),
    "add1": lambda value: _whole(value) + 1,
    "sub": lambda one, other: _whole(one) - _whole(other),
    "mul": lambda one, *others: math.prod([_whole(one), *map(_whole, others)]),
    "div": _divided,
    "mod": lambda one, other: _whole(one) - _whole(other) * _divided(one, other),
    "max": lambda one, *others: max([_whole(one), *map(_whole, others)]),
    "min": lambda one, *others: min([_whole(one), *map(_whole, others)]),
    # Encoding
    "b64enc": lambda text: base64.b64encode(_text(text).encode()).decode(),
    "b64dec": _decoded,
    "sha1sum": lambda text: hashlib.sha1(_text(text).encode(), usedforsecurity=False).hexdigest(),
    "sha256sum": lambda text: hashlib.sha256(_text(text).encode()).hexdigest(),
    # Paths
    "base": _base,
    "dir": _dir,
    "clean": _clean,
    "ext": _ext,
    "isAbs": lambda path: _text(path).startswith("/"),
    # Types
    "kindOf": _kind_of,
    "kindIs": lambda kind, value: _text(kind) == _kind_of(value),
    "typeOf": type_name,
}
