"""Steps that heketi carries out: clusters, nodes and devices made and taken away, volumes deleted.

What is made gets its id from heketi when the plan runs, so that steps say names in place of ids (see
`tui.dialects.heketi_names`); a step can be resumed and undone by them too.
"""

import json
from collections.abc import Sequence
from typing import Final

from tui.core.heketi_model import (
    FAILED,
    OFFLINE,
    HeketiBlockVolume,
    HeketiCluster,
    HeketiDevice,
    HeketiNode,
    HeketiVolume,
)
from tui.core.plan import Check, Command, Danger, Step
from tui.core.runner import HEKETI
from tui.core.topology import TopologyDevice, TopologyNode
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_names import cluster_name, device_name, node_name
from tui.dialects.heketi_requests import Request

DEVICE_SECONDS: Final = 1800.0
"""A device may take long: pvcreate and vgcreate have five minutes each, and eviction moves data."""


def _look(path: str) -> Command:
    """One request for both answers, so that all checks of a step on one object ask once."""
    return Command(("GET", path), timeout=60.0, ok=(200, 404), sudo=False)


def exists(path: str, why: str, *fields: tuple[str, str]) -> Check:
    """Whether an object is there, with these fields (JSON pointer, JSON text of the value)."""
    return Check(_look(path), matches=r'"id"', why=why, fields=fields)


def gone(path: str, why: str) -> Check:
    """Whether heketi knows no object of this id or name."""
    return Check(_look(path), matches=r"\AId not found", why=why)


def _commands(*wishes: Request, seconds: float = 600.0) -> tuple[Command, ...]:
    return tuple(wish.command(seconds) for wish in wishes)


def make_cluster(number: int, names: Sequence[str], file: bool, block: bool, needs: tuple[str, ...]) -> Step:
    """A new cluster for nodes of these names."""
    path = f"/clusters/{cluster_name(names)}"
    return Step(
        id=f"cluster {number}",
        node=HEKETI,
        title=f"make a cluster for {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else ""),
        commands=_commands(requests.create_cluster(file, block)),
        subject=f"cluster of {names[0]}",
        needs=needs,
        done=exists(path, "there is no such cluster"),
        undo=_commands(requests.delete_cluster(cluster_name(names))),
        undone=gone(path, "the cluster is there"),
        undo_guards=(exists(path, "the cluster is not empty", ("/nodes", "[]"), ("/volumes", "[]")),),
        serial="heketi clusters",
    )


def add_node(node: TopologyNode, cluster: str, serial: str, needs: tuple[str, ...]) -> Step:
    """A node for a cluster, which is an id or a name of one."""
    path = f"/nodes/{node_name(node.manage)}"
    manage, storage = (node.manage, *node.other_manage), (node.storage, *node.other_storage)
    return Step(
        id=f"node {node.manage}",
        node=HEKETI,
        title=f"add node {node.manage}",
        commands=_commands(requests.add_node(cluster, manage, storage, node.zone, node.tags)),
        subject=node.manage,
        needs=needs,
        done=exists(path, f"heketi has no node {node.manage}"),
        undo=_commands(requests.delete_node(node_name(node.manage))),
        undone=gone(path, f"heketi has node {node.manage}"),
        undo_guards=(exists(path, f"{node.manage} has devices that others added", ("/devices", "[]")),),
        serial=serial,
    )


def add_device(node: TopologyNode, device: TopologyDevice, needs: tuple[str, ...]) -> Step:
    """A device for a node; its undo empties the disk again."""
    name, subject = device_name(node.manage, device.path), f"{node.manage} {device.path}"
    path = f"/devices/{name}"
    wish = requests.add_device(node_name(node.manage), device.path, device.destroydata, device.tags)
    return Step(
        id=f"device {subject}",
        node=HEKETI,
        title=f"add {device.path} of {node.manage}" + (", wiping what is on it" if device.destroydata else ""),
        commands=_commands(wish, seconds=DEVICE_SECONDS),
        subject=subject,
        needs=needs,
        done=exists(path, f"heketi has no {device.path} on {node.manage}"),
        danger=Danger.DESTROYS if device.destroydata else Danger.CHANGES,
        undo=_commands(*_removal(name, ""), seconds=DEVICE_SECONDS),
        undone=gone(path, f"heketi has {device.path} on {node.manage}"),
        undo_guards=(exists(path, f"{device.path} on {node.manage} has bricks by now", ("/bricks", "[]")),),
        # nobody else knows of a node that was just made, and pvcreate refuses a disk that is in use
        follows=bool(needs),
    )


def _removal(device: str, state: str, *, forget: bool = False) -> list[Request]:
    """heketi wants a device offline, then failed, then it deletes it."""
    states = {OFFLINE: [FAILED], FAILED: []}.get(state, [OFFLINE, FAILED])
    return [*(requests.set_state("devices", device, one) for one in states), requests.delete_device(device, forget)]


