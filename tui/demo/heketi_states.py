"""Online, offline, failed: how the simulated heketi moves nodes and devices, and bricks away from them."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from tui.demo import heketi_commands as commands
from tui.demo.heketi_bricks import create_brick, destroy_brick, host_of, places
from tui.demo.heketi_checks import check_evict, check_state
from tui.demo.heketi_decode import HEAL, STATE
from tui.demo.heketi_nodes import CommandError
from tui.demo.heketi_placing import replacement
from tui.demo.heketi_state import IN_USE, Heketi
from tui.demo.heketi_tables import Brick, Device, Node, Operation, Volume
from tui.demo.heketi_wire import Ask, Fail, Reply, known, not_found

_T = TypeVar("_T")
_Move = Callable[[Heketi, _T, str, bool, Operation | None], Coroutine[Any, Any, str]]


async def set_device_state(heketi: Heketi, ask: Ask) -> Reply:
    """POST /devices/{id}/state: what can't be is told by the queue."""
    return _set_state(heketi, ask, heketi.tables.devices, _move_device)


async def set_node_state(heketi: Heketi, ask: Ask) -> Reply:
    """POST /nodes/{id}/state."""
    return _set_state(heketi, ask, heketi.tables.nodes, _move_node)


def _set_state(heketi: Heketi, ask: Ask, table: Mapping[str, _T], move: _Move[_T]) -> Reply:
    body = ask.json(STATE)
    check_state(body)
    found = known(table, ask.id)
    operation = _operation(heketi, body, ask.id)
    job = move(heketi, found, body["state"], body["healcheck"] != "disable", operation)
    return heketi.accept(heketi.booked(operation, job) if operation else job)


async def evict(heketi: Heketi, ask: Ask) -> Reply:
    """POST /bricks/to-evict/{id}."""
    body = ask.optional_json(HEAL)
    check_evict(body)
    brick = known(heketi.tables.bricks, ask.id)
    heketi.writable()
    operation = heketi.begin("evict-brick")
    operation.changes.append(("Delete brick", brick.id))
    job = _evict(heketi, brick, body["healcheck"] != "disable", operation)
    return heketi.accept(heketi.booked(operation, job))


def _operation(heketi: Heketi, body: Mapping[str, Any], ident: str) -> Operation | None:
    """Only a removal is an operation on the books. Raises Fail."""
    heketi.writable()
    if body["state"] != "failed":
        return None
    operation = heketi.begin("remove-device")
    operation.changes.append(("Remove device", ident))
    return operation


async def _move_device(heketi: Heketi, device: Device, state: str, checks: bool, operation: Operation | None) -> str:
    if device.state == "failed" and state == "online":
        raise Fail(500, "Cannot move a failed/removed device to online state")
    if device.state == "online" and state == "failed":
        raise Fail(500, f"Device must be offline before remove operation is performed, device:{device.id}")
    if operation:
        await _empty(heketi, device, checks, operation)
    device.state = state
    return ""


async def _move_node(heketi: Heketi, node: Node, state: str, checks: bool, operation: Operation | None) -> str:
    if node.state == "failed" and state != "failed":
        raise Fail(500, f"Cannot move a failed/removed node to {state} state")
    if node.state == "online" and state == "failed":
        raise Fail(500, f"Node must be offline before remove operation is performed, node:{node.id}")
    if operation:
        for ident in list(node.devices):
            await _empty(heketi, heketi.tables.devices[ident], checks, operation)
            heketi.tables.devices[ident].state = "failed"
    node.state = state
    return ""


async def _empty(heketi: Heketi, device: Device, checks: bool, operation: Operation) -> None:
    for ident in list(device.bricks):
        await _evict(heketi, heketi.tables.bricks[ident], checks, operation)


async def _evict(heketi: Heketi, brick: Brick, checks: bool, operation: Operation) -> str:
    if brick.pending:
        raise Fail(500, IN_USE)
    brick.pending = operation.id
    try:
        await _evict_held(heketi, brick, checks)
    except (Fail, CommandError):
        brick.pending = ""
        raise
    return ""


async def _evict_held(heketi: Heketi, brick: Brick, checks: bool) -> None:
    volume = heketi.tables.volumes.get(brick.volume)
    if volume is None or heketi.faults.unknown_bricks:
        raise not_found()
    if volume.durability == "none":
        raise Fail(500, "replace brick is not supported for volume durability type none")
    host = host_of(heketi, brick)
    await heketi.nodes.try_one(host, commands.GLUSTERD)
    await heketi.nodes.batch(host, [f"{commands.GLUSTER} volume info {volume.name} --xml"])
    if checks:
        await heketi.nodes.batch(host, [f"{commands.GLUSTER} volume heal {volume.name} info --xml"])
        if brick.id in heketi.faults.healing:
            raise Fail(500, f"Cannot replace brick {brick.id} as it is source brick for data to be healed")
    await _replace(heketi, volume, brick, replacement(heketi, volume, brick))


async def _replace(heketi: Heketi, volume: Volume, old: Brick, new: Brick) -> None:
    new.pending = old.pending
    heketi.tables.put_brick(new)
    [[source, target]] = places(heketi, [[old, new]])
    replace = f"{commands.GLUSTER} volume replace-brick {volume.name} {source} {target} commit force"
    try:
        await create_brick(heketi, new, volume.gid)
        await heketi.nodes.batch(host_of(heketi, old), [replace])
    except CommandError:
        heketi.tables.drop_brick(new.id)
        raise Fail(500, f"Unable to replace brick {source} with {target} for volume {volume.name}") from None
    volume.sets = [[new.id if ident == old.id else ident for ident in one] for one in volume.sets]
    new.pending = ""
    heketi.tables.drop_brick(old.id)
    try:
        await destroy_brick(heketi, old)
    except CommandError:
        # heketi only logs it: the brick stays on its node
        return
