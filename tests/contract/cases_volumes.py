"""Volumes: made, refused in every way, started, read, mounted, stopped, deleted."""

from collections.abc import Iterator

from tests.contract.case import Ask, Given, Item, Scenario, Wait, host, peer_away
from tests.contract.cases_pool import together
from tui.core.plan import Command
from tui.core.units import GIB, MIB
from tui.dialects import gluster, lvm
from tui.dialects import host as system

VG, POOL, BRICK = "vg_0123456789abcdef0123456789abcdef", "tp_1", "brick_1"
DEVICE, MOUNT = system.brick_device(VG, BRICK), system.brick_mount(VG, BRICK)
CLIENT = "/mnt/brickyard-test"
FILE = f"{CLIENT}/file"
THREE = [(host(node), f"{MOUNT}/brick") for node in (1, 2, 3)]


def _at(folder: str, *nodes: int) -> list[tuple[str, str]]:
    return [(host(node), f"{MOUNT}/{folder}") for node in nodes]


def bricks() -> Iterator[Item]:
    """A folder for bricks on a logical volume of each node."""
    for node in (1, 2, 3):
        steps: dict[str, Command] = {
            "vgcreate": lvm.vgcreate(VG, "/dev/vdb"),
            "mkdir": system.mkdir(MOUNT),
            "lvcreate": lvm.lvcreate_brick(VG, POOL, BRICK, GIB, GIB, 8 * MIB),
            "mkfs": system.mkfs_xfs(DEVICE),
            "mount": system.mount(DEVICE, MOUNT),
            "mkdir brick": system.mkdir(f"{MOUNT}/brick", parents=False),
        }
        yield from (Ask(f"node{node}: {name}", node, command) for name, command in steps.items())


def pool() -> Iterator[Item]:
    """All three nodes in one pool."""
    yield Ask("probe node2", 1, gluster.peer_probe(host(2)))
    yield Ask("probe node3", 1, gluster.peer_probe(host(3)))
    yield from together(1, 2, 3)


def _create(name: str, bricks: list[tuple[str, str]], replica: int = 3, arbiter: int = 0, volume: str = "v2") -> Ask:
    return Ask(name, 1, gluster.volume_create(volume, replica, arbiter, bricks))


def _read(when: str, node: int = 1) -> Iterator[Item]:
    yield Ask(f"info {when}", node, gluster.volume_info("v1"))
    yield Ask(f"status {when}", node, gluster.volume_status("v1"))


