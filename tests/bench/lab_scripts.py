"""What an admin would type by hand, as plain serial scripts: heketi's own commands, one script a node."""

from typing import Final

MOUNTS: Final = "/var/lib/heketi/mounts"
KIB_OF_A_GIB: Final = 1024 * 1024
POOL_METADATA: Final = 8192  # KiB, what heketi takes for 1 GiB


def vg(disk: int) -> str:
    """The volume group of a node's disk, from 0."""
    return f"vg_{disk:032x}"


def load(disks: tuple[str, ...]) -> str:
    """pvcreate and vgcreate, one disk after the other."""
    lines = ["set -e"]
    for number, disk in enumerate(disks):
        lines.append(f"lvm pvcreate -qq --metadatasize=128M --dataalignment=256K '{disk}'")
        lines.append(f"lvm vgcreate -qq --physicalextentsize=4M --autobackup=n {vg(number)} {disk}")
    return "\n".join(lines)


def unload(disks: tuple[str, ...]) -> str:
    """The way back."""
    lines = ["set -e"]
    for number, disk in enumerate(disks):
        lines += [f"lvm vgremove -qq {vg(number)}", f"lvm pvremove -qq '{disk}'"]
    return "\n".join(lines)


def brick(gib: int = 1) -> str:
    """A brick on the first disk of a node."""
    group, name, size = vg(0), "brick_1", gib * KIB_OF_A_GIB
    device, mount = f"/dev/mapper/{group}-{name}", f"{MOUNTS}/{group}/{name}"
    entry = f"{device} {mount} xfs rw,inode64,noatime,nouuid 1 2"
    return f"""set -e
mkdir -p {mount}
lvm lvcreate -qq --autobackup=n --poolmetadatasize {POOL_METADATA}K --chunksize 256K --size {size}K \
--thin {group}/tp_1 --virtualsize {size}K --name {name}
mkfs.xfs -i size=512 -n size=8192 {device}
awk "BEGIN {{print \\"{entry}\\" >> \\"/etc/fstab\\"}}"
mount -o rw,inode64,noatime,nouuid {device} {mount}
mkdir {mount}/brick
chown :2001 {mount}/brick
chmod 2775 {mount}/brick"""


def create(hosts: tuple[str, ...]) -> str:
    """A replicated volume of those bricks, started."""
    bricks = " ".join(f"{host}:{MOUNTS}/{vg(0)}/brick_1/brick" for host in hosts)
    gluster = "gluster --mode=script --timeout=600 volume"
    kind = f"replica {len(hosts)}"
    return f"set -e\n{gluster} create v1 {kind} {bricks}\n{gluster} set v1 user.heketi.id 1\n{gluster} start v1"


def delete() -> str:
    """The volume goes, its bricks stay."""
    gluster = "gluster --mode=script --timeout=600 volume"
    return f"set -e\n{gluster} stop v1 force\n{gluster} delete v1"


def unbrick() -> str:
    """The brick goes."""
    mount = f"{MOUNTS}/{vg(0)}/brick_1"
    return f"""set -e
umount {mount}
sed -i.save "/brick_1/d" /etc/fstab
lvm lvremove --autobackup=n -f {vg(0)}/brick_1
lvm lvs --noheadings --options=thin_count {vg(0)}/tp_1
lvm lvremove --autobackup=n -f {vg(0)}/tp_1
rmdir {mount}"""
