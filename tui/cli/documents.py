"""Plain data as JSON and YAML: whole, or in pieces where it is too long to be held twice."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import yaml

Lists = Iterable[object] | Mapping[str, Iterable[object]]
_STRANGE: Final = re.compile(r"[^\x20-\x7e\n]")


def json_pieces(data: Lists) -> Iterator[str]:
    """A list, or named lists, as `json_text` writes them, with the end of the last line; a list may be an iterator."""
    if not isinstance(data, Mapping):
        yield from _json_list(data, "")
        yield "\n"
        return
    lead = "{\n"
    for name, items in data.items():
        yield f"{lead}  {json_text(name)}: "
        yield from _json_list(items, "  ")
        lead = ",\n"
    yield "\n}\n" if data else "{}\n"


def _json_list(items: Iterable[object], indent: str) -> Iterator[str]:
    lead, end = "[", "[]"
    for item in items:
        yield f"{lead}\n{indent}  " + json_text(item).replace("\n", f"\n{indent}  ")
        lead, end = ",", f"\n{indent}]"
    yield end


def yaml_pieces(data: Lists) -> Iterator[str]:
    """The same as `yaml_text` writes them."""
    for name, items in data.items() if isinstance(data, Mapping) else [("", data)]:
        lead = f"{yaml_text(name)}:\n" if name else ""
        empty = f"{yaml_text(name)}: []" if name else "[]"
        for item in items:
            yield f"{lead}{yaml_text([item])}\n"
            lead = empty = ""
        yield empty + "\n" * bool(empty)


def json_text(data: object) -> str:
    """Plain data as JSON for people and programs, without the end of the last line."""
    return _STRANGE.sub(_escaped, json.dumps(data, indent=2, ensure_ascii=False))


def yaml_text(data: object) -> str:
    """Plain data as YAML."""
    text: str = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n").rstrip("\n")


def _escaped(match: re.Match[str]) -> str:
    """What answers hold may control a terminal; in JSON an escape says the same."""
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]
