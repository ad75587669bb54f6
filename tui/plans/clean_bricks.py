"""What is left of bricks that no volume uses: mounts, entries of the fstab, logical volumes, thin pools."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from tui.core.facts import LogicalVolume, NodeFacts
from tui.core.plan import Check, Danger, Step
from tui.dialects import gluster, host, lvm
from tui.plans.clean_disks import BRICK, POOL, Holding
from tui.plans.volume_delete import OldBrick, remove_step

_BRICK_MOUNT = re.compile(rf"{re.escape(host.MOUNTS)}/(vg_[0-9a-f]{{32}})/(brick_[0-9a-f]{{32}})")
Names = tuple[str, str]  # volume group, logical volume


def names_of(target: str) -> Names | None:
    """The volume group and brick that a mount point of brickyard or heketi names."""
    found = _BRICK_MOUNT.fullmatch(target)
    return (found[1], found[2]) if found else None


def can_tell(facts: NodeFacts) -> bool:
    """Whether the node can be asked for its volumes, or has no Gluster that could have any."""
    return facts.glusterd in ("active", "not installed")


def guards_of(facts: NodeFacts, mount: str) -> tuple[Check, ...]:
    """What is asked before a brick goes; where Gluster is not installed nothing can be asked."""
    return () if facts.glusterd == "not installed" else (gluster.no_brick_below(mount),)


def orphan_steps(node: str, facts: NodeFacts, names: Names, device: str = "") -> list[Step]:
    """Take away one brick that no volume uses, or whatever is left of it."""
    vg, name = names
    lv = next((v for v in facts.logical_volumes if (v.vg, v.name) == names), None)
    mount = host.brick_mount(vg, name)
    pool = next((v for v in facts.logical_volumes if lv and v.vg == vg and v.name == lv.pool), None)
    shared = bool(pool and (pool.thin_count or 0) > 1)
    return [remove_step(OldBrick(node, device, mount, vg, name, lv, shared), facts, guards=guards_of(facts, mount))]


def traces(facts: NodeFacts, groups: Collection[str] | None = None) -> list[Names]:
    """The bricks that mounts and the fstab name, in these volume groups (None: in any)."""
    targets = [mount.target for mount in facts.mounts] + [entry.target for entry in facts.fstab]
    found = (names_of(target) for target in targets)
    return list(dict.fromkeys(names for names in found if names and (groups is None or names[0] in groups)))


def empty_pools(lvs: Iterable[LogicalVolume]) -> Iterator[LogicalVolume]:
    """The thin pools of brickyard or heketi in which no thin volume is."""
    known = list(lvs)
    used = {(lv.vg, lv.pool) for lv in known if lv.pool}
    for lv in known:
        if lv.is_pool and POOL.fullmatch(lv.name) and not lv.thin_count and (lv.vg, lv.name) not in used:
            yield lv


def pool_step(node: str, pool: LogicalVolume, subject: str = "") -> Step:
    """Remove a thin pool as long as it is empty."""
    gone = lvm.lv_gone(pool.vg, pool.name)
    return Step(
        id=f"pool {node} {pool.vg}/{pool.name}",
        node=node,
        title=f"remove empty thin pool {pool.vg}/{pool.name}",
        commands=(lvm.lvremove_empty_pool(pool.vg, pool.name),),
        subject=subject or f"{node} {pool.vg}/{pool.name}",
        done=gone,
        guards=(lvm.lv_exists(pool.vg, pool.name, pool.uuid),),
        settled=replace(gone, why=f"{pool.vg}/{pool.name} is still there: a thin volume is in it now"),
        settle_seconds=5.0,
        serial=f"lvm {node}",
        danger=Danger.DESTROYS,
        no_undo="it held nothing",
    )


def leftover_steps(held: Holding, facts: NodeFacts, removed: Collection[Names]) -> list[Step]:
    """All that stands in a volume group besides the bricks of volumes, which are `removed` by others."""
    bricks = [(held.vg, lv.name) for lv in held.lvs if BRICK.fullmatch(lv.name)]
    bricks += [names for names in traces(facts, (held.vg,)) if names not in bricks]
    steps: list[Step] = []
    for names in bricks:
        if names not in removed:
            steps += orphan_steps(held.node, facts, names, held.label.path)
    return steps + [pool_step(held.node, pool, held.subject) for pool in empty_pools(held.lvs)]


def lost_steps(node: str, facts: NodeFacts, removed: Collection[Names]) -> list[Step]:
    """Mounts and entries of the fstab for bricks in volume groups that are gone."""
    there = {group.name for group in facts.volume_groups}
    lost: Sequence[Names] = [n for n in traces(facts) if n[0] not in there and n not in removed]
    return [step for names in lost for step in orphan_steps(node, facts, names)]
