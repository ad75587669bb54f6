"""What the simulated heketi refuses in a request, in the words of heketi's validation."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from tui.demo.heketi_wire import Fail

_ID: Final = re.compile(r"[0-9a-fA-F]{32}")
_HOST: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?")
_DEVICE: Final = re.compile(r"/[a-zA-Z0-9_.:/-]+")
_VOLUME: Final = re.compile(r"[a-zA-Z0-9_-]+")
_TAG: Final = re.compile(r"[a-zA-Z0-9_.-]{1,32}")
_DISPERSIONS: Final = ((2, 1), (4, 2), (8, 3), (8, 4))
BLANK, FORMAT = "cannot be blank", "must be in a valid format"


class Problems:
    """Problems by field, which heketi tells all at once."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def add(self, name: str, words: str) -> None:
        """One problem of a field."""
        self._words.setdefault(name, words)

    def need(self, name: str, value: object) -> bool:
        """Whether a required field is there."""
        if not value:
            self.add(name, BLANK)
        return bool(value)

    def text(self) -> str:
        """All of them in one line, sorted by field; "" for none."""
        return "; ".join(f"{name}: {self._words[name]}" for name in sorted(self._words))

    def raise_any(self) -> None:
        """Raise Fail where there are any."""
        if self._words:
            raise Fail(400, f"validation failed: {self.text()}.")


def part(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object within a request."""
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def listed(raw: Mapping[str, Any], name: str) -> list[str]:
    """A list of strings within a request."""
    value = raw.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def check_node(body: Mapping[str, Any]) -> None:
    """POST /nodes."""
    problems, names = Problems(), Problems()
    zone = body.get("zone", 0)
    if problems.need("zone", zone) and (not isinstance(zone, int) or zone < 1):
        problems.add("zone", "must be no less than 1")
    _id(problems, "cluster", body.get("cluster"))
    _tags(problems, part(body, "tags"))
    hostnames = part(body, "hostnames")
    for kind in ("manage", "storage"):
        hosts = listed(hostnames, kind)
        if names.need(kind, hosts) and not all(_is_host(host) for host in hosts):
            names.add(kind, f"[{' '.join(hosts)}] is not a valid {kind} hostname")
    if names.text():
        problems.add("hostnames", f"({names.text()}.)")
    problems.raise_any()


def check_device(body: Mapping[str, Any]) -> None:
    """POST /devices."""
    problems = Problems()
    _id(problems, "node", body.get("node"))
    name = body.get("name")
    if problems.need("name", name) and not _DEVICE.fullmatch(str(name)):
        problems.add("name", FORMAT)
    _tags(problems, part(body, "tags"))
    problems.raise_any()


def check_state(body: Mapping[str, Any]) -> None:
    """POST /nodes/{id}/state and /devices/{id}/state."""
    problems, state = Problems(), body.get("state")
    if problems.need("state", state) and state not in ("online", "offline", "failed"):
        problems.add("state", f"{state} is not valid state")
    if body.get("healcheck", "") not in ("", "enable", "disable"):
        problems.add("healcheck", "must be a valid value")
    problems.raise_any()


def check_tags(body: Mapping[str, Any]) -> None:
    """POST /nodes/{id}/tags and /devices/{id}/tags."""
    problems = Problems()
    kind = body.get("change_type")
    if problems.need("change_type", kind) and kind not in ("set", "update", "delete"):
        problems.add("change_type", "must be a valid value")
    _tags(problems, part(body, "tags"))
    problems.raise_any()


def check_volume(body: Mapping[str, Any]) -> None:
    """POST /volumes, without what depends on the clusters there are."""
    problems, size = Problems(), body.get("size", 0)
    if problems.need("size", size) and (not isinstance(size, int) or size < 1):
        problems.add("size", "must be no less than 1")
    name = str(body.get("name") or "")
    if name and not _VOLUME.fullmatch(name):
        problems.add("name", FORMAT)
    for cluster in listed(body, "clusters"):
        _id(problems, "clusters", cluster)
    problems.raise_any()
    if int(body.get("gid") or 0) < 0:
        raise Fail(400, "Bad group id less than zero")
    _durability(part(body, "durability"))
    snapshot = part(body, "snapshot")
    if snapshot.get("enable") and not 1 <= float(snapshot.get("factor") or 0) <= 100:
        raise Fail(400, "Invalid snapshot factor")


def check_number(body: Mapping[str, Any], name: str) -> int:
    """A size that must be there and positive. Raises Fail."""
    problems, value = Problems(), body.get(name, 0)
    if problems.need(name, value) and (not isinstance(value, int) or value < 1):
        problems.add(name, "must be no less than 1")
    problems.raise_any()
    return int(value)


def check_operations(body: Mapping[str, Any]) -> list[str]:
    """POST /operations/pending/cleanup."""
    ids, problems = listed(body, "operations"), Problems()
    if len(ids) > 32:
        problems.add("operations", "the length must be no more than 32")
    for ident in ids:
        _id(problems, "operations", ident)
    problems.raise_any()
    return ids


def _durability(durability: Mapping[str, Any]) -> None:
    kind = durability.get("type") or "none"
    if kind not in ("none", "replicate", "disperse"):
        raise Fail(400, "Unknown durability type")
    if kind == "replicate" and int(part(durability, "replicate").get("replica") or 0) > 3:
        raise Fail(400, "Invalid replica value")
    disperse = part(durability, "disperse")
    data, redundancy = int(disperse.get("data") or 0), int(disperse.get("redundancy") or 0)
    if kind == "disperse" and (data, redundancy) not in _DISPERSIONS:
        raise Fail(400, f"Invalid dispersion combination: {data}+{redundancy}")


def _id(problems: Problems, name: str, value: object) -> None:
    if problems.need(name, value) and not _ID.fullmatch(str(value)):
        problems.add(name, f"{value} is not a valid UUID")


def _tags(problems: Problems, tags: Mapping[str, Any]) -> None:
    if len(tags) > 32:
        problems.add("tags", f"too many tags specified ({len(tags)}), up to 32 supported")
    for key, value in tags.items():
        if not _TAG.fullmatch(key) or len(str(value)) > 64:
            problems.add("tags", f"({key}: {FORMAT}.)")


def _is_host(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return bool(_HOST.fullmatch(name)) and len(name) <= 253
    return True
