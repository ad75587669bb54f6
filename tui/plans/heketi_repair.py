"""Repairs of what heketi and the nodes do not tell alike, through heketi's API."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from tui.core.finding import Finding, Fix, Remedy
from tui.core.heketi_model import OFFLINE, ONLINE, HeketiDevice, HeketiNode, HeketiSite
from tui.core.plan import Plan, Refused
from tui.plans import heketi_members as members
from tui.plans import heketi_steps
from tui.plans.heketi_clean import HeketiTarget, plan_heketi_clean
from tui.plans.heketi_server import CLONE, plan_cleanup
from tui.plans.heketi_volumes import plan_heketi_delete


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
    plan = maker(fix, site)
    if not plan.steps and plan.skipped:
        raise Refused(f"{plan.skipped[0].subject}: {plan.skipped[0].reason}.")
    return plan


def plan_resync(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi read the space of a device from LVM again."""
    return members.plan_resync(site, (_device(site, fix.value("device"))[0],))


def plan_clean_operation(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi clean one operation up, and see whether it did."""
    ident = fix.value("operation")
    operation = next((one for one in site.operations if one.id == ident), None)
    if operation is None:
        raise Refused(f"heketi has no operation {ident[:8]} any more.")
    if not operation.is_stuck:
        raise Refused(f"Operation {ident[:8]} is under way.")
    if operation.type == CLONE:
        raise Refused("heketi never cleans up a clone: repair its database as an export.")
    warning = "heketi takes back what the operation had made; what it was deleting goes for good."
    return replace(plan_cleanup((operation,)), warnings=(warning,))


def plan_delete_volume(fix: Fix, site: HeketiSite) -> Plan:
    """Delete a volume in heketi, with its bricks and whatever Gluster still has of it."""
    volume = site.volumes.get(fix.value("volume"))
    if volume is None:
        raise Refused(f"heketi has no volume {fix.value('volume')[:8]} any more.")
    warning = f"All data of {volume.name} is lost, and clients lose it at once."
    return replace(plan_heketi_delete(site, volume), warnings=(warning,))


def plan_state(fix: Fix, site: HeketiSite) -> Plan:
    """Enable or disable a node or device; a removed device comes back by way of being disabled."""
    ident, state = fix.value("id"), fix.value("state")
    member = site.nodes.get(ident) if fix.value("kind") == "nodes" else _device(site, ident)[0]
    if member is None:
        raise Refused(f"heketi has no node {ident[:8]} any more.")
    if state not in (ONLINE, OFFLINE):
        raise Refused(f"'{state}' is no state that a node or device is put into here.")
    return members.plan_enable(site, member) if state == ONLINE else members.plan_disable(site, member)


def plan_evict(fix: Fix, site: HeketiSite) -> Plan:
    """Let heketi make a brick anew on another device."""
    ident = fix.value("brick")
    brick = next((one for device in site.devices.values() for one in device.bricks if one.id == ident), None)
    if brick is None:
        raise Refused(f"heketi has no brick {ident[:8]} any more.")
    return members.plan_evict(site, brick)


def plan_forget_device(fix: Fix, site: HeketiSite) -> Plan:
    """Take an empty device out of heketi, whether its volume group is there or not."""
    device, node = _device(site, fix.value("device"))
    if device.bricks:
        raise Refused(f"{device.name} of {node.name} has {len(device.bricks)} bricks in heketi.")
    words = f"{node.name} {device.name}"
    warning = "heketi tries to remove the volume group, and forgets the device even where that fails."
    step = heketi_steps.forget_device(node, device)
    return Plan(f"Forget {words} in heketi", (step,), (), (warning,), confirm=words)


def plan_move_device(fix: Fix, site: HeketiSite) -> Plan:
    """Take a device out of heketi; its bricks are made anew elsewhere."""
    return plan_heketi_clean(site, HeketiTarget("device", fix.value("device"), moves=True))


def _device(site: HeketiSite, ident: str) -> tuple[HeketiDevice, HeketiNode]:
    device = site.devices.get(ident)
    if device is None or device.node not in site.nodes:
        raise Refused(f"heketi has no device {ident[:8]} any more.")
    return device, site.nodes[device.node]


_PLANS: Final[dict[str, Callable[[Fix, HeketiSite], Plan]]] = {
    "heketi-resync": plan_resync,
    "heketi-clean-operation": plan_clean_operation,
    "heketi-delete-volume": plan_delete_volume,
    "heketi-state": plan_state,
    "heketi-evict": plan_evict,
    "heketi-forget-device": plan_forget_device,
    "heketi-move-device": plan_move_device,
}
