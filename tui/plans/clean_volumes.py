"""The volumes on what is to be cleaned: none may reach beyond it, and all go before their bricks' disks."""

from collections.abc import Iterator
from dataclasses import replace

from tui.core import group_tags
from tui.core.model import Volume
from tui.core.plan import Plan, Refused, Skipped, Step
from tui.core.units import format_size
from tui.plans import clean_bricks
from tui.plans.clean_work import Clean
from tui.plans.volume_delete import HEKETI_VOLUME, plan_delete

_OWN_MOUNTS = ("/run/gluster/", "/var/run/gluster/")
Volumes = list[tuple[str, Volume]]  # with their keys in the snapshot


def find_volumes(clean: Clean) -> Volumes:
    """The volumes with bricks in the scope. Raises Refused where one has bricks outside of it too."""
    inside: Volumes = []
    beyond: list[str] = []
    for key, volume in clean.snapshot.volumes.items():
        bricks = [clean.snapshot.bricks[brick] for brick in volume.bricks if brick in clean.snapshot.bricks]
        out = [brick for brick in bricks if not clean.covers(brick)]
        if len(out) == len(bricks):
            continue
        inside.append((key, volume))
        if out:
            beyond.append(f"{key} (also on {', '.join(sorted({b.node or b.host for b in out}))})")
    if beyond:
        raise Refused(
            f"{clean.scope.what} can't be cleaned: it carries bricks of volumes that are elsewhere too.",
            (*beyond, "replacing bricks is another operation; or delete these volumes first"),
        )
    return inside


def refuse_mounted(clean: Clean, volumes: Volumes) -> None:
    """Clients elsewhere are not seen, but those on the nodes are."""
    names = {volume.name for _, volume in volumes}
    used = [
        f"{node}: {mount.source} on {mount.target}"
        for node, known in clean.facts.items()
        for mount in known.mounts
        if mount.fstype == "fuse.glusterfs"
        and mount.source.partition(":")[2].strip("/").partition("/")[0] in names
        and not mount.target.startswith(_OWN_MOUNTS)
    ]
    if used:
        raise Refused(f"{clean.scope.what} can't be cleaned: a volume of it is mounted. Unmount it first.", tuple(used))


def delete(clean: Clean, key: str, volume: Volume) -> bool:
    """Add the steps of the volume's own delete; where it can't be deleted, its bricks and nodes stay: False."""
    try:
        plan = plan_delete(clean.snapshot, clean.facts, key, heketi_too=True)
        reason = ""
    except Refused as refused:
        plan, reason = Plan("", ()), refused.sentence
        clean.skipped.append(Skipped(key, reason, is_fault=True))
    # two clusters of a topology may have volumes of one name
    steps = plan.steps if key == volume.name else tuple(_renamed(step, plan, key) for step in plan.steps)
    clean.steps += steps
    clean.skipped += plan.skipped
    ids = {step.id for step in steps}
    deletes = [id_ for id_ in ids if id_.startswith("delete ")]
    for brick in (clean.snapshot.bricks[at] for at in volume.bricks if at in clean.snapshot.bricks):
        clean.before[brick.node] += deletes
        names = clean_bricks.names_of(brick.path.rpartition("/")[0])
        if names and f"remove {brick.node} {names[1]}" in ids:
            clean.removed[brick.node].add(names)
        elif brick.vg:
            clean.kept[brick.node, brick.vg] = f"a brick of volume {key} stays on it"
        if reason:
            clean.stuck.setdefault(brick.node, reason)
    return not reason


def _renamed(step: Step, plan: Plan, key: str) -> Step:
    def name(id_: str) -> str:
        return f"{id_} {key}" if id_ in own else id_

    own = {other.id for other in plan.steps if other.id.startswith(("stop ", "delete "))}
    return replace(step, id=name(step.id), needs=tuple(name(need) for need in step.needs))


def lost(volumes: Volumes) -> Iterator[str]:
    """What is lost, the most important first."""
    if volumes:
        known = [volume.size for _, volume in volumes if volume.size is not None]
        total = f" of {format_size(sum(known))}" if len(known) == len(volumes) else ""
        what = f"{len(volumes)} volumes{total} with all their data are" if len(volumes) > 1 else f"1 volume{total} is"
        yield f"{what} lost for good, and clients lose {'them' if len(volumes) > 1 else 'it'} at once."
    for key, volume in volumes:
        running = "started" if volume.status == "Started" else "not started"
        yield f"Volume {key} ({volume.type}, {sizes_text(volume.size, volume.used)}, {running}) is lost."


def notices(clean: Clean, volumes: Volumes) -> Iterator[str]:
    """What it means for heketi."""
    if any(volume.name == HEKETI_VOLUME for _, volume in volumes):
        yield f"{HEKETI_VOLUME} holds heketi's database: heketi forgets all its volumes."
    elif any(h.group and not any(t.startswith(group_tags.PREFIX) for t in h.group.tags) for h in clean.held):
        yield "Some volume groups carry no tags of brickyard: if heketi made them, its database goes on naming them."


def sizes_text(size: int | None, used: int | None) -> str:
    """The size and the used bytes of something that is lost."""
    text = "size unknown" if size is None else format_size(size)
    return f"{text}, {'used: unknown' if used is None else format_size(used) + ' used'}"
