"""Small nodes, disks and snapshots to plan with; each part can be replaced in a test."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from tui.core.facts import BlockDevice, DeviceProbe, NodeFacts, Peer, PhysicalVolume, VolumeGroup
from tui.core.plan import Command, Result
from tui.core.topology import Topology, TopologyCluster, TopologyDevice, TopologyNode
from tui.core.units import GIB, MIB, TIB

DATA = Path(__file__).parent / "data"
GROUP = "vg_0123456789abcdef0123456789abcdef"


def ids() -> Callable[[], str]:
    """Ids as `secrets.token_hex(16)` gives them, but the same each time: 000...001, 000...002."""
    numbers = count(1)
    return lambda: f"{next(numbers):032x}"


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def answer(command: Command, stdout: str, code: int = 0) -> Result:
    return Result(command, code, stdout)


def data(name: str) -> str:
    return (DATA / name).read_text()


def disk(letter: str, size: int = TIB) -> BlockDevice:
    minor = (ord(letter) - ord("a")) * 16
    return BlockDevice(f"vd{letter}", f"/dev/vd{letter}", f"252:{minor}", "disk", size)


def blank(device: BlockDevice) -> DeviceProbe:
    return DeviceProbe(device.path, device.number, is_block=True, exclusive=True, blank=True)


def facts(number: int = 1, letters: str = "bcde") -> NodeFacts:
    """A healthy node in no pool, with its system on vda and a blank disk for each letter."""
    system = BlockDevice("vda", "/dev/vda", "252:0", "disk", 20 * GIB, partition_table="gpt", children=("vda1",))
    root = BlockDevice("vda1", "/dev/vda1", "252:1", "part", 20 * GIB, fstype="ext4", partition_table="gpt",
                       mountpoints=("/",), parents=("vda",))  # fmt: skip
    disks = tuple(disk(letter) for letter in letters)
    return NodeFacts(
        read_at=1000.0,
        hostname=f"node{number}",
        os_id="debian",
        glusterd="active",
        glusterd_enabled="enabled",
        gluster_version="10.3",
        uuid=uuid(number),
        devices=(system, root, *disks),
        probes=tuple(blank(device) for device in disks),
        peers=(Peer(uuid(number), "localhost", ("localhost",), True, None, "", is_self=True),),
        tools={"lvm": True, "thin_check": True, "mkfs.xfs": True},
        modules=frozenset({"dm_thin_pool"}),
    )


def peer(number: int, *, connected: bool = True, host: str = "") -> Peer:
    name = host or f"10.0.0.{number}"
    return Peer(uuid(number), name, (name,), connected, 3, "Peer in Cluster")


def in_pool(of: NodeFacts, *numbers: int) -> NodeFacts:
    return replace(of, peers=(*of.peers, *(peer(number) for number in numbers)))


def with_group(of: NodeFacts, letter: str, *, vg: str = GROUP, tags: tuple[str, ...] = (), free: int = -1) -> NodeFacts:
    """The same node with a volume group on one of its disks."""
    device = next(d for d in of.devices if d.kname == f"vd{letter}")
    size = device.size - 132 * MIB
    left = size if free < 0 else free
    label = PhysicalVolume(device.path, f"pv-{letter}", vg, size, left, device.number)
    group = VolumeGroup(vg, f"vg-{letter}", size, left, 4 * MIB, tags)
    return replace(
        of,
        devices=tuple(replace(d, fstype="LVM2_member") if d is device else d for d in of.devices),
        probes=tuple(
            replace(p, signatures=("LVM2_member",), exclusive=False, blank=False) if p.path == device.path else p
            for p in of.probes
        ),
        physical_volumes=(*of.physical_volumes, label),
        volume_groups=(*of.volume_groups, group),
    )


def change(of: NodeFacts, letter: str, **fields: object) -> NodeFacts:
    """The same node with one disk changed."""
    return replace(
        of, devices=tuple(replace(d, **fields) if d.kname == f"vd{letter}" else d for d in of.devices)  # type: ignore[arg-type]
    )  # fmt: skip


def probed(of: NodeFacts, letter: str, **fields: object) -> NodeFacts:
    """The same node with the close look at one disk changed."""
    return replace(
        of, probes=tuple(replace(p, **fields) if p.path == f"/dev/vd{letter}" else p for p in of.probes)  # type: ignore[arg-type]
    )  # fmt: skip


def node(
    number: int = 1, letters: str = "bcde", *, zone: int = 0, destroy: bool = False, name: str = ""
) -> TopologyNode:
    devices = tuple(TopologyDevice(f"/dev/vd{letter}", destroydata=destroy) for letter in letters)
    return TopologyNode(f"node{number}", name or f"10.0.0.{number}", zone or number, devices)


def topology(*nodes: TopologyNode) -> Topology:
    return Topology((TopologyCluster(nodes),), "topology.json")
