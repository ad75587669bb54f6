"""A cluster leaves heketi: its volumes are managed over SSH from then on, and not a byte of them moves.

What only heketi knew of nodes and devices (zones, tags, names) is written onto them as LVM tags, and each volume gets
a mark of who had it. Bricks, mounts and the fstab stay as they are, and so does heketi's database.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from tui.core import group_tags as tags
from tui.core.facts import DeviceProbe, NodeFacts
from tui.core.heketi_dump import HeketiDump
from tui.core.heketi_model import ONLINE, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot, State, Volume
from tui.core.plan import Check, Danger, Plan, Refused, Skipped, Step
from tui.core.runner import HEKETI
from tui.core.topology import TopologyDevice, TopologyNode
from tui.core.units import format_size
from tui.dialects import gluster
from tui.dialects import heketi_requests as requests
from tui.plans import volume_state
from tui.plans.device_steps import Disk, retag_step
from tui.plans.heketi_leave_checks import Leaving, reasons
from tui.plans.heketi_leave_kube import pointers, words_of
from tui.plans.volume_delete import HEKETI_VOLUME

MARK: Final = "user.brickyard.adopted-from"
"""The option that tells which heketi volume a Gluster volume was; any "user." option is a note and no setting."""
UNMARKED: Final = "none"
MANAGE_FALSE: Final = "write 'manage: false' below 'heketi:' in the configuration, or take 'heketi:' out of it"
_OVER_SSH: Final = "let changes go over SSH as they do ('manage: false' is set, or --direct was given)"
_SOME: Final = 40


def plan_leave(
    site: HeketiSite,
    snapshot: Snapshot,
    facts: Mapping[str, NodeFacts],
    cluster: str = "",
    dump: HeketiDump | None = None,
    *,
    freeze: bool = False,
    managed: bool = True,
) -> Plan:
    """The plan that adopts all volumes of a cluster of heketi's ("": its only one).

    With `freeze`, heketi is made read-only first, so that nobody makes volumes through it meanwhile. `managed` says
    whether the configuration still lets changes go through heketi. Raises Refused
    with all reasons where anything is not understood, or heketi has not ended what it began.
    """
    leaving = _leaving(site, snapshot, facts, cluster, dump)
    if _has_left(leaving):
        return Plan(f"Cluster {leaving.cluster.id[:8]} has left heketi already", (), then=_now(managed))
    why = reasons(leaving)
    if why:
        count = f"{len(why)} thing{'s' * (len(why) > 1)}"
        shown = (*why[:_SOME], f"and {len(why) - _SOME} more") if len(why) > _SOME else tuple(why)
        raise Refused(f"Cluster {leaving.cluster.id[:8]} can't leave heketi yet: {count} stand in the way.", shown)
    first = [_freeze()] if freeze else []
    needs = tuple(step.id for step in first)
    try:
        tagged, skipped = _tag_steps(leaving, needs)
    except ValueError as error:
        raise Refused(f"The cluster can't be adopted: {error}.") from error
    marked = [step for volume in leaving.volumes if (step := _mark_step(leaving, volume, needs)) is not None]
    names = ", ".join(node.name for node in leaving.nodes)
    return Plan(
        f"Leave heketi with cluster {leaving.cluster.id[:8]} ({names}): {_count(len(leaving.volumes), 'volume')}",
        (*first, *tagged, *marked),
        tuple(skipped),
        tuple(_warnings(leaving, freeze)),
        then=f"{_now(managed)}; change what in Kubernetes still points at heketi, then stop its server",
    )


def leave_report(
    site: HeketiSite,
    snapshot: Snapshot,
    facts: Mapping[str, NodeFacts],
    tables: KubeTables | None = None,
    cluster: str = "",
    url: str = "",
    *,
    managed: bool = True,
) -> list[str]:
    """What is adopted and what still points at heketi, as lines of text. Raises Refused for an unknown cluster.

    `managed` says whether the configuration still lets changes go through heketi.
    """
    leaving = _leaving(site, snapshot, facts, cluster, None)
    why = reasons(leaving)
    state = f"is not understood: {_count(len(why), 'reason')} to stay" if why else "is understood in all its parts"
    if _has_left(leaving):
        state, why = "has left heketi", []
    lines = [f"Cluster {leaving.cluster.id} {state}."]
    lines += [f"  ! {reason}" for reason in why]
    lines += ["", f"{_count(len(leaving.nodes), 'node')}:"]
    for node in leaving.nodes:
        noted = ", ".join(f"{key}={value}" for key, value in sorted(node.tags.items()))
        size = format_size(sum(device.total for device in node.devices))
        devices = _count(len(node.devices), "device")
        lines.append(f"  {node.name} ({', '.join(node.storage)}), zone {node.zone}, {devices}, {size}"
                     + (f", tags {noted}" if noted else ""))  # fmt: skip
    lines += ["", f"{_count(len(leaving.volumes), 'volume')}:"]
    for volume in leaving.volumes:
        twin = leaving.twin(volume)
        kind, status = (twin.type, twin.status) if twin else ("not in Gluster", "-")
        lines.append(f"  {volume.name}: {format_size(volume.size)}, {kind}, {len(volume.bricks)} bricks, {status}")
    found = pointers(tables, site, url) if tables is not None else []
    point = "things in Kubernetes still point" if len(found) != 1 else "thing in Kubernetes still points"
    lines += ["", f"{len(found)} {point} at heketi:" if tables is not None else
              "Kubernetes was not asked what points at heketi."]  # fmt: skip
    lines += [line for pointer in found for line in words_of(pointer)]
    own = HEKETI_VOLUME in [volume.name for volume in leaving.volumes]
    keeps = f"; then volume {HEKETI_VOLUME}, which holds it, can go" if own else ""
    lines += ["", f"Now {_now(managed)}."]
    lines += ["", f"At last stop the heketi server, and keep a copy of heketi.db for a while{keeps}."]
    return lines


def leave_data(
    site: HeketiSite,
    snapshot: Snapshot,
    facts: Mapping[str, NodeFacts],
    tables: KubeTables | None = None,
    cluster: str = "",
    url: str = "",
) -> dict[str, Any]:
    """What `leave_report` says, as plain data: sizes in bytes, None for what was not asked. Raises Refused."""
    leaving = _leaving(site, snapshot, facts, cluster, None)
    why, left = reasons(leaving), _has_left(leaving)
    nodes = [{"name": node.name, "storage": list(node.storage), "zone": node.zone, "tags": dict(node.tags),
              "devices": [device.name for device in node.devices]} for node in leaving.nodes]  # fmt: skip
    twins = [(volume, leaving.twin(volume)) for volume in leaving.volumes]
    volumes = [{"name": one.name, "size": one.size, "bricks": len(one.bricks), "type": twin.type if twin else None,
                "status": twin.status if twin else None} for one, twin in twins]  # fmt: skip
    found = pointers(tables, site, url) if tables is not None else None
    return {
        "cluster": leaving.cluster.id, "has_left": left, "reasons": [] if left else why, "nodes": nodes,
        "volumes": volumes,
        "pointers": None if found is None else [
            {"object": str(one.about), "summary": one.sentence, "remedies": [remedy.title for remedy in one.remedies]}
            for one in found
        ],
    }  # fmt: skip


def _leaving(
    site: HeketiSite, snapshot: Snapshot, facts: Mapping[str, NodeFacts], cluster: str, dump: HeketiDump | None
) -> Leaving:
    ids: Collection[str] = [ident for ident in site.clusters if ident.startswith(cluster)]
    if len(ids) != 1:
        known = ", ".join(sorted(site.clusters)) or "none"
        sentence = f"heketi has no cluster {cluster}." if not ids else "Say which of heketi's clusters shall leave it."
        raise Refused(sentence, (f"heketi has {known}",))
    return Leaving(site, site.clusters[next(iter(ids))], snapshot, facts, dump)


def _has_left(leaving: Leaving) -> bool:
    """Whether all that is there of the cluster says that it has left; what was deleted since says nothing."""
    groups = {group.name: group for node in leaving.facts.values() for group in node.volume_groups}
    mine = [groups[d.group] for node in leaving.nodes for d in node.devices if d.group in groups]
    if not mine or any(tags.read(group.tags).left != leaving.cluster.id for group in mine):
        return False
    return all(_is_marked(leaving.snapshot.volumes.get(volume.name), volume) for volume in leaving.volumes)


def _is_marked(twin: Volume | None, volume: HeketiVolume) -> bool:
    """Whether it has its note; one of the same name on other bricks was made since, and needs none."""
    paths = {brick.path for brick in volume.bricks}
    if twin is None or not any(path in paths for _, _, path in twin.bricks):
        return True
    return twin.options.get(MARK) == f"heketi-{volume.id}"


def _now(managed: bool) -> str:
    """What is to be done about our own configuration."""
    return MANAGE_FALSE if managed else _OVER_SSH


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _freeze() -> Step:
    return Step(
        id="freeze heketi",
        node=HEKETI,
        title="make heketi read-only",
        commands=(requests.set_mode("read-only").command(60.0),),
        subject="heketi",
        done=Check(requests.Request("GET", "/admin").command(60.0), fields=(("/state", '"read-only"'),)),
        no_undo="heketi leaves this mode when it is started anew, or by the signal USR2",
    )


def _tag_steps(leaving: Leaving, needs: tuple[str, ...]) -> tuple[list[Step], list[Skipped]]:
    """What heketi knew of nodes and devices, onto their volume groups. Raises ValueError where it is too long."""
    said = [tags.read(group.tags) for node in leaving.nodes for d in node.devices if (group := leaving.group(d))]
    cluster = next((one.cluster for one in said if one.cluster), leaving.cluster.id)
    members = {storage: manage for one in said for storage, manage in one.members.items()}
    members |= {node.storage[0]: leaving.at[node.id].name for node in leaving.nodes if node.storage}
    steps: list[Step] = []
    skipped: list[Skipped] = []
    for node in leaving.nodes:
        for device in node.devices:
            step = _tag_step(leaving, node, device, cluster, members)
            if step is None:
                skipped.append(Skipped(f"{node.name} {device.name}", "its volume group has its tags already"))
            else:
                steps.append(_after(step, needs))
    return steps, skipped


def _tag_step(
    leaving: Leaving, node: HeketiNode, device: HeketiDevice, cluster: str, members: dict[str, str]
) -> Step | None:
    group, home = leaving.group(device), leaving.at[node.id]
    assert group is not None
    known, storage = tags.read(group.tags), node.storage[0] if node.storage else home.storage
    wanted = tags.GroupTags(
        node.zone, home.name, storage, cluster, {**known.node, **node.tags}, {**known.device, **device.tags}, members,
        left=leaving.cluster.id,
    )  # fmt: skip
    facts = leaving.facts[home.name]
    label = next(label for label in facts.physical_volumes if label.vg == group.name)
    block = next((d for d in facts.devices if label.number == d.number or label.path == d.path), None)
    if block is None:
        raise ValueError(f"{label.path} of {home.name}, which volume group {group.name} is on, is not among its disks")
    at, path = TopologyNode(home.name, storage, node.zone), TopologyDevice(label.path)
    disk = Disk(at, path, block, DeviceProbe(label.path, block.number), group=group)
    return retag_step(disk, wanted)


def _after(step: Step, needs: tuple[str, ...]) -> Step:
    return replace(step, needs=(*step.needs, *needs))


def _mark_step(leaving: Leaving, volume: HeketiVolume, needs: tuple[str, ...]) -> Step | None:
    """A note on the volume; None where it is there."""
    twin, value = leaving.twin(volume), f"heketi-{volume.id}"
    assert twin is not None
    before = twin.options.get(MARK, "")
    if before == value:
        return None
    cluster = volume_state.cluster_of(leaving.snapshot, twin)
    # Gluster takes a "user." option away only with all other options of the volume
    undo = gluster.volume_set(volume.name, MARK, before or UNMARKED)
    option = rf"<name>{re.escape(volume.name)}</name>(?:(?!</volume>).)*?<name>{re.escape(MARK)}</name>"
    there = rf"{option}\s*<value>{re.escape(value)}</value>"
    return Step(
        id=f"mark {volume.name}",
        node=volume_state.speaker(leaving.snapshot, cluster),
        title=f"note on volume {volume.name} that it was heketi's",
        commands=(gluster.volume_set(volume.name, MARK, value),),
        subject=volume.name,
        needs=needs,
        done=Check(gluster.volume_info(), matches=f"<opRet>0</opRet>.*{there}", why=f"{volume.name} has no such note"),
        guards=(volume_state.has_id(volume.name, twin.id),),
        serial=volume_state.serial(cluster),
        danger=Danger.SAFE,
        undo=(undo,),
        undone=Check(gluster.volume_info(), matches="<opRet>0</opRet>.*</cliOutput>", absent=there,
                     why=f"{volume.name} has the note"),
        retry=True,
    )  # fmt: skip


def _warnings(leaving: Leaving, freeze: bool) -> list[str]:
    found = [] if freeze else ["Nobody may make or delete volumes through heketi from now on: both would not know it."]
    aside = [f"{node.name} {device.name}" for node in leaving.nodes for device in node.devices
             if device.state != ONLINE or node.state != ONLINE]  # fmt: skip
    if aside:
        found.append(f"heketi places nothing on {', '.join(aside)}; brickyard does, as it knows no disabled devices.")
    for volume in leaving.volumes:
        twin = leaving.twin(volume)
        if twin is not None and twin.state not in (State.ONLINE, State.STOPPED):
            found.append(f"Volume {volume.name} is {twin.state.value} ({twin.reason}): it is adopted as it is.")
    if any(volume.snapshot_factor > 1 for volume in leaving.volumes):
        found.append("Some bricks have thin pools greater than they are (snapshot factor): they keep them.")
    return found
