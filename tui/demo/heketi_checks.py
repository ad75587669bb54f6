"""What the simulated heketi refuses in a request, in the words of heketi's validation."""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address
from typing import Any, Final

from tui.demo.heketi_wire import Fail

_ID: Final = re.compile(r"[0-9a-fA-F]{32}")
_HOST: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?")
_DEVICE: Final = re.compile(r"/[a-zA-Z0-9_.:/-]+")
_VOLUME: Final = re.compile(r"[a-zA-Z0-9_-]+")
_TAG: Final = re.compile(r"[a-zA-Z0-9_.-]+")
_DISPERSIONS: Final = ((2, 1), (4, 2), (8, 3), (8, 4))
_GID_END: Final = 2**31 - 1
BLANK, FORMAT = "cannot be blank", "must be in a valid format"
LEAST, CHOICE = "must be no less than 1", "must be a valid value"


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

    def least_one(self, name: str, value: int) -> None:
        """A number that has to be there and positive."""
        if self.need(name, value) and value < 1:
            self.add(name, LEAST)

    def one_of(self, name: str, value: str, choices: Collection[str]) -> None:
        """A word that has to be there and one of these."""
        if self.need(name, value) and value not in choices:
            self.add(name, CHOICE)

    def text(self) -> str:
        """All of them in one line, sorted by field; "" for none."""
        return "; ".join(f"{name}: {self._words[name]}" for name in sorted(self._words))

    def raise_any(self) -> None:
        """Raise Fail where there are any."""
        if self._words:
            raise Fail(400, f"validation failed: {self.text()}.")


def check_node(body: Mapping[str, Any]) -> None:
    """POST /nodes."""
    problems, names = Problems(), Problems()
    problems.least_one("zone", body["zone"])
    _id(problems, "cluster", body["cluster"])
    _tags(problems, body["tags"])
    for kind, hosts in body["hostnames"].items():
        if names.need(kind, hosts) and not all(_is_host(host) for host in hosts):
            names.add(kind, f"[{' '.join(hosts)}] is not a valid {kind} hostname")
    if names.text():
        problems.add("hostnames", f"({names.text()}.)")
    problems.raise_any()


def check_device(body: Mapping[str, Any]) -> None:
    """POST /devices."""
    problems = Problems()
    _id(problems, "node", body["node"])
    if problems.need("name", body["name"]) and not _DEVICE.fullmatch(body["name"]):
        problems.add("name", FORMAT)
    _tags(problems, body["tags"])
    problems.raise_any()


def check_state(body: Mapping[str, Any]) -> None:
    """POST /nodes/{id}/state and /devices/{id}/state."""
    problems, state = Problems(), body["state"]
    if problems.need("state", state) and state not in ("online", "offline", "failed"):
        problems.add("state", f"{state} is not valid state")
    _heal_check(problems, body)
    problems.raise_any()


def check_evict(body: Mapping[str, Any]) -> None:
    """POST /bricks/to-evict/{id}."""
    problems = Problems()
    _heal_check(problems, body)
    problems.raise_any()


def check_tags(body: Mapping[str, Any]) -> None:
    """POST /nodes/{id}/tags and /devices/{id}/tags."""
    problems = Problems()
    problems.one_of("change_type", body["change_type"], ("set", "update", "delete"))
    _tags(problems, body["tags"])
    problems.raise_any()


def check_mode(body: Mapping[str, Any]) -> str:
    """POST /admin."""
    problems = Problems()
    problems.one_of("state", body["state"], ("normal", "read-only", "local-client"))
    problems.raise_any()
    return str(body["state"])


