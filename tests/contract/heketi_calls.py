"""Calls recorded on a heketi 10.4 server, and how an answer is compared with one of them.

Ids, times and places differ between two servers: ids are translated as they turn up, of JSON only the shape
counts (keys, types), of lists the shapes of their items.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CALLS = Path(__file__).parents[1] / "data" / "heketi" / "calls.json"
HEADERS = ("Content-Type", "X-Pending", "X-Content-Type-Options", "Content-Disposition")
ID = re.compile(r"[0-9a-f]{32}")
NOBODY = "0" * 32


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded request and its answer; `body` is an object or a text."""

    name: str
    method: str
    path: str
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def number(self) -> int:
        """Its number; three servers were recorded: up to 133, up to 208, up to 235."""
        return int(self.name[:3])

    @property
    def server(self) -> int:
        """Which server it was."""
        return sum(self.number > last for last in (133, 208))


def read_calls() -> list[Call]:
    """All of them, in order."""
    return [Call(**row) for row in json.loads(CALLS.read_text())]


@dataclass(frozen=True, slots=True)
class Given:
    """What the simulated server answered."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(slots=True)
class Ids:
    """Which recorded id stands for which one of the simulated server."""

    known: dict[str, str] = field(default_factory=dict)

    def translate(self, text: str) -> str:
        """A recorded text with the ids of the simulated server."""
        return ID.sub(lambda found: self.known.get(found[0], found[0]), text)

    def learn(self, recorded: Any, given: Any) -> None:
        """Ids that stand in the same place are the same object."""
        if isinstance(recorded, dict) and isinstance(given, dict):
            for key in recorded.keys() & given.keys():
                self.learn(recorded[key], given[key])
        elif isinstance(recorded, list) and isinstance(given, list):
            for one, other in zip(recorded, given, strict=False):
                self.learn(one, other)
        elif isinstance(recorded, str) and isinstance(given, str):
            pairs = zip(ID.findall(recorded), ID.findall(given), strict=False)
            for one, other in pairs:
                if one != NOBODY:
                    self.known.setdefault(one, other)


def differences(call: Call, given: Given, ids: Ids) -> list[str]:
    """How an answer differs from the recorded one; ids that are new are learned."""
    found = []
    if given.status != call.status:
        found.append(f"status {given.status} ({given.text.strip()}), recorded {call.status} ({call.body})")
        return found
    ids.learn(call.headers.get("Location", ""), given.headers.get("Location", ""))
    for name in HEADERS:
        if given.headers.get(name) != call.headers.get(name):
            found.append(f"{name}: {given.headers.get(name)}, recorded {call.headers.get(name)}")
    there = ids.translate(call.headers.get("Location", ""))
    if given.headers.get("Location", "") != there:
        found.append(f"Location: {given.headers.get('Location')}, recorded {there}")
    return found + _bodies(call, given, ids)


def _bodies(call: Call, given: Given, ids: Ids) -> list[str]:
    if isinstance(call.body, dict):
        answer = json.loads(given.text)
        ids.learn(call.body, answer)
        one, other = shape(call.body), shape(answer)
        return [] if one == other else [f"shape {other}\nrecorded {one}"]
    if re.fullmatch(r"<\d+ bytes>", call.body):
        return [] if given.text else ["no body"]
    wanted, text = (re.sub(r"expired by \S+", "expired by T", t) for t in (ids.translate(call.body), given.text))
    return [] if text == wanted else [f"{text!r}, recorded {wanted!r}"]


def shape(value: Any) -> Any:
    """Keys and types of a JSON value. The items of a list, and of a table whose keys are ids, are one merged shape."""
    if isinstance(value, dict):
        if value and all(ID.fullmatch(key) for key in value):
            return ["by id", *_merged([shape(item) for item in value.values()])]
        return {key: shape(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return ["list", *_merged([shape(item) for item in value])]
    # a factor of 1.5 and one of 1 are both numbers
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _merged(shapes: list[Any]) -> list[Any]:
    """One shape for all: keys that only some have end in "?", and an empty list is one of whatever others hold."""
    if not shapes:
        return []
    if all(isinstance(one, dict) for one in shapes):
        keys = sorted({key for one in shapes for key in one})
        whole = {key: [one[key] for one in shapes if key in one] for key in keys}
        return [{key + "?" * (len(found) < len(shapes)): _merged(found) for key, found in whole.items()}]
    if all(isinstance(one, list) for one in shapes):
        return [[shapes[0][0], *_merged([item for one in shapes for item in one[1:]])]]
    return sorted({json.dumps(one) for one in shapes})
