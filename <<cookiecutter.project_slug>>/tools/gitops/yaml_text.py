"""YAML as this repository writes it, for people to read: sequences indented, texts of several lines as blocks."""

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
# What was read from a file knows its lines and is a dict or a list all the same.
_Dumper.add_multi_representer(dict, _Dumper.represent_dict)
_Dumper.add_multi_representer(list, _Dumper.represent_list)


def as_yaml(data: Any) -> str:
    """`data` with its keys in alphabetical order, so that equal things are equal texts."""
    return yaml.dump(data, Dumper=_Dumper, width=10**6, allow_unicode=True)