def check_volume(body: Mapping[str, Any]) -> None:
    """POST /volumes, without what depends on the clusters there are."""
    problems = Problems()
    problems.least_one("size", body["size"])
    _volume_name(problems, body)
    problems.raise_any()
    if body["gid"] < 0:
        raise Fail(400, "Bad group id less than zero")
    if body["gid"] >= _GID_END:
        raise Fail(400, "Bad group id equal or greater than 2**32")
    durability, snapshot = body["durability"], body["snapshot"]
    kind = durability["type"] or "none"
    if kind not in ("none", "replicate", "disperse"):
        raise Fail(400, "Unknown durability type")
    if snapshot["enable"] and not 1 <= snapshot["factor"] <= 100:
        raise Fail(400, "Invalid snapshot factor")
    if kind == "replicate" and durability["replicate"]["replica"] > 3:
        raise Fail(400, "Invalid replica value")
    data, redundancy = durability["disperse"]["data"], durability["disperse"]["redundancy"]
    if kind == "disperse" and (data, redundancy) not in _DISPERSIONS:
        raise Fail(400, f"Invalid dispersion combination: {data}+{redundancy}")


def check_clone(body: Mapping[str, Any]) -> None:
    """POST /volumes/{id}/clone."""
    problems = Problems()
    _volume_name(problems, body)
    problems.raise_any()


def check_restriction(body: Mapping[str, Any]) -> None:
    """POST /volumes/{id}/block-restriction."""
    problems = Problems()
    if body["restriction"] not in ("", "locked"):
        problems.add("restriction", CHOICE)
    problems.raise_any()


def check_block_volume(body: Mapping[str, Any]) -> None:
    """POST /blockvolumes, without what depends on the clusters there are."""
    problems = Problems()
    problems.least_one("size", body["size"])
    _volume_name(problems, body)
    if body["hacount"] < 0:
        problems.add("hacount", LEAST)
    problems.raise_any()


def check_number(body: Mapping[str, Any], name: str) -> int:
    """A size that must be there and positive. Raises Fail."""
    problems = Problems()
    problems.least_one(name, body[name])
    problems.raise_any()
    return int(body[name])


def check_operations(body: Mapping[str, Any]) -> list[str]:
    """POST /operations/pending/cleanup."""
    ids: list[str] = body["operations"]
    problems = Problems()
    wrong = [ident for ident in ids if not _ID.fullmatch(ident)]
    if len(ids) > 32:
        problems.add("operations", f"too many ids specified ({len(ids)}), up to 32 supported")
    elif wrong:
        problems.add("operations", f"{wrong[0]} is not a valid UUID")
    problems.raise_any()
    return ids


def known_clusters(clusters: Collection[str], asked: Iterable[str]) -> None:
    """Refuse a volume where there are no clusters, or not those that are asked for."""
    if not clusters:
        raise Fail(400, "No clusters configured")
    for ident in asked:
        if ident not in clusters:
            raise Fail(400, f"Cluster id {ident} not found")


def _id(problems: Problems, name: str, value: str) -> None:
    if problems.need(name, value) and not _ID.fullmatch(value):
        problems.add(name, f"{value} is not a valid UUID")


def _volume_name(problems: Problems, body: Mapping[str, Any]) -> None:
    if body["name"] and not _VOLUME.fullmatch(body["name"]):
        problems.add("name", FORMAT)


def _heal_check(problems: Problems, body: Mapping[str, Any]) -> None:
    if body["healcheck"] not in ("", "enable", "disable"):
        problems.add("healcheck", f"{body['healcheck']} is not valid heal info check")


def _tags(problems: Problems, tags: Mapping[str, str]) -> None:
    if len(tags) > 32:
        problems.add("tags", f"too many tags specified ({len(tags)}), up to 32 supported")
    for key, value in tags.items():
        if not key:
            problems.add("tags", "tag names may not be empty")
        elif len(key) > 32:
            problems.add("tags", f"tag name {key}: the length must be between 1 and 32")
        elif len(value) > 64:
            problems.add("tags", f"value of tag {key}: the length must be no more than 64")
        elif not _TAG.fullmatch(key):
            problems.add("tags", f"invalid characters in tag name {key}")


def _is_host(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return bool(_HOST.fullmatch(name)) and len(name) <= 253
    return True
