"""A simulated heketi that made what is on the nodes of a simulated site: their pool, disks, volumes and bricks."""

import re
from typing import Final

from tui.core.units import GIB, KIB
from tui.demo import gluster_model as gluster
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_on_nodes import SiteNodes
from tui.demo.heketi_tables import Brick, Volume
from tui.demo.machine import Machine
from tui.demo.site import DemoSite

_GROUP: Final = re.compile(r"vg_([0-9a-f]{32})")
_BRICK: Final = re.compile(r"/var/lib/heketi/mounts/vg_([0-9a-f]{32})/brick_([0-9a-f]{32})/brick")


def heketi_of(site: DemoSite, seed: int = 1) -> SimHeketi:
    """A heketi, not started yet, that works on the nodes of a site and knows all that is on them already.

    Nodes outside of the pool, disks without a volume group for bricks, and volumes with bricks elsewhere are
    not heketi's.
    """
    server = SimHeketi(seed=seed, executor=SiteNodes(site))
    pool = max((node.machine.glusterd.pool for node in site.nodes), key=lambda one: len(one.members))
    members = [member.machine for member in pool.members]
    cluster = server.seed_cluster()
    for node in site.nodes:
        if node.machine in members:
            known = server.seed_node(cluster.id, node.name, node.machine.addresses[0], site.zones.get(node.name, 1))
            _devices(server, node.machine, known.id)
    for volume in pool.volumes.values():
        _volume(server, volume, cluster.id)
    return server


def _devices(server: SimHeketi, machine: Machine, node: str) -> None:
    for group in machine.lvm.groups.values():
        match = _GROUP.fullmatch(group.name)
        if match is None:
            continue
        disk = group.pvs[0]
        device = server.seed_device(node, disk.device.path, match[1], group.size // KIB)
        device.pv_uuid, device.paths = disk.uuid, sorted([disk.device.path, *disk.device.links])
        device.extent = group.extent // KIB


def _volume(server: SimHeketi, volume: gluster.Volume, cluster: str) -> None:
    """Take a volume over, with its bricks, where all of them are heketi's."""
    tables = server.state.tables
    named = re.fullmatch("vol_([0-9a-f]{32})", volume.name)
    ident = named[1] if named else tables.new_id()
    sets = [[_brick(server, brick, ident) for brick in one] for one in volume.sets]
    if any(brick is None for one in sets for brick in one):
        return
    bricks = [[brick for brick in one if brick] for one in sets]
    for brick in (brick for one in bricks for brick in one):
        tables.put_brick(brick)
    kib = sum(max(brick.size for brick in one) for one in bricks)
    known = Volume(ident, volume.name, cluster, max(1, kib * KIB // GIB))
    if volume.replica > 1:
        known.durability, known.replica = "replicate", volume.replica
    known.options = ["user.heketi.arbiter true"] if volume.arbiter else []
    known.sets = [[brick.id for brick in one] for one in bricks]
    known.hosts = [tables.nodes[node].storage[0] for node in tables.clusters[cluster].nodes]
    tables.put_volume(known)


def _brick(server: SimHeketi, brick: gluster.Brick, volume: str) -> Brick | None:
    """A brick as heketi keeps it, None where it is none of heketi's."""
    match = _BRICK.fullmatch(brick.path)
    device = server.state.tables.devices.get(match[1]) if match else None
    found = brick.machine.lvm.find_lv(f"vg_{match[1]}", f"brick_{match[2]}") if match else None
    if match is None or device is None or found is None:
        return None
    _, pool, thin = found
    if thin is None:
        return None
    sizes = (thin.size // KIB, pool.size // KIB, pool.metadata // KIB)
    return Brick(match[2], device.id, device.node, volume, *sizes, pool.name, 2 if brick.arbiter else 1)
