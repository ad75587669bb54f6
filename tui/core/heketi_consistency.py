"""What heketi's own consistency check finds in its database, found without heketi. Pure.

The questions are those of `heketi db consistency-check` (GET /db/check) of heketi 10: does every reference lead
somewhere, and does what it leads to refer back; are marks of operations those of operations that exist; do sizes
add up. The words follow heketi's where heketi's are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tui.core.heketi_dump import DumpVolume, HeketiDump
from tui.core.units import GIB, KIB


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """One fault: in which table, of which entry, in words. `dangling` is the id that leads nowhere, "" for none."""

    table: str
    id: str
    words: str
    dangling: str = ""


def inconsistencies(dump: HeketiDump) -> tuple[Inconsistency, ...]:
    """All faults of a database, table by table; none for one that heketi finds consistent."""
    return (*_clusters(dump), *_volumes(dump), *_bricks(dump), *_nodes(dump), *_devices(dump), *_blocks(dump))


def _clusters(dump: HeketiDump) -> Iterator[Inconsistency]:
    for cluster in dump.clusters.values():
        for word, ids, home in (
            ("volume", cluster.volumes, {key: one.volume.cluster for key, one in dump.volumes.items()}),
            ("node", cluster.nodes, {key: one.node.cluster for key, one in dump.nodes.items()}),
            ("blockvolume", cluster.block_volumes, {key: one.cluster for key, one in dump.block_volumes.items()}),
        ):
            for ident in ids:
                if ident not in home:
                    yield _unknown("clusters", "Cluster", cluster.id, word, ident)
                elif home[ident] != cluster.id:
                    yield _no_link("clusters", "Cluster", cluster.id, word, ident)


def _volumes(dump: HeketiDump) -> Iterator[Inconsistency]:
    for ident, one in dump.volumes.items():
        volume = one.volume
        yield from _mark(dump, "volumes", "Volume", ident, one.pending)
        cluster = dump.clusters.get(volume.cluster)
        if cluster is None:
            yield _unknown("volumes", "Volume", ident, "cluster", volume.cluster)
        else:
            if ident not in cluster.volumes:
                yield _no_link("volumes", "Volume", ident, "cluster", volume.cluster)
            if len(volume.hosts) != len(cluster.nodes):
                words = f"Volume {ident} mount hosts list({' '.join(volume.hosts)}) is not same as list of all nodes"
                yield Inconsistency("volumes", ident, words)
        for brick in one.bricks:
            known = dump.bricks.get(brick)
            if known is None:
                yield _unknown("volumes", "Volume", ident, "brick", brick)
            elif known.brick.volume != ident:
                yield _no_link("volumes", "Volume", ident, "brick", brick)
        yield from _block_space(dump, ident, one)


def _block_space(dump: HeketiDump, ident: str, one: DumpVolume) -> Iterator[Inconsistency]:
    """Block volumes and the space they take of the volume that hosts them."""
    volume, taken = one.volume, 0
    for block in volume.block_volumes:
        known = dump.block_volumes.get(block)
        if known is None:
            yield _unknown("volumes", "Volume", ident, "blockvolume", block)
            continue
        if known.host_volume != ident:
            yield _no_link("volumes", "Volume", ident, "blockvolume", block)
        taken += known.size
    if volume.is_block and taken != volume.size - volume.free - volume.reserved:
        numbers = [taken // GIB, volume.size // GIB, volume.free // GIB, volume.reserved // GIB]
        words = "Volume {} blocksize differs aggregateSize {} != volumeSize {} - freeSize {} - reservedSize {}"
        yield Inconsistency("volumes", ident, words.format(ident, *numbers))
    if not volume.is_block and taken:
        yield Inconsistency("volumes", ident, f"Volume {ident} has blockvolumes but not block flag")


def _bricks(dump: HeketiDump) -> Iterator[Inconsistency]:
    for ident, one in dump.bricks.items():
        brick = one.brick
        yield from _mark(dump, "bricks", "Brick", ident, one.pending)
        if brick.node not in dump.nodes:
            yield _unknown("bricks", "Brick", ident, "node", brick.node)
        if brick.volume not in dump.volumes:
            yield _unknown("bricks", "Brick", ident, "volume", brick.volume)
        elif ident not in dump.volumes[brick.volume].bricks:
            yield _no_link("bricks", "Brick", ident, "volume", brick.volume)
        if brick.device not in dump.devices:
            yield _unknown("bricks", "Brick", ident, "device", brick.device)
        elif ident not in dump.devices[brick.device].bricks:
            yield _no_link("bricks", "Brick", ident, "device", brick.device)


def _nodes(dump: HeketiDump) -> Iterator[Inconsistency]:
    for ident, one in dump.nodes.items():
        for device in one.devices:
            if device not in dump.devices:
                yield _unknown("nodes", "Node", ident, "device", device)
            elif dump.devices[device].device.node != ident:
                yield _no_link("nodes", "Node", ident, "device", device)
        cluster = dump.clusters.get(one.node.cluster)
        if cluster is None:
            yield _unknown("nodes", "Node", ident, "cluster", one.node.cluster)
        elif ident not in cluster.nodes:
            yield _no_link("nodes", "Node", ident, "cluster", one.node.cluster)


def _devices(dump: HeketiDump) -> Iterator[Inconsistency]:
    for ident, one in dump.devices.items():
        device = one.device
        node = dump.nodes.get(device.node)
        if node is None:
            yield _unknown("devices", "Device", ident, "node", device.node)
        elif ident not in node.devices:
            yield _no_link("devices", "Device", ident, "node", device.node)
        for brick in one.bricks:
            known = dump.bricks.get(brick)
            if known is None:
                yield _unknown("devices", "Device", ident, "brick", brick)
            elif known.brick.device != ident:
                yield _no_link("devices", "Device", ident, "brick", brick)
        if device.total != device.free + device.used:
            sizes = f"{device.total // KIB} is not {device.free // KIB} free and {device.used // KIB} used"
            yield Inconsistency("devices", ident, f"Device {ident} size differs: total {sizes} (KiB)")


def _blocks(dump: HeketiDump) -> Iterator[Inconsistency]:
    for ident, block in dump.block_volumes.items():
        yield from _mark(dump, "blockvolumes", "BlockVolume", ident, dump.pending_blocks.get(ident, ""))
        cluster = dump.clusters.get(block.cluster)
        if cluster is None:
            yield _unknown("blockvolumes", "BlockVolume", ident, "cluster", block.cluster)
        elif ident not in cluster.block_volumes:
            yield _no_link("blockvolumes", "BlockVolume", ident, "cluster", block.cluster)
        host = dump.volumes.get(block.host_volume)
        if host is None:
            yield _unknown("blockvolumes", "BlockVolume", ident, "volume", block.host_volume)
        elif ident not in host.volume.block_volumes:
            yield _no_link("blockvolumes", "BlockVolume", ident, "volume", block.host_volume)


def _mark(dump: HeketiDump, table: str, kind: str, ident: str, pending: str) -> Iterator[Inconsistency]:
    if pending and pending not in dump.operations:
        words = f"{kind} {ident} marked pending but no pending op {pending}"
        yield Inconsistency(table, ident, words, pending)


def _unknown(table: str, kind: str, ident: str, what: str, other: str) -> Inconsistency:
    return Inconsistency(table, ident, f"{kind} {ident} unknown {what} {other}", other)


def _no_link(table: str, kind: str, ident: str, what: str, other: str) -> Inconsistency:
    own = {"clusters": "cluster", "volumes": "volume", "bricks": "brick", "nodes": "node", "devices": "device"}
    mine = own.get(table, "blockVolume")
    return Inconsistency(table, ident, f"{kind} {ident} no link back to {mine} from {what} {other}")
