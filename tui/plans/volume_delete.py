"""Starting, stopping and deleting a volume; a delete takes its bricks away too, and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui.core.facts import LogicalVolume, NodeFacts
from tui.core.model import Brick, Cluster, Snapshot, Volume
from tui.core.plan import Check, Danger, Plan, Refused, Skipped, Step
from tui.dialects import gluster, host, lvm
from tui.plans import volume_state
from tui.plans.volume_create import start_step

# heketi keeps its own database in this one.
HEKETI_VOLUME = "heketidbstorage"
_POOL = re.compile("tp_[0-9a-f]{32}")
_BRICK_PATH = re.compile(rf"({re.escape(host.MOUNTS)}/(vg_[0-9a-f]{{32}})/(brick_[0-9a-f]{{32}}))/[^/]+")


@dataclass(frozen=True, slots=True)
class OldBrick:
    """A brick on a logical volume of its own; `lv` is None where that is gone already."""

    node: str
    device: str
    mount: str
    vg: str
    name: str
    lv: LogicalVolume | None
    shared_pool: bool = False


def plan_start(snapshot: Snapshot, name: str) -> Plan:
    """Start a volume. Raises Refused where it runs already, or nobody can be asked."""
    volume, cluster, node = _target(snapshot, name)
    if volume.status == "Started":
        raise Refused(f"Volume {name} is started already.")
    start = replace(
        start_step(node, volume.name, len(volume.bricks), volume_state.serial(cluster)),
        guards=(volume_state.has_id(volume.name, volume.id),),
    )
    return Plan(f"Start volume {name}", (start,))


def plan_stop(snapshot: Snapshot, name: str) -> Plan:
    """Stop a volume. Raises Refused where it does not run, or nobody can be asked."""
    volume, cluster, node = _target(snapshot, name)
    if volume.status != "Started":
        raise Refused(f"Volume {name} is not started.")
    warning = f"All clients of {name} lose it until it is started again."
    return Plan(f"Stop volume {name}", (_stop_step(node, volume, volume_state.serial(cluster)),), warnings=(warning,))


def _target(snapshot: Snapshot, name: str) -> tuple[Volume, Cluster, str]:
    volume = volume_state.volume(snapshot, name)
    cluster = volume_state.cluster_of(snapshot, volume)
    hosts = tuple(snapshot.bricks[key].node for key in volume.bricks if key in snapshot.bricks)
    return volume, cluster, volume_state.speaker(snapshot, cluster, hosts)


def plan_delete(snapshot: Snapshot, facts: Mapping[str, NodeFacts], name: str, *, heketi_too: bool = False) -> Plan:
    """Stop and delete a volume, then remove exactly its own logical volumes, known by their UUID.

    A brick that does not stand on a logical volume of its own keeps its data, and the plan says
    so. Raises Refused where a node with a brick can't be asked or the pool is not whole, and for
    heketi's own volume unless `heketi_too`.
    """
    volume, cluster, node = _target(snapshot, name)
    if volume.name == HEKETI_VOLUME and not heketi_too:
        raise Refused(f"Volume {volume.name} holds heketi's database: without it heketi forgets all its volumes.")
    volume_state.need_whole_pool(snapshot, facts, cluster, f"Deleting volume {name}")
    bricks = [snapshot.bricks[key] for key in volume.bricks if key in snapshot.bricks]
    away = sorted(
        {b.host for b in bricks if b.node not in facts or {"logical_volumes", "mounts"} & set(facts[b.node].unread)}
    )
    if away or len(bricks) != len(volume.bricks):
        names = ", ".join(away) or "a node"
        raise Refused(f"Volume {name} can't be deleted now: {names} has bricks of it and can't be read.")
    serial = volume_state.serial(cluster)
    steps = [_stop_step(node, volume, serial)] if volume.status == "Started" else []
    delete = _delete_step(node, volume, bricks, serial, needs=tuple(step.id for step in steps))
    steps.append(delete)
    skipped: list[Skipped] = []
    for brick in bricks:
        found = _old_brick(brick, snapshot, facts[brick.node])
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            steps.append(remove_step(found, facts[brick.node], (delete.id,), (gluster.no_brick_below(found.mount),)))
    warning = f"All data of volume {name} is lost, and its clients lose it at once."
    title = f"Delete volume {name} and its {len(bricks)} brick{'s' * (len(bricks) != 1)}"
    return Plan(title, tuple(steps), tuple(skipped), (warning,), confirm=name)


def _stop_step(node: str, volume: Volume, serial: str) -> Step:
    return Step(
        id=f"stop {volume.name}",
        node=node,
        title=f"stop volume {volume.name}",
        commands=(gluster.volume_stop(volume.name),),
        subject=volume.name,
        done=volume_state.not_started(volume.name),
        guards=(volume_state.has_id(volume.name, volume.id),),
        serial=serial,
        undo=(gluster.volume_start(volume.name),),
        retry=True,
    )


def _delete_step(node: str, volume: Volume, bricks: list[Brick], serial: str, needs: tuple[str, ...]) -> Step:
    return Step(
        id=f"delete {volume.name}",
        node=node,
        title=f"delete volume {volume.name}",
        commands=(gluster.volume_delete(volume.name),),
        subject=volume.name,
        needs=needs,
        done=gluster.volume_gone(volume.name),
        guards=(
            volume_state.has_id(volume.name, volume.id),
            volume_state.has_bricks(volume.name, [f"{brick.host}:{brick.path}" for brick in bricks]),
        ),
        serial=serial,
        danger=Danger.DESTROYS,
        no_undo="a deleted volume does not come back",
        retry=True,
    )


def _old_brick(brick: Brick, snapshot: Snapshot, facts: NodeFacts) -> OldBrick | Skipped:
    """The brick with its logical volume, or why its data must be left alone."""
    subject = f"{brick.host}:{brick.path}"
    by_hand = f"look at {brick.path} on {brick.node} and remove it by hand"
    path = _BRICK_PATH.fullmatch(brick.path)
    if path is None:
        reason = "not on a logical volume that brickyard or heketi made: its data stays"
        return Skipped(subject, reason, is_fault=True, remedy=by_hand)
    mount, vg, name = path.groups()
    lv = next((v for v in facts.logical_volumes if v.vg == vg and v.name == name), None)
    mounted = [m for m in facts.mounts if m.target == mount]
    if mounted and (lv is None or any(m.number and m.number != lv.number for m in mounted)):
        reason = f"something else than {vg}/{name} is mounted on {mount}: its data stays"
        return Skipped(subject, reason, is_fault=True, remedy=by_hand)
    if lv is not None and lv.attr[:1] in ("o", "O"):
        reason = f"snapshots stand on {vg}/{name} and would go with it: its data stays"
        return Skipped(subject, reason, is_fault=True, remedy=by_hand)
    others = [b for b in snapshot.bricks.values() if b.node == brick.node and b.path.startswith(f"{mount}/")]
    if any(other.key != brick.key for other in others):
        return Skipped(
            subject, "another brick is on the same logical volume: its data stays", is_fault=True, remedy=by_hand
        )
    pool = next((v for v in facts.logical_volumes if lv and v.vg == vg and v.name == lv.pool), None)
    return OldBrick(
        brick.node, brick.device, mount, vg, name, lv, shared_pool=bool(pool and (pool.thin_count or 0) > 1)
    )


def remove_step(old: OldBrick, facts: NodeFacts, needs: tuple[str, ...] = (), guards: tuple[Check, ...] = ()) -> Step:
    """Unmount a brick, then take away its entry in the fstab, its logical volume, the emptied pool and its folder.

    `guards` are asked right before.
    """
    subject = f"{old.node} {old.device}".strip()
    is_mounted = any(m.target == old.mount for m in facts.mounts)
    commands = [*host.umount_for_sure(old.mount)] if is_mounted else []
    commands.append(host.fstab_remove(old.name))
    if old.lv is not None:
        # 5: it is gone already, after a run that broke off; `settled` tells whether that is so
        commands.append(replace(lvm.lvremove_by_uuid(old.vg, old.name, old.lv.uuid), ok=(0, 5)))
        if _POOL.fullmatch(old.lv.pool):
            commands.append(replace(lvm.lvremove_empty_pool(old.vg, old.lv.pool), ok=(0, 5)))
    commands += [host.rmdir(old.mount, tolerant=True), host.rmdir(f"{host.MOUNTS}/{old.vg}", tolerant=True)]
    what = f"{'unmount and ' * is_mounted}remove {'' if old.lv else 'what is left of '}brick {old.vg}/{old.name}"
    return Step(
        id=f"remove {old.node} {old.name}",
        node=old.node,
        title=what,
        commands=tuple(commands),
        subject=subject,
        needs=needs,
        guards=(_mounts_only(old) if is_mounted else host.not_mounted(old.mount), _no_origin(old), *guards),
        settled=_gone(old),
        settle_seconds=10.0,
        serial=f"lvm {old.node}",
        danger=Danger.DESTROYS,
        no_undo="the data of the brick is lost",
    )


def _mounts_only(old: OldBrick) -> Check:
    """Whether what is mounted there is the brick: its number, or its name after the node was started anew."""
    number = f"(?!{re.escape(old.lv.number)} )" if old.lv and old.lv.number else ""
    device = re.escape(host.brick_device(old.vg, old.name))
    return Check(
        host.cat(host.MOUNTINFO),
        matches=r"\d",
        absent=rf"(?:^|\n)\d+ \d+ {number}\S+ \S+ {re.escape(old.mount)} [^\n]* - \S+ (?!{device} )\S+ ",
        why=f"something else than {old.vg}/{old.name} is mounted on {old.mount} now",
    )


def _no_origin(old: OldBrick) -> Check:
    """Whether no snapshot stands on the logical volume: LVM would remove it too."""
    row = rf'"lv_name"\s*:\s*"{re.escape(old.name)}"\s*,\s*"vg_name"\s*:\s*"{re.escape(old.vg)}"'
    absent = rf'{row}[^{{}}]*"lv_attr"\s*:\s*"[oO]'
    return Check(lvm.lvs(), matches='"report"', absent=absent, why=f"snapshots stand on {old.vg}/{old.name}")


def _gone(old: OldBrick) -> Check:
    """Whether the logical volume is gone, and its pool too where nothing else is in it."""
    names = [old.name] + ([old.lv.pool] if old.lv and _POOL.fullmatch(old.lv.pool) and not old.shared_pool else [])
    lv = "|".join(re.escape(name) for name in names)
    found = rf'"lv_name"\s*:\s*"(?:{lv})"\s*,\s*"vg_name"\s*:\s*"{re.escape(old.vg)}"'
    why = f"logical volume {old.vg}/{old.name} or its pool is still there: something may hold it open (lsof, fuser -vm)"
    return Check(lvm.lvs(), matches='"report"', absent=found, why=why)
