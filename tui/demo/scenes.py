"""A lively site for `brickyard demo`: volumes of several kinds with data, and some things that are wrong.

What is wrong: glusterd stands still on one node, one brick process has died, one disk holds a
foreign filesystem, and a node outside of the pool waits to be taken in.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui.core.units import GIB, KIB, MIB
from tui.demo.gluster_heal import let_differ
from tui.demo.machine import Machine
from tui.demo.site import DemoSite, start_site
from tui.demo.xfs import map_chunks

NAMES: Final = ("gl-a1", "gl-a2", "gl-b1", "gl-b2", "gl-c1", "gl-c2")
ZONES: Final = {"gl-a1": 1, "gl-a2": 1, "gl-b1": 2, "gl-b2": 2, "gl-c1": 3, "gl-c2": 3}
DISK_SIZE: Final = 960197124096
DISKS: Final = 6
# disks of each node that are LVM's already; the others are blank
USED_DISKS: Final = ("/dev/sdb", "/dev/sdc", "/dev/sdd")
NEWCOMER: Final = "gl-c2"
# seconds
SLOW: Final = {"lvm vgcreate": 0.5, "lvm lvcreate": 1.2, "mkfs.xfs": 0.5, "lvm lvremove": 0.4}


async def demo_scene(folder: Path | str | None = None, *, latency: float = 0.05, seed: int = 7) -> DemoSite:
    """Start the nodes of the demo and set its scene; files go into `folder` (if None, a new one for its life).

    `latency` is seconds a command takes; 0 means that nothing takes time at all.
    """
    site = await start_site(NAMES, disks=DISKS, latency=latency, folder=folder, seed=seed, disk_size=DISK_SIZE)
    try:
        set_scene(site)
        if latency:
            _take_time(site)
    except BaseException:
        await site.close()
        raise
    return site


def set_scene(site: DemoSite) -> None:
    """Fill a fresh site of six nodes; what a seed gives is always the same."""
    site.zones.update(ZONES)
    machines = [node.machine for node in site.nodes]
    for machine in machines:
        machine.kernel = "6.1.0-28-amd64"
    members = [machine for machine in machines if machine.name != NEWCOMER]
    _pool(members)
    cluster = _hex(site)
    for machine in members:
        for path in USED_DISKS:
            _group(site, machine, path, cluster, members)
    _volumes(site, members)
    _foreign_disks(site)
    site.write_files()
    site.topology_path.write_text(_dump(site.topology([n for n in site.nodes if n.name != NEWCOMER])))
    (site.folder / "topology-new.json").write_text(_dump(_wishes(site)))
    _break(site)


def _take_time(site: DemoSite) -> None:
    """What takes time on real nodes takes some here too, so that progress can be seen."""
    gluster = "gluster --mode=script --xml --timeout=600"
    for node in site.nodes:
        for prefix, seconds in SLOW.items():
            node.faults.slow(prefix, seconds)
        node.faults.slow(f"{gluster} volume", 1.0)
        node.faults.slow(f"{gluster} peer", 0.5)


def _hex(site: DemoSite) -> str:
    return f"{site.rng.getrandbits(128):032x}"


def _do(machine: Machine, line: str) -> None:
    reply = machine.run(line.split())
    if reply.code or "<opRet>-1" in reply.out:
        raise RuntimeError(f"{machine.name}: {line}: {reply.out}{reply.err}")


def _pool(members: Sequence[Machine]) -> None:
    for other in members[1:]:
        _do(members[0], f"gluster --mode=script --xml peer probe {other.addresses[0]}")


def _group(site: DemoSite, machine: Machine, path: str, cluster: str, members: Sequence[Machine]) -> None:
    storage = machine.addresses[0]
    tags = [f"brickyard.zone={ZONES[machine.name]}", f"brickyard.manage={machine.name}"]
    tags += [f"brickyard.storage={storage}", f"brickyard.cluster={cluster}"]
    tags += [f"brickyard.member={m.addresses[0]}={m.name}" for m in members]
    added = " ".join(f"--addtag {tag}" for tag in tags)
    layout = "--metadatasize=128M --dataalignment=256K --physicalextentsize=4M --autobackup=n"
    _do(machine, f"lvm vgcreate -qq {layout} {added} vg_{_hex(site)} {path}")


def make_brick(site: DemoSite, machine: Machine, size: int, used: float) -> str:
    """A brick of `size` bytes as heketi and brickyard make them, `used` (0 to 1) full; returns its path.

    Raises RuntimeError where no volume group has the room.
    """
    group = max(machine.lvm.groups.values(), key=lambda g: g.free)
    brick, vg = _hex(site), group.name
    metadata = max(-(-size // 200 // (4 * MIB)) * 4, 4) * 1024
    names = f"--thin {vg}/tp_{brick} --virtualsize {size // KIB}K --name brick_{brick}"
    sizes = f"--poolmetadatasize {metadata}K --chunksize 256K --size {size // KIB}K"
    target, device = f"/var/lib/heketi/mounts/{vg}/brick_{brick}", f"/dev/mapper/{vg}-brick_{brick}"
    _do(machine, f"lvm lvcreate -qq --autobackup=n {sizes} {names}")
    _do(machine, f"mkdir -p {target}")
    _do(machine, f"mkfs.xfs -i size=512 -n size=8192 {device}")
    _do(machine, f"mount -o rw,inode64,noatime,nouuid {device} {target}")
    machine.files.write("/etc/fstab", f"{device} {target} xfs rw,inode64,noatime,nouuid 1 2\n".encode(), append=True)
    _do(machine, f"mkdir {target}/brick")
    mount = machine.files.mounted_at(target)
    found = machine.devices.find(device)
    if mount is not None and found is not None:
        mount.fs.ballast = int((mount.fs.size - mount.fs.used) * used) // 4096 * 4096
        map_chunks(machine, found)
    return f"{target}/brick"


def make_volume(
    site: DemoSite,
    name: str,
    sets: Sequence[Sequence[Machine]],
    size: int,
    used: float,
    kind: str = "",
    start: bool = True,
) -> None:
    """A volume with bricks of `size` bytes on these nodes; `kind` is "replica 3", "replica 3 arbiter 1" or ""."""
    bricks = []
    for machines in sets:
        # the copies of a set are equally full
        share = min(0.97, used * site.rng.uniform(0.9, 1.1))
        for number, machine in enumerate(machines):
            arbiter = "arbiter" in kind and number == len(machines) - 1
            path = make_brick(site, machine, 2 * GIB if arbiter else size, 0.02 if arbiter else share)
            bricks.append(f"{machine.addresses[0]}:{path}")
    first = sets[0][0]
    _do(first, f"gluster --mode=script --xml volume create {name} {kind} {' '.join(bricks)}")
    if start:
        _do(first, f"gluster --mode=script --xml volume start {name}")


def _volumes(site: DemoSite, members: Sequence[Machine]) -> None:
    a1, a2, b1, b2, c1 = members
    three, arbiter = "replica 3", "replica 3 arbiter 1"
    make_volume(site, "heketidbstorage", [(a1, b1, c1)], 2 * GIB, 0.04, three)
    make_volume(site, "registry", [(a1, b2, c1)], 200 * GIB, 0.71, three)
    make_volume(site, "prometheus", [(a2, b1, c1), (a1, b2, c1)], 160 * GIB, 0.86, three)
    make_volume(site, "media", [(a1, b1, c1)], 320 * GIB, 0.38, arbiter)
    make_volume(site, "builds-cache", [(a2,), (b2,)], 120 * GIB, 0.52)
    make_volume(site, "old-wiki", [(a2, b2, c1)], 40 * GIB, 0.63, three, start=False)
    spread = ((a1, b1, c1), (a2, b2, c1), (a1, b2, c1), (a2, b1, c1))
    for number in range(9):
        size = site.rng.choice((5, 8, 10, 20, 50)) * GIB
        make_volume(site, f"vol_{_hex(site)}", [spread[number % 4]], size, site.rng.uniform(0.03, 0.8), three)
    _do(a1, "gluster --mode=script --xml volume set prometheus cluster.server-quorum-type server")


def _foreign_disks(site: DemoSite) -> None:
    backup = site.node("gl-a2").machine.devices.all["sdf"]
    backup.write("ext4", site.rng)
    machine = site.node(NEWCOMER).machine
    machine.devices.partition(machine.devices.all["sdg"], "gpt", site.rng)


def _wishes(site: DemoSite) -> dict[str, object]:
    """All nodes with all their disks, the newcomer and the disk with foreign data too."""
    wishes = site.topology(site.nodes)
    clusters = wishes["clusters"]
    entries = clusters[0]["nodes"] if isinstance(clusters, list) else []
    for entry in entries:
        if entry["node"]["hostnames"]["manage"] == ["gl-a2"]:
            entry["devices"].append({"name": "/dev/sdf", "destroydata": False})
            entry["devices"].sort(key=lambda device: str(device["name"]))
    return wishes


def _dump(topology: dict[str, object]) -> str:
    return json.dumps(topology, indent=2) + "\n"


def _break(site: DemoSite) -> None:
    volumes = site.node("gl-a1").machine.glusterd.pool.volumes
    dead = volumes["registry"].bricks[1]
    dead.pid = dead.port = 0
    # what clients wrote since
    blobs = [f"/docker/registry/v2/blobs/sha256/{name}" for name in ("07", "1c", "5e", "8a", "b3", "f0")]
    let_differ(volumes["registry"], blobs, bricks=(0, 2))
    stopped = site.node("gl-b1")
    stopped.machine.services["glusterd"].enabled = False
    stopped.faults.glusterd_stopped = True
