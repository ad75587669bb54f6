"""Volume groups and logical volumes: made, made twice, too large, removed, removed too early."""

from tests.contract.case import Ask, Item, Scenario, plain
from tui.core.units import GIB, MIB
from tui.dialects import lvm

VG = "vg_0123456789abcdef0123456789abcdef"
OTHER = "vg_00000000000000000000000000000002"
NO_UUID = "AbCdEf-0000-1111-2222-3333-4444-GhIjKl"
TAGS = ("brickyard.zone=2", "brickyard.manage=127.77.0.11", "brickyard.device.note=a&20b")


def brick(name: str, size: int = GIB, pool_size: int = GIB, group: str = VG) -> Ask:
    """lvcreate as a volume is made: a pool with one thin volume."""
    metadata = 8 * MIB if size <= GIB else 16 * MIB
    command = lvm.lvcreate_brick(group, f"tp_{name}", f"brick_{name}", size, pool_size, metadata)
    return Ask(f"lvcreate {name} in {group[:6]}", 1, command)


def reports(when: str) -> tuple[Item, ...]:
    """The three reports of LVM."""
    asks = (("pvs", lvm.pvs()), ("vgs", lvm.vgs()), ("lvs", lvm.lvs()))
    return tuple(Ask(f"{name} {when}", 1, command) for name, command in asks)


LVM = Scenario(
    "lvm",
    (
        *reports("with nothing there"),
        Ask("vgcreate", 1, lvm.vgcreate(VG, "/dev/vdb", TAGS)),
        Ask("vgcreate with an existing name", 1, lvm.vgcreate(VG, "/dev/vdc")),
        Ask("vgcreate on a device in use", 1, lvm.vgcreate(OTHER, "/dev/vdb")),
        Ask("vgcreate with a bad name", 1, lvm.vgcreate("vg/bad", "/dev/vdc")),
        Ask("vgcreate with a bad tag", 1, lvm.vgcreate(OTHER, "/dev/vdc", ("not a tag",))),
        Ask("add tags", 1, lvm.add_tags(VG, ("brickyard.zone=3", "x.y=z"))),
        Ask("add a tag again", 1, lvm.add_tags(VG, ("x.y=z",))),
        Ask("remove a tag", 1, lvm.del_tags(VG, ("brickyard.zone=2",))),
        Ask("remove a tag that is not there", 1, lvm.del_tags(VG, ("brickyard.zone=2",))),
        Ask("add tags to a missing volume group", 1, lvm.add_tags("vg_nope", ("x",))),
        *reports("with a volume group"),
        brick("1"),
        brick("1b", size=2 * GIB, pool_size=1536 * MIB),
        *reports("with two bricks"),
        Ask("lvcreate again", 1, lvm.lvcreate_brick(VG, "tp_1", "brick_1", GIB, GIB, 8 * MIB)),
        Ask("lvcreate in an existing pool", 1, lvm.lvcreate_brick(VG, "tp_1", "brick_9", GIB, GIB, 8 * MIB)),
        brick("2", 100 * GIB, 100 * GIB),
        brick("3", GIB, 1400 * MIB),
        brick("4", group="vg_nope"),
        Ask("vgcreate where a file system is", 1, lvm.vgcreate(OTHER, f"/dev/mapper/{VG}-brick_1")),
        Ask("vgremove with bricks", 1, lvm.vgremove(VG)),
        Ask("pvremove in a volume group", 1, lvm.pvremove("/dev/vdb")),
        Ask(
            "lvremove with a wrong uuid",
            1,
            lvm.lvremove_by_uuid(VG, "brick_1", NO_UUID),
        ),
        Ask(
            "lvremove of a missing volume",
            1,
            lvm.lvremove_by_uuid(VG, "brick_7", NO_UUID),
        ),
        Ask(
            "lvremove in a missing volume group",
            1,
            lvm.lvremove_by_uuid("vg_nope", "brick_7", NO_UUID),
        ),
        Ask("remove a pool that is not empty", 1, lvm.lvremove_empty_pool(VG, "tp_1")),
        Ask("remove a missing pool", 1, lvm.lvremove_empty_pool(VG, "tp_7")),
        Ask("lvs after nothing was removed", 1, lvm.lvs()),
        Ask("lvremove", 1, lvm.lvremove_by_uuid(VG, "brick_1", f"@{VG}/brick_1@")),
        Ask("lvs without the brick", 1, lvm.lvs()),
        Ask("remove an empty pool", 1, lvm.lvremove_empty_pool(VG, "tp_1")),
        *reports("without the first brick"),
        Ask("lvremove the other", 1, lvm.lvremove_by_uuid(VG, "brick_1b", f"@{VG}/brick_1b@")),
        Ask("remove the other pool", 1, lvm.lvremove_empty_pool(VG, "tp_1b")),
        Ask("vgremove", 1, lvm.vgremove(VG)),
        Ask("vgremove again", 1, lvm.vgremove(VG)),
        *reports("without volume groups"),
        Ask("pvremove", 1, lvm.pvremove("/dev/vdb")),
        Ask("pvremove again", 1, lvm.pvremove("/dev/vdb")),
        Ask("pvremove of a missing device", 1, lvm.pvremove("/dev/vdz")),
        *reports("at the end"),
        Ask("vgcreate after all of it", 1, lvm.vgcreate(VG, "/dev/vdb")),
        Ask("an unknown LVM command", 1, plain("lvm", "nosuch")),
    ),
)
