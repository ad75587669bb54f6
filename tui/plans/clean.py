"""Taking everything away again, however it came there: volumes, bricks, volume groups, peers, in this order.

heketi has no such command. What is not brickyard's or heketi's is left alone, with the reason.
"""

from collections import defaultdict
from collections.abc import Iterator

from tui.core.model import Snapshot, State
from tui.core.plan import Plan, Refused, Skipped, Step
from tui.plans import clean_bricks, clean_disks, clean_peers
from tui.plans.clean_disks import Holding
from tui.plans.clean_target import CleanTarget, Facts, resolve, why_unread
from tui.plans.clean_volumes import delete, find_volumes, lost, notices, refuse_mounted, sizes_text
from tui.plans.clean_work import Clean

__all__ = ["CleanTarget", "plan_clean"]


def plan_clean(snapshot: Snapshot, facts: Facts, target: CleanTarget) -> Plan:
    """The plan that takes away all that brickyard or heketi made on a target.

    `facts` are those of the nodes that answered, by node name. Raises Refused where a volume
    reaches beyond the target or is mounted on one of its nodes, and where nothing of what was
    asked for can be cleaned.
    """
    clean = Clean(snapshot, facts, resolve(snapshot, target))
    _look(clean)
    if target.kind == "device" and target.node in clean.ready:
        clean_disks.check_there(target.node, target.device, facts[target.node])
    if not clean.held and (target.kind == "device" or not clean.ready):
        _refuse(clean)
    found = find_volumes(clean)
    refuse_mounted(clean, found)
    volumes = [(key, volume) for key, volume in found if delete(clean, key, volume)]
    needs = _clean_nodes(clean)
    detach, left = clean_peers.detach_steps(snapshot, facts, _leaving(clean), needs, clean.stuck)
    clean.steps += detach
    clean.skipped += left
    if not clean.steps:
        _refuse(clean)
    devices = sum(step.id.startswith("clean ") for step in clean.steps)
    counts = _count(len(volumes), "volume"), _count(devices, "device"), _count(len(detach), "peer")
    return Plan(
        f"Clean {clean.scope.what}: " + ", ".join(counts),
        tuple(clean.steps),
        tuple(clean.skipped),
        (*lost(volumes), *clean.warnings, *notices(clean, volumes)),
        confirm=clean.scope.confirm if clean.steps else "",
    )


def _refuse(clean: Clean) -> None:
    """Raise Refused where something is in the way; having nothing to do is no fault."""
    details = tuple(f"{skip.subject}: {skip.reason}" for skip in clean.skipped if skip.is_fault)
    if details:
        raise Refused(f"Nothing of {clean.scope.what} can be cleaned: {details[0].rstrip('.')}.", details)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _look(clean: Clean) -> None:
    """Find what there is to clean on each node of the scope."""
    for name in clean.scope.nodes:
        reason = why_unread(name, clean.snapshot, clean.facts)
        if reason:
            clean.leave(name, Skipped(name, reason, is_fault=True, remedy="clean it when it can be asked"))
            continue
        clean.ready.append(name)
        known = clean.facts[name]
        found = [clean_disks.named_holding(name, path, known) for path in clean.scope.named.get(name, ())]
        if name in clean.scope.whole:
            found += clean_disks.all_holdings(name, known)
            clean.skipped += _left_alone(clean.snapshot, name)
        for one in found:
            if isinstance(one, clean_disks.Strange):
                # it does not hold the node either: Gluster itself refuses to detach one with bricks on it
                clean.skipped.append(one)
            elif isinstance(one, Skipped):
                clean.leave(name, one)
            else:
                clean.held.append(one)


def _left_alone(snapshot: Snapshot, node: str) -> Iterator[Skipped]:
    for device in snapshot.devices.values():
        if device.node == node and device.state is State.FOREIGN:
            yield Skipped(f"{node} {device.path}", f"left alone: {device.reason}")


def _clean_nodes(clean: Clean) -> dict[str, list[str]]:
    """Clean each node's disks; the answer names the steps that must be done before a node may leave."""
    needs: dict[str, list[str]] = {}
    by_node: dict[str, list[Holding]] = defaultdict(list)
    for held in clean.held:
        by_node[held.node].append(held)
    removals: dict[str, list[str]] = defaultdict(list)
    for step in clean.steps:
        removals[step.node].append(step.id)
    for node in clean.ready:
        first = len(clean.steps)
        if node in clean.scope.whole:
            clean.steps += clean_bricks.lost_steps(node, clean.facts[node], clean.removed[node])
        for held in by_node[node]:
            _clean_disk(clean, held, removals[node])
        needs[node] = [*clean.before[node], *removals[node], *(step.id for step in clean.steps[first:])]
    return needs


def _clean_disk(clean: Clean, held: Holding, removals: list[str]) -> None:
    known = clean.facts[held.node]
    bricks = [lv for lv in held.bricks if (held.vg, lv.name) not in clean.removed[held.node]]
    reason = clean.kept.get((held.node, held.vg), "") if held.vg else ""
    if not reason and bricks and not clean_bricks.can_tell(known):
        reason = f"whether a volume uses {bricks[0].name} is not known while glusterd does not run"
    if reason:
        clean.leave(held.node, Skipped(held.subject, reason, is_fault=True))
        return
    own: list[Step] = []
    if held.group:
        own = clean_bricks.leftover_steps(held, known, clean.removed[held.node])
        names = {name for vg, name in clean.removed[held.node] if vg == held.vg}
    else:
        names = set()
    needs = [id_ for id_ in removals if id_.rpartition(" ")[2] in names] + [step.id for step in own]
    clean.steps += [*own, clean_disks.away_step(held, needs)]
    for lv in bricks:
        used = None if lv.data_percent is None else int(lv.size * lv.data_percent / 100)
        brick = f"brick {lv.name} ({sizes_text(lv.size, used)})"
        clean.warnings.append(f"{held.subject}: {brick} belongs to no known volume; its data is lost.")


def _leaving(clean: Clean) -> list[str]:
    """The nodes that may leave their pool: those on which nothing of it is left then."""
    leaving = []
    for name in clean.scope.leaving:
        if name in clean.scope.whole or name in clean.stuck:
            leaving.append(name)
            continue
        own = {held.vg for held in clean.held if held.node == name}
        known = clean.facts[name]
        others = [g.name for g in known.volume_groups if clean_disks.OUR_GROUP.fullmatch(g.name) and g.name not in own]
        unnamed = _unnamed_members(clean, name)
        if others:
            reason = f"stays in its pool: it has other volume groups for bricks ({', '.join(others[:3])})"
            clean.skipped.append(Skipped(name, reason))
        elif unnamed and not own:
            members = ", ".join(unnamed[:3])
            reason = f"stays in its pool with {members}: nothing on it tells that a load put it there"
            clean.skipped.append(Skipped(name, reason, remedy="clean the node itself if it is to leave them"))
        else:
            leaving.append(name)
    return leaving


def _unnamed_members(clean: Clean, name: str) -> list[str]:
    """Peers of a node that are not to leave their pool."""
    going = clean.scope.leaving
    uuids = {clean.facts[other].uuid for other in going if other in clean.facts}
    storage = {node.storage for other in going if (node := clean.snapshot.nodes.get(other))}
    peers = [peer for peer in clean.facts[name].peers if not peer.is_self and peer.uuid not in uuids]
    return [peer.hostname for peer in peers if storage.isdisjoint((peer.hostname, *peer.hostnames))]