VOLUMES = Scenario(
    "volumes",
    (
        *bricks(),
        _create("create without peers", _at("w", 1, 2, 3)),
        *pool(),
        Ask("info of no volumes", 1, gluster.volume_info()),
        *_read("of a missing volume"),
        Ask("start a missing volume", 1, gluster.volume_start("v1")),
        Ask("stop a missing volume", 1, gluster.volume_stop("v1")),
        Ask("delete a missing volume", 1, gluster.volume_delete("v1")),
        Ask("set an option of a missing volume", 1, gluster.volume_set("v1", "user.note", "x")),
        _create("create on a brick that a refusal has touched", _at("w", 1, 2, 3), volume="v3"),
        _create("create with a bad name", _at("v", 1, 2, 3), volume="bad/name"),
        _create("create with a host that is no peer", [("10.77.0.99", f"{MOUNT}/x")], 0),
        _create("create on a mount point", [(host(1), MOUNT)], 0),
        _create("create where the parent is missing", _at("no/brick", 1), 0),
        _create("create with too few bricks", _at("x", 1, 2)),
        _create("create with two bricks on one node", [*_at("u", 1, 2), (host(1), f"{MOUNT}/t")]),
        _create("create on the root partition", [(host(node), "/srv/brick") for node in (1, 2, 3)]),
        _create("create", THREE, volume="v1"),
        *_read("of a new volume"),
        _create("create with an existing name", _at("y", 1, 2, 3), volume="v1"),
        _create("create on used bricks", THREE),
        _create("create inside of a brick", _at("brick/inner", 1), 0),
        Ask("stop a new volume", 1, gluster.volume_stop("v1")),
        Ask("set a user option", 1, gluster.volume_set("v1", "user.brickyard.note", "hello")),
        Ask("set an unknown option", 1, gluster.volume_set("v1", "no.such.option", "1")),
        Ask("start", 1, gluster.volume_start("v1")),
        Ask("start again", 1, gluster.volume_start("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        *_read("of a started volume"),
        *((Ask(f"info of all on node{node}", node, gluster.volume_info())) for node in (2, 3)),
        Ask("delete a started volume", 1, gluster.volume_delete("v1")),
        Ask("detach a node with bricks", 1, gluster.peer_detach(host(3))),
        Ask("umount a brick in use", 2, system.umount(MOUNT)),
        Ask("stop", 1, gluster.volume_stop("v1")),
        Ask("stop again", 1, gluster.volume_stop("v1")),
        *_read("of a stopped volume"),
        Ask("start once more", 2, gluster.volume_start("v1")),
        Ask("stop from another node", 3, gluster.volume_stop("v1")),
        Ask("delete", 1, gluster.volume_delete("v1")),
        Ask("delete again", 1, gluster.volume_delete("v1")),
        _create("create on bricks of a deleted volume", THREE, volume="v1"),
        Ask("umount the brick", 2, system.umount(MOUNT)),
        _create("create where nothing is mounted", _at("z", 2), 0),
    ),
)

KINDS = Scenario(
    "kinds of volumes",
    (
        *bricks(),
        *pool(),
        _create("distribute", [*_at("d1", 1), *_at("d2", 2)], 0, volume="spread"),
        _create("replica 2", _at("r2", 1, 2), 2, volume="two"),
        _create("arbiter", _at("a", 1, 2, 3), 3, 1, volume="arbiter"),
        _create("distributed replica", [*_at("e", 1, 2, 3), *_at("f", 1, 2, 3)], 3, volume="large"),
        Ask("start the arbiter volume", 1, gluster.volume_start("arbiter")),
        Wait(1, gluster.bricks_online("arbiter", 3)),
        Ask("info of all", 2, gluster.volume_info()),
        Ask("status of the arbiter volume", 1, gluster.volume_status("arbiter")),
        Ask("status of a volume that is not started", 1, gluster.volume_status("large")),
    ),
)

MOUNTED = Scenario(
    "mount test",
    (
        *bricks(),
        *pool(),
        _create("create", THREE, volume="v1"),
        Ask("mkdir of the mount point", 1, system.mkdir(CLIENT)),
        Ask("mount a volume that is not started", 1, system.mount_volume(host(1), "v1", CLIENT)),
        Ask("start", 1, gluster.volume_start("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Ask("mount a missing volume", 1, system.mount_volume(host(1), "nosuch", CLIENT)),
        Ask("mount", 1, system.mount_volume(host(1), "v1", CLIENT)),
        Ask("write", 1, system.write_file(FILE, "brickyard was here\n")),
        Ask("sync", 1, system.sync()),
        Ask("read", 1, system.cat(FILE)),
        Ask("checksum", 1, system.sha256sum(FILE)),
        Ask("mountinfo", 1, system.cat(system.MOUNTINFO)),
        Ask("the file on a brick", 3, system.cat(f"{MOUNT}/brick/file")),
        Ask("rm", 1, system.rm(FILE)),
        Given(1, "busy", CLIENT),
        Ask("umount while busy", 1, system.umount(CLIENT)),
        Given(1, "idle", CLIENT),
        Ask("umount", 1, system.umount(CLIENT)),
        Ask("rmdir", 1, system.rmdir(CLIENT)),
    ),
)

AWAY = Scenario(
    "a node is away",
    (
        *bricks(),
        *pool(),
        _create("create", THREE, volume="v1"),
        Ask("start", 1, gluster.volume_start("v1")),
        Wait(1, gluster.bricks_online("v1", 3)),
        Given(3, "stopped"),
        Wait(1, peer_away(3)),
        Ask("pool list", 1, gluster.pool_list()),
        *_read("without one node"),
        _create("create with a node that is away", _at("x", 1, 2, 3)),
        _create("create without it", _at("y", 1), 0),
        Ask("stop without one node", 1, gluster.volume_stop("v1")),
        Ask("delete without one node", 1, gluster.volume_delete("v1")),
        Ask("start without one node", 1, gluster.volume_start("v1")),
        Given(3, "started"),
        *together(1, 2, 3),
        Ask("pool list with it again", 3, gluster.pool_list()),
        Wait(3, gluster.volume_started("v1")),
        Ask("info on the node that was away", 3, gluster.volume_info("v1")),
    ),
)
