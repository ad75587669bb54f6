"""Names in place of ids, for objects that get their id only when a plan runs.

heketi chooses ids itself and knows nodes by their manage name and devices by their path. A plan says
"${node:NAME}", "${device:NODE NAME:PATH}", "${volume:NAME}", "${blockvolume:NAME}" and "${cluster:NAME,NAME}" (the
cluster that has one of these nodes, else the only empty one); the ids are put in right before a request is sent, again
when it is resumed or undone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

NOBODY: Final = "0" * 32
"""An id that nothing has: what is not found is asked for with it, and heketi says so in its own words."""

_NAME: Final = re.compile(r"\$\{(cluster|node|device|volume|blockvolume):([^{}]*)\}")
_WORDS: Final = {"blockvolume": "block volume"}
Kind = Literal["cluster", "node", "device", "volume", "blockvolume"]


@dataclass(frozen=True, slots=True)
class Name:
    """What a plan names: for a cluster its nodes, for a device the path on its node, for a volume its name."""

    kind: Kind
    nodes: tuple[str, ...]
    path: str = ""

    def __str__(self) -> str:
        if self.kind == "device":
            return f"{self.path} on {self.nodes[0]}"
        return (
            f"the cluster of {', '.join(self.nodes)}"
            if self.kind == "cluster"
            else f"{_WORDS.get(self.kind, self.kind)} {self.nodes[0]}"
        )


def node_name(name: str) -> str:
    """A node by its manage name."""
    return f"${{node:{name}}}"


def device_name(node: str, path: str) -> str:
    """A device by the manage name of its node and its path."""
    return f"${{device:{node}:{path}}}"


def volume_name(name: str) -> str:
    """A volume by its name."""
    return f"${{volume:{name}}}"


def block_volume_name(name: str) -> str:
    """A block volume by its name."""
    return f"${{blockvolume:{name}}}"


def cluster_name(nodes: Sequence[str]) -> str:
    """A cluster by the manage names of nodes of which one is in it, or by being the only empty one."""
    return f"${{cluster:{','.join(nodes)}}}"


def names_in(*texts: str) -> tuple[Name, ...]:
    """All names in texts, each once."""
    found = dict.fromkeys(match.groups() for text in texts for match in _NAME.finditer(text))
    return tuple(_read(kind, words) for kind, words in found)


def fill(text: str, ids: Mapping[Name, str]) -> str:
    """A text with ids in place of names. Raises KeyError for a name without an id."""
    return _NAME.sub(lambda match: ids[_read(*match.groups())], text)


def _read(kind: str, words: str) -> Name:
    if kind == "device":
        # an address of IPv6 has colons too, a host name no slash
        node, _, path = words.partition(":/")
        return Name("device", (node,), f"/{path}")
    if kind == "cluster":
        return Name("cluster", tuple(words.split(",")))
    if kind == "node":
        return Name("node", (words,))
    return Name("volume" if kind == "volume" else "blockvolume", (words,))
