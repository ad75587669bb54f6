"""Label and field selectors of a request, and what they select."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.core.kube_object import Requirement
from tui.demo.kube_resources import Obj
from tui.demo.kube_status import ApiError, bad_request
from tui.demo.kube_store import Stored

_TOKEN: Final = re.compile(r"\s*(!=|==|=|!|,|\(|\)|[^\s,()=!]+)")
_META: Final = ("metadata.name", "metadata.namespace")
# what can be asked for besides the name, by kind
_FIELDS: Final = {
    "pods": ("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase",
             "status.podIP", "status.nominatedNodeName"),
    "events": ("involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
               "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
               "reportingComponent", "source", "type"),
    "secrets": ("type",),
    "nodes": ("spec.unschedulable",),
    "namespaces": ("status.phase",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list or a watch asks for; the empty one selects everything."""

    namespace: str = ""
    labels: tuple[Requirement, ...] = ()
    fields: tuple[tuple[str, str, bool], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether no selector narrows it (a namespace does not count)."""
        return not self.labels and not self.fields

    def selects(self, stored: Stored) -> bool:
        """Whether an object belongs to it."""
        if self.namespace and stored.namespace != self.namespace:
            return False
        if self.everything:
            return True
        obj = stored.obj()
        labels: Mapping[str, str] = obj["metadata"].get("labels") or {}
        wanted = all((field_of(obj, name) == value) is equal for name, value, equal in self.fields)
        return wanted and all(requirement.matches(labels) for requirement in self.labels)


def select(plural: str, namespace: str, labels: str, fields: str) -> Selection:
    """Read the selectors of a request. Raises ApiError (400) for what can't be read."""
    return Selection(namespace, _labels(labels), _fields(plural, fields))


def field_of(obj: Obj, path: str) -> str:
    """The text of a field by its dotted path, "" when it is not there."""
    value: object = obj
    for word in path.split("."):
        value = value.get(word) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return str(value.get("component", ""))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _fields(plural: str, text: str) -> tuple[tuple[str, str, bool], ...]:
    found = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"([^=!]+)(!=|==|=)(.*)", part)
        if match is None:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        name, operator, value = match.groups()
        known = (*_META, *_FIELDS.get(plural, ()))
        if name not in known:
            raise _unknown(plural, name)
        found.append((name, value, operator != "!="))
    return tuple(found)


def _unknown(plural: str, name: str) -> ApiError:
    if plural in _FIELDS:
        return bad_request(f"field label not supported: {name}")
    return bad_request(f'"{name}" is not a known field selector: only "metadata.name", "metadata.namespace"')


class _Reader:
    def __init__(self, text: str) -> None:
        self.words = _TOKEN.findall(text)
        self.at = 0

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self) -> str:
        word = self.peek()
        self.at += 1
        return word


def _labels(text: str) -> tuple[Requirement, ...]:
    reader, found = _Reader(text), []
    while reader.peek():
        found.append(_requirement(reader))
        word = reader.take()
        if word not in (",", ""):
            raise _unreadable(f"found '{word}', expected: ',' or 'end of string'")
    return tuple(found)


def _requirement(reader: _Reader) -> Requirement:
    word = reader.take()
    if word == "!":
        return Requirement(reader.take(), "DoesNotExist")
    operator = reader.peek()
    if operator in (",", ""):
        return Requirement(word, "Exists")
    reader.take()
    match operator:
        case "=" | "==":
            return Requirement(word, "In", (_value(reader),))
        case "!=":
            return Requirement(word, "NotIn", (_value(reader),))
        case "in" | "notin":
            return Requirement(word, "In" if operator == "in" else "NotIn", _values(reader))
    raise _unreadable(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")


def _value(reader: _Reader) -> str:
    return "" if reader.peek() in (",", "") else reader.take()


def _values(reader: _Reader) -> tuple[str, ...]:
    if reader.take() != "(":
        raise _unreadable(f"found '{reader.peek()}', expected: '('")
    found = [_value(reader)]
    while (word := reader.take()) == ",":
        found.append(_value(reader))
    if word != ")":
        raise _unreadable(f"found '{word}', expected: ',' or ')'")
    return tuple(found)


def _unreadable(why: str) -> ApiError:
    return bad_request(f"unable to parse requirement: {why}")
