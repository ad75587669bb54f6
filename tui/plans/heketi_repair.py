"""Repairs of what heketi and the nodes do not tell alike, through heketi's API."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from tui.core.finding import Finding, Fix, Remedy
from tui.core.heketi_model import FAILED, OFFLINE, ONLINE, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.plan import Check, Command, Danger, Plan, Refused, Step
from tui.core.runner import HEKETI
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import Request
from tui.plans import heketi_steps
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean

_DONE: Final = (200, 201, 204)
_SECONDS: Final = heketi_steps.DEVICE_SECONDS


def attach_repairs(findings: Iterable[Finding], site: HeketiSite) -> list[Finding]:
    """The findings with a plan in each remedy that heketi can carry out; one that makes no sense now has none."""
    return [replace(one, remedies=tuple(_with_plan(remedy, site) for remedy in one.remedies)) for one in findings]


def _with_plan(remedy: Remedy, site: HeketiSite) -> Remedy:
    if remedy.fix is None or remedy.fix.name not in _PLANS:
        return remedy
    try:
        return Remedy(remedy.title, plan_repair(remedy.fix, site))
    except Refused as refused:
        return Remedy(f"{remedy.title} (not now: {refused.sentence})")


def plan_repair(fix: Fix, site: HeketiSite) -> Plan:
    """The plan of a repair by its name ("heketi-resync", ...). Raises Refused where there can't be one."""
    maker = _PLANS.get(fix.name)
    if maker is None:
        raise Refused(f"There is no repair '{fix.name}' through heketi.")
    return maker(fix, site)


