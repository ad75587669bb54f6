"""From a logical volume to a brick and back: filesystem, fstab, mount, folder."""

from collections.abc import Iterator

from tests.contract.case import Ask, Given, Item, Scenario, plain
from tui.core.units import GIB, MIB
from tui.dialects import host, lvm

VG, POOL, BRICK = "vg_0123456789abcdef0123456789abcdef", "tp_1", "brick_1"
DEVICE, MOUNT = host.brick_device(VG, BRICK), host.brick_mount(VG, BRICK)
FINDMNT = plain("findmnt", "-J", "-b", "-t", "xfs", "-o", "TARGET,SIZE,USED,AVAIL", ok=(0, 1))
NOWHERE = f"{MOUNT}/no/where"


def _see(when: str) -> Iterator[Item]:
    yield Ask(f"mountinfo {when}", 1, host.cat(host.MOUNTINFO))
    yield Ask(f"findmnt {when}", 1, FINDMNT)
    yield Ask(f"fstab {when}", 1, host.cat(host.FSTAB))


BRICKS = Scenario(
    "bricks",
    (
        *_see("with nothing there"),
        Ask("vgcreate", 1, lvm.vgcreate(VG, "/dev/vdb")),
        Ask("mkdir -p", 1, host.mkdir(MOUNT)),
        Ask("mkdir -p again", 1, host.mkdir(MOUNT)),
        Ask("mkfs of a missing device", 1, host.mkfs_xfs(DEVICE)),
        Ask("mount of a missing device", 1, host.mount(DEVICE, MOUNT)),
        Ask("lvcreate", 1, lvm.lvcreate_brick(VG, POOL, BRICK, GIB, GIB, 8 * MIB)),
        Ask("mount without a filesystem", 1, host.mount(DEVICE, MOUNT)),
        Ask("mkfs", 1, host.mkfs_xfs(DEVICE)),
        Ask("mkfs again", 1, host.mkfs_xfs(DEVICE)),
        Ask("blkid of the brick", 1, plain("blkid", "-p", "-o", "export", DEVICE)),
        Ask("fstab add", 1, host.fstab_add(DEVICE, MOUNT)),
        Ask("fstab add another", 1, host.fstab_add(f"{DEVICE}2", f"{MOUNT}2")),
        Ask("mount to a missing folder", 1, host.mount(DEVICE, NOWHERE)),
        Ask("mount", 1, host.mount(DEVICE, MOUNT)),
        Ask("mount again", 1, host.mount(DEVICE, MOUNT)),
        Ask("mkdir of the brick", 1, host.mkdir(f"{MOUNT}/brick", parents=False)),
        Ask("mkdir of the brick again", 1, host.mkdir(f"{MOUNT}/brick", parents=False)),
        Ask("mkdir without its parent", 1, host.mkdir(NOWHERE, parents=False)),
        Ask("chown", 1, host.chown(f"{MOUNT}/brick", 2001)),
        Ask("chown of what is not there", 1, host.chown(NOWHERE, 2001)),
        Ask("chmod", 1, host.chmod(f"{MOUNT}/brick")),
        Ask("chmod of what is not there", 1, host.chmod(NOWHERE)),
        Ask("stat of the brick", 1, plain("stat", "-c", "%A %u %g %F", f"{MOUNT}/brick")),
        *_see("with a brick"),
        Ask("lvs with a brick", 1, lvm.lvs()),
        Ask("mkfs of a mounted brick", 1, host.mkfs_xfs(DEVICE)),
        Ask("lvremove of a mounted brick", 1, lvm.lvremove_by_uuid(VG, BRICK, f"@{VG}/{BRICK}@")),
        Ask("rmdir of a mount point", 1, host.rmdir(MOUNT)),
        Ask("rmdir of a folder that is not empty", 1, host.rmdir(host.MOUNTS)),
        Given(1, "busy", f"{MOUNT}/brick"),
        Ask("umount while busy", 1, host.umount(MOUNT)),
        Ask("is it mounted", 1, host.umount_for_sure(MOUNT)[1]),
        Given(1, "idle", f"{MOUNT}/brick"),
        Ask("umount", 1, host.umount(MOUNT)),
        Ask("umount again", 1, host.umount(MOUNT)),
        Ask("is it mounted still", 1, host.umount_for_sure(MOUNT)[1]),
        Ask("umount of a missing folder", 1, host.umount(NOWHERE)),
        Ask("is a missing folder mounted", 1, host.umount_for_sure(NOWHERE)[1]),
        Ask("fstab remove", 1, host.fstab_remove(BRICK)),
        Ask("fstab remove again", 1, host.fstab_remove(BRICK)),
        Ask("the saved fstab", 1, host.cat("/etc/fstab.save")),
        *_see("without the brick"),
        Ask("lvremove", 1, lvm.lvremove_by_uuid(VG, BRICK, f"@{VG}/{BRICK}@")),
        Ask("remove the pool", 1, lvm.lvremove_empty_pool(VG, POOL)),
        Ask("rmdir", 1, host.rmdir(MOUNT)),
        Ask("rmdir again", 1, host.rmdir(MOUNT)),
        Ask("rmdir of the group's folder", 1, host.rmdir(f"{host.MOUNTS}/{VG}")),
        Ask("vgremove", 1, lvm.vgremove(VG)),
    ),
)
