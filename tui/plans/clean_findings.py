"""Plans that take away what `tui.checks.leftovers` found: one by one, or all at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tui.core.facts import BlockDevice, NodeFacts
from tui.core.finding import Finding, Remedy
from tui.core.join_view import volume_of_path
from tui.core.plan import Check, Command, Danger, Plan, Skipped, Step
from tui.dialects import host, lvm
from tui.plans import clean_bricks, clean_disks, clean_peers
from tui.plans.clean_disks import Holding

Facts = Mapping[str, NodeFacts]


def attach_cleaning(findings: Iterable[Finding], facts: Facts) -> list[Finding]:
    """The findings with a plan in their first remedy, where there is one."""
    found = []
    for finding in findings:
        plan = plan_clean_findings([finding], facts)
        first, *rest = finding.remedies or (Remedy(plan.title),)
        found.append(replace(finding, remedies=(replace(first, plan=plan), *rest)) if plan.steps else finding)
    return found


def plan_clean_findings(findings: Iterable[Finding], facts: Facts) -> Plan:
    """One plan for all these findings; those that an admin must decide on are named in `skipped`."""
    chosen = list(findings)
    steps: dict[str, Step] = {}
    skipped: list[Skipped] = []
    for finding in chosen:
        made = _steps(finding, facts[finding.node]) if finding.node in facts else []
        steps.update((step.id, step) for step in made)
        if not made:
            help_ = finding.remedies[0].title if finding.remedies else ""
            skipped.append(Skipped(finding.subject, finding.sentence.rstrip("."), is_fault=True, remedy=help_))
    lost = sum(finding.code == "leftover-brick" for finding in chosen)
    count = f"{len(chosen)} findings" if len(chosen) != 1 else chosen[0].subject
    destroys = any(step.danger is Danger.DESTROYS for step in steps.values())
    nodes = sorted({step.node for step in steps.values()})
    return Plan(
        f"Clean up {count}",
        tuple(steps.values()),
        tuple(skipped),
        (f"The data of {lost} brick{'s' * (lost > 1)} that no volume uses will be lost.",) if lost else (),
        confirm=(nodes[0] if len(nodes) == 1 else "clean up") if destroys else "",
    )


def _steps(finding: Finding, facts: NodeFacts) -> list[Step]:
    node, name = finding.node, finding.subject.removeprefix(f"{finding.node} ")
    vg, _, lv = name.partition("/")
    if finding.code == "leftover-label":
        found = [clean_disks.named_holding(node, name, facts)]
        return [clean_disks.away_step(held, ()) for held in found if isinstance(held, Holding) and not held.group]
    if finding.code == "leftover-group":
        groups = [held for held in clean_disks.all_holdings(node, facts) if isinstance(held, Holding)]
        return [clean_disks.away_step(held, ()) for held in groups if held.vg == name and not held.lvs]
    if finding.code == "leftover-pool":
        return [
            clean_bricks.pool_step(node, pool) for pool in facts.logical_volumes if (pool.vg, pool.name) == (vg, lv)
        ]
    if finding.code == "leftover-brick" and not clean_bricks.can_tell(facts):
        return []
    if finding.code in ("leftover-brick", "leftover-fstab"):
        return clean_bricks.orphan_steps(node, facts, (vg, lv), finding.device)
    if finding.code == "leftover-mapping":
        return [_mapping_step(node, name, facts)]
    if finding.code == "leftover-peer":
        found_peers = [peer for peer in facts.peers if peer.hostname == name and not peer.is_self]
        serial = f"gluster {node}"
        return [clean_peers.detach_step(node, name, peer, (), serial, force=True) for peer in found_peers]
    if finding.code in ("brick-not-in-fstab", "brick-not-mounted"):
        return [_fstab_step(finding, vg, lv) if finding.code == "brick-not-in-fstab" else _mount_step(finding, vg, lv)]
    return []


def _fstab_step(finding: Finding, vg: str, lv: str) -> Step:
    device, mount = host.brick_device(vg, lv), host.brick_mount(vg, lv)
    return Step(
        id=f"fstab {finding.subject}",
        node=finding.node,
        title=f"enter {lv} in the fstab",
        commands=(host.fstab_add(device, mount),),
        subject=finding.subject,
        done=host.in_fstab(lv),
        guards=(lvm.lv_exists(vg, lv), host.mounted(mount)),
        serial=f"lvm {finding.node}",
        undo=(host.fstab_remove(lv),),
    )


def _mount_step(finding: Finding, vg: str, lv: str) -> Step:
    device, mount = host.brick_device(vg, lv), host.brick_mount(vg, lv)
    return Step(
        id=f"mount {finding.subject}",
        node=finding.node,
        title=f"mount {lv}",
        commands=(host.mkdir(mount), host.mount(device, mount)),
        subject=finding.subject,
        done=host.mounted(mount),
        guards=(lvm.lv_exists(vg, lv),),
        undo=(host.umount(mount),),
    )


def _mapping_step(node: str, vg: str, facts: NodeFacts) -> Step:
    """dmsetup refuses an entry that is in use; those on top go first."""
    stale = [device for device in facts.devices if device.type == "lvm" and _group(device) == vg]
    names = [device.path.removeprefix("/dev/mapper/") for device in _from_the_top(stale)]
    row = rf'"vg_name"\s*:\s*"{vg}"'
    gone = Check(lvm.vgs(), matches='"report"', absent=row, why=f"volume group {vg} is there again")
    listed = Command(("lsblk", "-J", "-b", "-o", host.LSBLK_COLUMNS))
    entry = rf'"/dev/mapper/{vg}-'
    return Step(
        id=f"mappings {node} {vg}",
        node=node,
        title=f"remove {len(names)} stale device-mapper entries of {vg}",
        commands=tuple(Command(("dmsetup", "remove", name)) for name in names),
        subject=f"{node} {vg}",
        done=Check(listed, matches='"blockdevices"', absent=entry, why=f"entries of {vg} are still there"),
        guards=(gone, *(host.not_mounted(target) for device in stale for target in device.mountpoints)),
        danger=Danger.DESTROYS,
        no_undo="the disks under them are gone",
    )


def _group(device: BlockDevice) -> str:
    names = volume_of_path(device.path)
    return names[0] if names else ""


def _from_the_top(devices: list[BlockDevice]) -> list[BlockDevice]:
    """Each device before those that it stands on."""
    ordered: list[BlockDevice] = []
    waiting = list(devices)
    while waiting:
        below = {parent for device in waiting for parent in device.parents}
        top = [device for device in waiting if device.kname not in below] or waiting
        ordered += top
        waiting = [device for device in waiting if device not in top]
    return ordered
