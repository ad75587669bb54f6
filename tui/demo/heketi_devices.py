"""Devices of the simulated heketi: asked for, made and taken away."""

import json

from tui.demo import heketi_commands as commands
from tui.demo.heketi_checks import check_device
from tui.demo.heketi_decode import DEVICE, FORGET
from tui.demo.heketi_members import retag
from tui.demo.heketi_nodes import MOCK_DISK_KIB, CommandError
from tui.demo.heketi_state import IN_USE, Heketi
from tui.demo.heketi_tables import Device, Node
from tui.demo.heketi_views import device_info
from tui.demo.heketi_wire import Ask, Fail, Reply, known, show


async def device(heketi: Heketi, ask: Ask) -> Reply:
    """GET /devices/{id}."""
    return show(device_info(heketi.tables, known(heketi.tables.devices, ask.id)))


async def add_device(heketi: Heketi, ask: Ask) -> Reply:
    """POST /devices: nothing is said of the new id, nor whether the node has such a device already."""
    body = ask.json(DEVICE)
    check_device(body)
    home = heketi.tables.nodes.get(body["node"])
    if home is None:
        raise Fail(404, "Node id does not exist")
    heketi.writable()
    made = Device(heketi.tables.new_id(), home.id, body["name"], 0, tags=body["tags"])
    return heketi.accept(_set_up(heketi, home, made, body["destroydata"]))


async def delete_device(heketi: Heketi, ask: Ask) -> Reply:
    """DELETE /devices/{id}: a failed one without bricks."""
    body, found = ask.optional_json(FORGET), known(heketi.tables.devices, ask.id)
    if found.state != "failed":
        raise Fail(400, f"device: {found.id} is not in failed state")
    if found.bricks:
        raise Fail(409, f"Unable to delete device [{found.id}] because it contains bricks")
    heketi.writable()
    return heketi.accept(_remove(heketi, found, body["forceforget"]))


async def resync(heketi: Heketi, ask: Ask) -> Reply:
    """GET /devices/{id}/resync."""
    return heketi.accept(_resync(heketi, known(heketi.tables.devices, ask.id)), is_get=True)


async def set_device_tags(heketi: Heketi, ask: Ask) -> Reply:
    """POST /devices/{id}/tags."""
    return retag(heketi, ask, heketi.tables.devices)


async def _set_up(heketi: Heketi, home: Node, made: Device, destroy: bool) -> str:
    host = home.manage[0]
    try:
        await heketi.nodes.batch(host, commands.device_setup(made.name, made.id))
    except CommandError as error:
        uuid, sentence = await _why_not(heketi, host, made.name, str(error))
        if not destroy:
            raise Fail(500, sentence) from None
        _may_destroy(heketi, uuid, sentence)
        await heketi.nodes.batch(host, commands.device_setup(made.name, made.id, wipe=True))
    shown, links = await heketi.nodes.batch(host, commands.device_look(made.name))
    await _measure(heketi, host, made)
    if heketi.settings.real_devices:
        made.pv_uuid = _uuid(shown)
        made.paths = sorted([*(f"/dev/{link}" for link in links.split()), made.name])
    heketi.tables.put_device(made)
    return ""


async def _why_not(heketi: Heketi, host: str, name: str, error: str) -> tuple[str, str]:
    """The UUID that is on a device, and heketi's sentence on why it can't be used."""
    look = commands.device_look(name)
    shown = await heketi.nodes.try_one(host, look[0])
    await heketi.nodes.try_one(host, look[1])
    uuid = _uuid(shown or "")
    what = f"aleady contains Physical Volume {uuid}" if uuid else "already initialized or contains data?"
    return uuid, f"Initializing device {name} failed ({what}): {error}"


def _may_destroy(heketi: Heketi, uuid: str, sentence: str) -> None:
    if not uuid:
        return
    told = [device.pv_uuid for device in heketi.tables.devices.values() if device.pv_uuid]
    if uuid in told or len(told) < len(heketi.tables.devices):
        raise Fail(500, f"Can not destroy device, destroy may not be safe: {sentence}")


async def _measure(heketi: Heketi, host: str, device: Device) -> None:
    shown = await heketi.nodes.batch(host, [commands.group_space(device.id)])
    fields = shown[0].strip().split(":")
    real = len(fields) > 15 and heketi.settings.real_devices
    device.total = int(fields[12]) * int(fields[11]) if real else MOCK_DISK_KIB


async def _remove(heketi: Heketi, found: Device, forget: bool) -> str:
    host = heketi.tables.nodes[found.node].manage[0]
    if forget:
        for command in (commands.mounts_removal(found), *commands.device_removal(found)):
            await heketi.nodes.try_one(host, command)
    else:
        try:
            await heketi.nodes.batch(host, commands.device_removal(found))
        except CommandError as error:
            path = commands.device_path(found)
            raise Fail(500, f"Failed to delete device {path} with id {found.id} on host {host}: {error}") from None
        await heketi.nodes.try_one(host, commands.mounts_removal(found))
    heketi.tables.drop_device(found)
    return ""


async def _resync(heketi: Heketi, found: Device) -> str:
    if any(heketi.tables.bricks[ident].pending for ident in found.bricks if ident in heketi.tables.bricks):
        raise Fail(500, IN_USE)
    host = heketi.tables.nodes[found.node].manage[0]
    await heketi.nodes.batch(host, commands.device_look(found.name))
    await _measure(heketi, host, found)
    found.used = sum(heketi.tables.bricks[ident].needed for ident in found.bricks if ident in heketi.tables.bricks)
    return ""


def _uuid(shown: str) -> str:
    try:
        return str(json.loads(shown)["report"][0]["pv"][0]["pv_uuid"])
    except (ValueError, LookupError, TypeError):
        return ""
