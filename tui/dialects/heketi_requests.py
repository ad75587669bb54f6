"""Requests to heketi: method, path and body of all that can be asked of it. Sizes are GiB, as heketi counts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui.core.plan import Command

GET, POST, DELETE = "GET", "POST", "DELETE"
DONE: Final = (200, 201, 204, 303)
"""Statuses of the end of a change that was done; 303: what it made could not be read afterwards."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `body` is JSON text, "" for none."""

    method: str
    path: str
    body: str = ""

    def command(self, timeout: float = 600.0) -> Command:
        """The same as a command of a plan, for the target "heketi"."""
        return Command((self.method, self.path), self.body, timeout, DONE, sudo=False)


def _post(path: str, body: Mapping[str, Any] | None = None) -> Request:
    return Request(POST, path, json.dumps(body) if body is not None else "")


def create_cluster(file: bool = True, block: bool = True) -> Request:
    """A cluster that takes volumes (`file`) and block volumes. heketi answers 201 with the cluster."""
    return _post("/clusters", {"file": file, "block": block})


def set_cluster_flags(cluster: str, file: bool, block: bool) -> Request:
    """What a cluster takes from now on; both are set."""
    return _post(f"/clusters/{cluster}/flags", {"file": file, "block": block})


def delete_cluster(cluster: str) -> Request:
    """Take an empty cluster away."""
    return Request(DELETE, f"/clusters/{cluster}")


def add_node(
    cluster: str, manage: Sequence[str], storage: Sequence[str], zone: int, tags: Mapping[str, str] | None = None
) -> Request:
    """Probe a node into a cluster."""
    hostnames = {"manage": list(manage), "storage": list(storage)}
    more = {"tags": dict(tags)} if tags else {}
    return _post("/nodes", {"zone": zone, "hostnames": hostnames, "cluster": cluster, **more})


def delete_node(node: str) -> Request:
    """Take a node without devices away. heketi passes over a peer that can't be detached."""
    return Request(DELETE, f"/nodes/{node}")


def add_device(node: str, name: str, destroy: bool = False, tags: Mapping[str, str] | None = None) -> Request:
    """Make a volume group of a disk. The answer does not tell the new id: read the node again."""
    body: dict[str, Any] = {"node": node, "name": name}
    if destroy:
        body["destroydata"] = True
    return _post("/devices", {**body, "tags": dict(tags)} if tags else body)


def delete_device(device: str, forget: bool = False) -> Request:
    """Take a failed, empty device away; with `forget` even when its volume group can't be removed."""
    return Request(DELETE, f"/devices/{device}", json.dumps({"forceforget": True}) if forget else "")


def set_state(kind: str, id: str, state: str, heal_check: bool = True) -> Request:  # noqa: A002 - heketi's word
    """Move a node or device ("nodes", "devices") to "online", "offline" or "failed" (which evicts its bricks)."""
    return _post(f"/{kind}/{id}/state", {"state": state} if heal_check else {"state": state, "healcheck": "disable"})


def set_tags(kind: str, id: str, tags: Mapping[str, str], how: str = "set") -> Request:  # noqa: A002  (as its path has it)
    """Change tags of a node or device; `how` is "set" (all), "update" or "delete"."""
    return _post(f"/{kind}/{id}/tags", {"change_type": how, "tags": dict(tags)})


def resync_device(device: str) -> Request:
    """Read the space of a device from LVM again."""
    return Request(GET, f"/devices/{device}/resync")


@dataclass(frozen=True, slots=True)
class VolumeWish:
    """A volume to make: size in GiB, durability "replicate", "disperse" or "none"."""

    size: int
    name: str = ""
    durability: str = "replicate"
    replica: int = 3
    data: int = 4
    redundancy: int = 2
    clusters: tuple[str, ...] = ()
    gid: int = 0
    options: tuple[str, ...] = ()
    snapshot_factor: float = 1.0
    is_block: bool = False

    def body(self) -> dict[str, Any]:
        """As heketi reads it; what is left out there has the defaults of its server."""
        durability: dict[str, Any] = {"type": self.durability}
        if self.durability == "replicate":
            durability["replicate"] = {"replica": self.replica}
        if self.durability == "disperse":
            durability["disperse"] = {"data": self.data, "redundancy": self.redundancy}
        wish: dict[str, Any] = {"size": self.size, "durability": durability}
        more = {
            "name": self.name,
            "clusters": list(self.clusters),
            "gid": self.gid,
            "glustervolumeoptions": list(self.options),
            "block": self.is_block,
            "snapshot": {"enable": True, "factor": self.snapshot_factor} if self.snapshot_factor != 1.0 else None,
        }
        return wish | {key: value for key, value in more.items() if value}


def create_volume(wish: VolumeWish) -> Request:
    """Make a volume; heketi chooses the bricks."""
    return _post("/volumes", wish.body())


def expand_volume(volume: str, add: int) -> Request:
    """Make a volume greater by so many GiB."""
    return _post(f"/volumes/{volume}/expand", {"expand_size": add})


def clone_volume(volume: str, name: str = "") -> Request:
    """Clone a volume by a snapshot."""
    return _post(f"/volumes/{volume}/clone", {"name": name} if name else {})


def delete_volume(volume: str) -> Request:
    """Take a volume away with all its bricks."""
    return Request(DELETE, f"/volumes/{volume}")


def restrict_blocks(volume: str, locked: bool) -> Request:
    """Whether a volume takes no more block volumes."""
    return _post(f"/volumes/{volume}/block-restriction", {"restriction": "locked" if locked else ""})


def create_block_volume(
    size: int, name: str = "", ha: int = 0, auth: bool = False, clusters: Sequence[str] = ()
) -> Request:
    """Make a block volume of so many GiB."""
    more = {"name": name, "hacount": ha, "auth": auth, "clusters": list(clusters)}
    return _post("/blockvolumes", {"size": size} | {key: value for key, value in more.items() if value})


def expand_block_volume(volume: str, size: int) -> Request:
    """Make a block volume so many GiB in all."""
    return _post(f"/blockvolumes/{volume}/expand", {"new_size": size})


def delete_block_volume(volume: str) -> Request:
    """Take a block volume away."""
    return Request(DELETE, f"/blockvolumes/{volume}")


def evict_brick(brick: str, heal_check: bool = True) -> Request:
    """Move a brick to another device."""
    return _post(f"/bricks/to-evict/{brick}", {} if heal_check else {"healcheck": "disable"})


def clean_operations(ids: Iterable[str] = ()) -> Request:
    """Clean up stale and failed operations: these (at most 32), or all. heketi does not tell what it could not do."""
    return _post("/operations/pending/cleanup", {"operations": list(ids)})


def set_mode(mode: str) -> Request:
    """The mode of the server: "normal", "read-only" or "local-client". Out of read-only leads no request."""
    return _post("/admin", {"state": mode})


def set_log_level(level: str) -> Request:
    """How much heketi logs: "none", "critical", "error", "warning", "info" or "debug"."""
    return _post("/internal/logging", {"loglevel": {"glusterfs": level}})