def plan_resync(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi read the space of a device from LVM again."""
    device, node = _device(site, fix.value("device"))
    words = f"{node.name} {device.name}"
    step = _step(
        f"resync {device.id}", f"read the space of {words} again", words, requests.resync_device(device.id),
        guards=(heketi_steps.exists(f"/devices/{device.id}", f"heketi has no {words}"),),
        no_undo="what heketi counted before was wrong",
    )  # fmt: skip
    return Plan(f"Let heketi read the space of {words} again", (step,))


def plan_clean_operation(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi clean one operation up, and see whether it did."""
    ident = fix.value("operation")
    operation = next((one for one in site.operations if one.id == ident), None)
    if operation is None:
        raise Refused(f"heketi has no operation {ident[:8]} any more.")
    if not operation.is_stuck:
        raise Refused(f"Operation {ident[:8]} is under way.")
    if operation.type == "clone-volume":
        raise Refused("heketi never cleans up a clone: repair its database as an export.")
    path = f"/operations/pending/{ident}"
    gone = Check(
        Command(("GET", path), timeout=60.0, ok=(200, 404), sudo=False), matches=r"\AId not found",
        why="heketi could not clean it up (its log tells why)",
    )  # fmt: skip
    step = _step(
        f"operation {ident}", f"clean up operation {operation.type} ({ident[:8]})", ident[:8],
        requests.clean_operations((ident,)), done=gone, no_undo="heketi takes back or ends what it had begun",
    )  # fmt: skip
    warning = "heketi takes back what the operation had made; what it was deleting goes for good."
    return Plan(f"Clean up operation {operation.type} ({ident[:8]})", (replace(step, settled=gone),), (), (warning,))


def plan_delete_volume(fix: Fix, site: HeketiSite) -> Plan:
    """Delete a volume in heketi, with its bricks and whatever Gluster still has of it."""
    volume = _volume(site, fix.value("volume"))
    if volume.block_volumes:
        raise Refused(f"{volume.name} hosts {len(volume.block_volumes)} block volumes: delete them first.")
    step = heketi_steps.delete_volume(volume, ())
    warning = f"All data of {volume.name} is lost, and clients lose it at once."
    return Plan(f"Delete volume {volume.name} in heketi", (step,), (), (warning,), confirm=volume.name)


def plan_state(fix: Fix, site: HeketiSite) -> Plan:
    """Enable or disable a node or device; a removed device comes back by way of being disabled."""
    kind, ident, state = fix.value("kind"), fix.value("id"), fix.value("state")
    if state not in (ONLINE, OFFLINE):
        raise Refused(f"'{state}' is no state that a node or device is put into here.")
    if kind == "nodes":
        if ident not in site.nodes:
            raise Refused(f"heketi has no node {ident[:8]} any more.")
        words, before = f"node {site.nodes[ident].name}", site.nodes[ident].state
        if before == FAILED:
            raise Refused("heketi lets no removed node come back: delete it and add it again.")
    else:
        device, node = _device(site, ident)
        words, before = f"{node.name} {device.name}", device.state
    way = [OFFLINE, ONLINE] if before == FAILED and state == ONLINE else [state]
    back = [requests.set_state(kind, ident, before)] if before != FAILED else []
    verb = "enable" if state == ONLINE else "disable"
    is_so = heketi_steps.exists(f"/{kind}/{ident}", f"{words} is in another state", ("/state", f'"{state}"'))
    step = _step(
        f"state {ident}", f"{verb} {words}", words, *(requests.set_state(kind, ident, one) for one in way), done=is_so,
        undo=back, no_undo="" if back else "heketi would move its bricks away to take it out again",
    )  # fmt: skip
    return Plan(f"{verb.capitalize()} {words} in heketi", (step,))


def plan_evict(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi make a brick anew on another device."""
    ident = fix.value("brick")
    brick = next((one for device in site.devices.values() for one in device.bricks if one.id == ident), None)
    if brick is None:
        raise Refused(f"heketi has no brick {ident[:8]} any more.")
    volume = site.volumes.get(brick.volume)
    name = volume.name if volume is not None else brick.volume[:8]
    if volume is not None and volume.durability == "none":
        raise Refused(f"{name} has one copy of its data: a brick of it can't be made anew.")
    device, _ = _device(site, brick.device)
    still = heketi_steps.exists(f"/volumes/{brick.volume}", f"{name} has no such brick any more")
    step = _step(
        f"evict {ident}", f"make brick {ident[:8]} of {name} anew on another device", name,
        requests.evict_brick(ident), seconds=_SECONDS * 4, danger=Danger.DESTROYS,
        guards=(replace(still, matches=ident),),
        done=Check(replace(still.command), absent=ident, matches=r'"id"', why=f"{name} still has the brick"),
        no_undo="the old brick is gone",
    )  # fmt: skip
    warning = "Gluster heals the new brick from the others: heketi refuses while they have to be healed themselves."
    return Plan(f"Move brick {ident[:8]} of {name} off {device.name}", (step,), (), (warning,), confirm=name)


def plan_forget_device(fix: Fix, site: HeketiSite) -> Plan:
    """Take an empty device out of heketi, whether its volume group is there or not."""
    device, node = _device(site, fix.value("device"))
    if device.bricks:
        raise Refused(f"{device.name} of {node.name} has {len(device.bricks)} bricks in heketi.")
    words = f"{node.name} {device.name}"
    states = {OFFLINE: [FAILED], FAILED: []}.get(device.state, [OFFLINE, FAILED])
    path = f"/devices/{device.id}"
    step = _step(
        f"forget {device.id}", f"make heketi forget {words}", words,
        *(requests.set_state("devices", device.id, state) for state in states),
        requests.delete_device(device.id, forget=True), danger=Danger.DESTROYS,
        done=heketi_steps.gone(path, f"heketi still has {words}"),
        guards=(heketi_steps.exists(path, f"{words} has bricks by now", ("/bricks", "[]")),),
        no_undo="add the device again",
    )  # fmt: skip
    warning = "heketi tries to remove the volume group, and forgets the device even where that fails."
    return Plan(f"Forget {words} in heketi", (step,), (), (warning,), confirm=words)


def plan_move_device(fix: Fix, site: HeketiSite) -> Plan:
    """Take a device out of heketi; its bricks are made anew elsewhere."""
    return plan_heketi_clean(site, HeketiTarget("device", fix.value("device"), moves=True))


def _step(
    ident: str,
    title: str,
    subject: str,
    *wishes: Request,
    seconds: float = _SECONDS,
    done: Check | None = None,
    guards: tuple[Check, ...] = (),
    undo: Iterable[Request] = (),
    danger: Danger = Danger.CHANGES,
    no_undo: str = "",
) -> Step:
    return Step(
        id=ident,
        node=HEKETI,
        title=title,
        commands=tuple(wish.command(seconds, _DONE) for wish in wishes),
        subject=subject,
        done=done,
        guards=guards,
        danger=danger,
        undo=tuple(wish.command(seconds, _DONE) for wish in undo),
        no_undo=no_undo,
    )


def _device(site: HeketiSite, ident: str) -> tuple[HeketiDevice, HeketiNode]:
    device = site.devices.get(ident)
    if device is None or device.node not in site.nodes:
        raise Refused(f"heketi has no device {ident[:8]} any more.")
    return device, site.nodes[device.node]


def _volume(site: HeketiSite, ident: str) -> HeketiVolume:
    volume = site.volumes.get(ident)
    if volume is None:
        raise Refused(f"heketi has no volume {ident[:8]} any more.")
    return volume


_PLANS: Final[dict[str, Callable[[Fix, HeketiSite], Plan]]] = {
    "heketi-resync": plan_resync,
    "heketi-clean-operation": plan_clean_operation,
    "heketi-delete-volume": plan_delete_volume,
    "heketi-state": plan_state,
    "heketi-evict": plan_evict,
    "heketi-forget-device": plan_forget_device,
    "heketi-move-device": plan_move_device,
}
