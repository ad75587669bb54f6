"""Whether a cluster of heketi's is understood well enough to be managed without heketi: every brick, down to its disk.

Nothing is guessed: what can't be read now, or stands otherwise than heketi and brickyard make it, is a reason to
stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.core.facts import LogicalVolume, NodeFacts, VolumeGroup
from tui.core.heketi_dump import HeketiDump
from tui.core.heketi_model import HeketiBrick, HeketiCluster, HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.join_view import volume_of_path
from tui.core.model import Brick, Freshness, Node, Snapshot, Volume

_PARTS = ("volume_groups", "logical_volumes", "physical_volumes", "mounts", "fstab")


@dataclass
class Leaving:
    """A cluster of heketi's (`cluster`) beside what its nodes say; `dump` is heketi's database where it is known."""

    site: HeketiSite
    cluster: HeketiCluster
    snapshot: Snapshot
    facts: Mapping[str, NodeFacts]
    dump: HeketiDump | None = None
    at: dict[str, Node] = field(default_factory=dict)
    """The storage nodes, by the ids of heketi's nodes; filled by `reasons`."""

    @property
    def nodes(self) -> list[HeketiNode]:
        """The nodes of the cluster, by name."""
        known = (self.site.nodes[ident] for ident in self.cluster.nodes if ident in self.site.nodes)
        return sorted(known, key=lambda node: node.name)

    @property
    def volumes(self) -> list[HeketiVolume]:
        """The volumes of the cluster, by name."""
        mine = (one for one in self.site.volumes.values() if one.cluster == self.cluster.id)
        return sorted(mine, key=lambda one: one.name)

    def twin(self, volume: HeketiVolume) -> Volume | None:
        """The Gluster volume of a volume of heketi's."""
        pools = {node.cluster for node in self.at.values()}
        return next((v for v in self.snapshot.volumes.values() if v.name == volume.name and v.cluster in pools), None)

    def group(self, device: HeketiDevice) -> VolumeGroup | None:
        """The volume group of a device, where its node says that it is there."""
        node = self.at.get(device.node)
        known = self.facts[node.name].volume_groups if node is not None else ()
        return next((group for group in known if group.name == device.group), None)


def reasons(leaving: Leaving) -> list[str]:
    """Why the cluster can't leave heketi yet, one sentence each; none where all of it is understood."""
    found = [*_books(leaving), *_nodes(leaving)]
    if found:
        # without the nodes nothing can be said of what is on them
        return found
    pools = sorted({node.cluster for node in leaving.at.values()})
    if len(pools) > 1 or "" in pools:
        return [f"its nodes are in {len(pools)} Gluster pools: {', '.join(pool or 'none' for pool in pools)}"]
    for node in leaving.nodes:
        for device in node.devices:
            if leaving.group(device) is None:
                found.append(f"{node.name} {device.name}: there is no volume group {device.group}")
    for volume in leaving.volumes:
        found += _volume(leaving, volume)
    return found


def _books(leaving: Leaving) -> Iterator[str]:
    """What heketi has not ended, and what it does not find itself."""
    for operation in leaving.site.operations:
        state = operation.status or "under way"
        yield f"operation {operation.type} ({operation.id[:8]}) is {state}: wait for its end, or clean it up"
    for path, _ in leaving.site.missing:
        yield f"heketi does not find {path}, which it names itself: repair its database first"
    if leaving.dump is not None:
        held = [key[:8] for key, one in leaving.dump.volumes.items() if one.pending]
        if held and not leaving.site.operations:
            yield f"volumes {', '.join(held)} are marked as pending: repair the database first"
    for block in leaving.site.block_volumes.values():
        if block.cluster == leaving.cluster.id:
            yield f"block volume {block.name} needs heketi or gluster-block: brickyard does not manage block volumes"