def forget_device(node: HeketiNode, device: HeketiDevice) -> Step:
    """Take an empty device out of heketi, even where its volume group can't be removed."""
    path, subject = f"/devices/{device.id}", f"{node.name} {device.name}"
    return Step(
        id=f"forget {device.id}",
        node=HEKETI,
        title=f"make heketi forget {subject}",
        commands=_commands(*_removal(device.id, device.state, forget=True), seconds=DEVICE_SECONDS),
        subject=subject,
        done=gone(path, f"heketi still has {subject}"),
        guards=(exists(path, f"{subject} has bricks by now", ("/bricks", "[]")),),
        danger=Danger.DESTROYS,
        no_undo="add the device again",
    )


def remove_device(node: HeketiNode, device: HeketiDevice, needs: tuple[str, ...], *, moves: bool) -> Step:
    """Take a device out of heketi and its volume group off the disk; with `moves` its bricks go elsewhere first."""
    path, subject = f"/devices/{device.id}", f"{node.name} {device.name}"
    empty = exists(path, f"{device.name} on {node.name} has bricks that this plan does not know", ("/bricks", "[]"))
    again = requests.add_device(node_name(node.name), device.name, tags=device.tags)
    by_name = f"/devices/{device_name(node.name, device.name)}"
    return Step(
        id=f"device {device.id}",
        node=HEKETI,
        title=f"take {device.name} of {node.name} out" + (", its bricks moved" if moves else ""),
        commands=_commands(*_removal(device.id, device.state), seconds=DEVICE_SECONDS * (4 if moves else 1)),
        subject=subject,
        needs=needs,
        done=gone(path, f"heketi still has {device.name} on {node.name}"),
        guards=() if moves else (empty,),
        danger=Danger.DESTROYS,
        undo=_commands(again, seconds=DEVICE_SECONDS),
        undone=exists(by_name, f"heketi has no {device.name} on {node.name}"),
    )


def remove_node(node: HeketiNode, cluster: str, needs: tuple[str, ...]) -> Step:
    """Take a node without devices out; heketi detaches the peer and says nothing where it can't."""
    path = f"/nodes/{node.id}"
    again = requests.add_node(cluster, node.manage, node.storage, node.zone, node.tags)
    return Step(
        id=f"node {node.id}",
        node=HEKETI,
        title=f"take node {node.name} out",
        commands=_commands(requests.delete_node(node.id)),
        subject=node.name,
        needs=needs,
        done=gone(path, f"heketi still has {node.name}"),
        guards=(exists(path, f"{node.name} has devices that this plan does not know", ("/devices", "[]")),),
        undo=_commands(again),
        undone=exists(f"/nodes/{node_name(node.name)}", f"heketi has no node {node.name}"),
        serial=f"heketi peers {node.cluster}",
    )


def remove_cluster(cluster: HeketiCluster, names: Sequence[str], needs: tuple[str, ...]) -> Step:
    """Take an empty cluster away."""
    again = requests.create_cluster(cluster.takes_files, cluster.takes_blocks)
    return Step(
        id=f"cluster {cluster.id}",
        node=HEKETI,
        title=f"take cluster {cluster.id} away",
        commands=_commands(requests.delete_cluster(cluster.id)),
        subject=cluster.id,
        needs=needs,
        done=gone(f"/clusters/{cluster.id}", "heketi still has the cluster"),
        undo=_commands(again),
        undone=exists(f"/clusters/{cluster_name(names)}", "heketi has no such cluster") if names else None,
        serial="heketi clusters",
    )


def delete_volume(volume: HeketiVolume, needs: tuple[str, ...] = ()) -> Step:
    """Delete a volume with all its data."""
    return _delete("volume", f"/volumes/{volume.id}", volume, requests.delete_volume(volume.id), needs)


def delete_block_volume(volume: HeketiBlockVolume, needs: tuple[str, ...] = ()) -> Step:
    """Delete a block volume with all its data."""
    return _delete("block volume", f"/blockvolumes/{volume.id}", volume, requests.delete_block_volume(volume.id), needs)


def _delete(
    kind: str, path: str, volume: HeketiVolume | HeketiBlockVolume, wish: Request, needs: tuple[str, ...]
) -> Step:
    named = ("/name", json.dumps(volume.name))
    return Step(
        id=f"{kind} {volume.id}",
        node=HEKETI,
        title=f"delete {kind} {volume.name}",
        commands=_commands(wish, seconds=DEVICE_SECONDS),
        subject=volume.name,
        needs=needs,
        done=gone(path, f"heketi still has {kind} {volume.name}"),
        guards=(exists(path, f"{kind} {volume.name} is another one now", named),),
        danger=Danger.DESTROYS,
        no_undo=f"the data of a deleted {kind} does not come back",
    )


def clean_operations(count: int) -> Step:
    """Let heketi take back what it left behind; it does not say what it could not do."""
    return Step(
        id="operations",
        node=HEKETI,
        title=f"clean up {count} stale or failed operation{'s' * (count != 1)}",
        commands=_commands(requests.clean_operations(), seconds=DEVICE_SECONDS),
        subject="operations",
        no_undo="heketi takes back or ends what it had begun",
    )