def _nodes(leaving: Leaving) -> Iterator[str]:
    stored = {node.storage: node for node in leaving.snapshot.nodes.values() if node.storage}
    for node in leaving.nodes:
        known = leaving.snapshot.nodes.get(node.name) or stored.get(node.storage[0] if node.storage else "")
        if known is None:
            yield f"node {node.name} is none of this site's nodes: add it to the configuration"
            continue
        facts = leaving.facts.get(known.name)
        if known.source.freshness is not Freshness.LIVE or facts is None:
            yield f"node {node.name} can't be asked now{f': {known.reason}' if known.reason else ''}"
            continue
        unread = [f"{part} ({facts.unread[part]})" for part in _PARTS if part in facts.unread]
        if unread:
            yield f"node {node.name}: not all could be read: {', '.join(unread)}"
        elif known in leaving.at.values():
            yield f"node {node.name} is a machine that heketi has under another name too"
        else:
            leaving.at[node.id] = known


def _volume(leaving: Leaving, volume: HeketiVolume) -> Iterator[str]:
    twin = leaving.twin(volume)
    if twin is None:
        yield f"volume {volume.name}: Gluster does not have it"
        return
    paths = {key[2] for key in twin.bricks}
    lost = sorted({brick.path for brick in volume.bricks} - paths)
    more = sorted(paths - {brick.path for brick in volume.bricks})
    if lost or more:
        words = [f"Gluster does not have {path}" for path in lost] + [f"heketi does not have {path}" for path in more]
        yield f"volume {volume.name}: {'; '.join(words[:4])}"
        return
    for brick in volume.bricks:
        why = _brick(leaving, brick, twin)
        if why:
            yield f"volume {volume.name}: brick {brick.path}: {why}"


def _brick(leaving: Leaving, brick: HeketiBrick, twin: Volume) -> str:
    """What is not understood of a brick, "" if all is."""
    device, node = leaving.site.devices.get(brick.device), leaving.at.get(brick.node)
    if device is None or node is None:
        return "heketi does not tell its device or node"
    mine = next((known for key in twin.bricks if (known := _joined(leaving, key)) and known.path == brick.path), None)
    if mine is None or mine.node != node.name:
        return f"Gluster has it on another node than {node.name}"
    facts, name = leaving.facts[node.name], f"brick_{brick.id}"
    lvs = {(lv.vg, lv.name): lv for lv in facts.logical_volumes if not lv.hidden}
    lv = lvs.get((device.group, name))
    folder = brick.path.removesuffix("/brick")
    if lv is None:
        return f"there is no logical volume {device.group}/{name}" + (
            " (it is a clone: its brick is a snapshot)" if "/snaps/" in brick.path else ""
        )
    pool = lvs.get((device.group, lv.pool))
    if pool is None or not pool.is_pool:
        return f"its logical volume {name} is in no thin pool"
    return _mount(facts, lv, folder)


def _joined(leaving: Leaving, key: tuple[str, str, str]) -> Brick | None:
    return leaving.snapshot.bricks.get(key)


def _mount(facts: NodeFacts, lv: LogicalVolume, folder: str) -> str:
    mounts = [mount for mount in facts.mounts if mount.target == folder]
    if not mounts:
        return f"nothing is mounted on {folder}"
    last = mounts[-1]
    if last.number and lv.number and last.number != lv.number:
        return f"something else than {lv.vg}/{lv.name} is mounted on {folder}"
    entries = [entry for entry in facts.fstab if entry.target == folder]
    if not entries:
        return f"the fstab does not name {folder}: heketi may keep another file; 'brickyard clean leftovers' adds it"
    if len(entries) > 1:
        return f"the fstab names {folder} {len(entries)} times"
    if volume_of_path(entries[0].source) != (lv.vg, lv.name):
        return f"the fstab mounts {entries[0].source} on {folder}"
    return "" if entries[0].fstype == "xfs" else f"its filesystem is {entries[0].fstype} in the fstab, not xfs"
