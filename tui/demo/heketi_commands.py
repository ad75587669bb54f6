"""The command lines that heketi 10 runs on nodes, word for word as its ssh executor was seen to issue them."""

from collections.abc import Sequence

from tui.demo.heketi_tables import Brick, Device, Volume

GLUSTER = "gluster --mode=script --timeout=600"
LVM = "/usr/sbin/lvm"
UDEVADM = "/usr/bin/udevadm"
GLUSTERD = "systemctl status glusterd"


def peer_probe(storage: str) -> str:
    """Take a node into the pool."""
    return f"{GLUSTER} peer probe {storage}"


def peer_detach(storage: str) -> str:
    """Take a node out of the pool."""
    return f"{GLUSTER} peer detach {storage}"


def device_setup(name: str, ident: str, wipe: bool = False) -> list[str]:
    """Make the volume group."""
    return [
        *([f"wipefs --all {name}"] if wipe else []),
        f"{LVM} pvcreate -qq --metadatasize=128M --dataalignment=256K '{name}'",
        f"{LVM} vgcreate -qq --physicalextentsize=4M --autobackup=n vg_{ident} {name}",
    ]


def device_look(name: str) -> list[str]:
    """What stands on a device, and its other names."""
    return [
        f"{LVM} pvs -o pv_name,pv_uuid,vg_name --reportformat=json {name}",
        f"{UDEVADM} info --query=symlink --name={name}",
    ]


def group_space(ident: str) -> str:
    """The space of a volume group."""
    return f"{LVM} vgdisplay -c vg_{ident}"


def device_path(device: Device) -> str:
    """The name under which a device is removed."""
    return f"/dev/disk/by-id/lvm-pv-uuid-{device.pv_uuid}" if device.pv_uuid else device.name


def device_removal(device: Device) -> list[str]:
    """Take the volume group away."""
    return [f"{LVM} vgremove -qq vg_{device.id}", f"{LVM} pvremove -qq '{device_path(device)}'"]


def mounts_removal(device: Device) -> str:
    """Take the folder of a device's mounts away."""
    return f"rmdir /var/lib/heketi/mounts/vg_{device.id}"


def brick_creation(brick: Brick, gid: int) -> list[str]:
    """Make, format and mount a brick."""
    node = f"/dev/mapper/vg_{brick.device}-brick_{brick.id}"
    inode = "maxpct=100" if brick.sub_type == 2 else "size=512"
    line = f"{node} {brick.mount} xfs rw,inode64,noatime,nouuid 1 2"
    return [
        f"mkdir -p {brick.mount}",
        f"{LVM} lvcreate -qq --autobackup=n --poolmetadatasize {brick.metadata}K --chunksize 256K "
        f"--size {brick.pool_size}K --thin vg_{brick.device}/{brick.pool} --virtualsize {brick.size}K "
        f"--name brick_{brick.id}",
        f"mkfs.xfs -i {inode} -n size=8192 {node}",
        f'awk "BEGIN {{print \\"{line}\\" >> \\"/etc/fstab\\"}}"',
        f"mount -o rw,inode64,noatime,nouuid {node} {brick.mount}",
        f"mkdir {brick.path}",
        *([f"chown :{gid} {brick.path}", f"chmod 2775 {brick.path}"] if gid else []),
    ]


def unmount(brick: Brick) -> str:
    """Unmount a brick."""
    return f"umount {brick.mount}"


def forget_mount(brick: Brick) -> str:
    """Take a brick out of fstab."""
    return f'sed -i.save "/brick_{brick.id}/d" /etc/fstab'


def brick_removal(brick: Brick) -> list[str]:
    """Remove an unmounted brick and its pool."""
    group = f"vg_{brick.device}"
    return [
        f"{LVM} lvremove --autobackup=n -f {group}/brick_{brick.id}",
        f"{LVM} lvs --noheadings --options=thin_count {group}/{brick.pool}",
        f"{LVM} lvremove --autobackup=n -f {group}/{brick.pool}",
        f"rmdir {brick.mount}",
    ]


def volume_creation(volume: Volume, places: Sequence[Sequence[str]]) -> list[str]:
    """Create and start a volume; `places` are host:path of each set in order."""
    kind = ""
    if volume.durability == "replicate":
        kind = f"replica {volume.replica} " + ("arbiter 1 " if is_arbiter(volume) else "")
    elif volume.durability == "disperse":
        kind = f"disperse-data {volume.data} redundancy {volume.redundancy} "
    options = [option for option in volume.options if option]
    return [
        f"{GLUSTER} volume create {volume.name} {kind}{' '.join(places[0])} ",
        *_additions(volume, places[1:]),
        *(f"{GLUSTER} volume set {volume.name} {option}" for option in options),
        f"{GLUSTER} volume set {volume.name} user.heketi.id {volume.id}",
        f"{GLUSTER} volume start {volume.name}",
    ]


def volume_addition(volume: Volume, places: Sequence[Sequence[str]]) -> list[str]:
    """Add sets to a volume and spread the data."""
    return [*_additions(volume, places), f"{GLUSTER} volume rebalance {volume.name} start"]


def _additions(volume: Volume, places: Sequence[Sequence[str]]) -> list[str]:
    many = {"replicate": 5, "disperse": 1}.get(volume.durability, 15)
    batches = [places[start : start + many] for start in range(0, len(places), many)]
    words = [" ".join(place for one in batch for place in one) for batch in batches]
    return [f"{GLUSTER} volume add-brick {volume.name} {word} " for word in words]


def volume_removal(name: str) -> list[str]:
    """Stop and delete a volume."""
    return [f"{GLUSTER} volume stop {name} force", f"{GLUSTER} volume delete {name}"]


def clone(source: str, ident: str, name: str) -> list[str]:
    """Clone a volume by a snapshot of it."""
    snapshot = f"tmpsnap_{ident}"
    xml = f"{GLUSTER} --xml"
    return [
        f"{GLUSTER} volume info {source} --xml",
        f"{xml} snapshot create {snapshot} {source} no-timestamp",
        f"{xml} snapshot activate {snapshot}",
        f"{xml} snapshot clone {name} {snapshot}",
        f"{xml} volume start {name}",
        f"{GLUSTER} volume info {name} --xml",
        f"{xml} snapshot deactivate {snapshot}",
        f"{xml} snapshot delete {snapshot}",
    ]


def is_arbiter(volume: Volume) -> bool:
    """Whether each third brick holds no data."""
    return "user.heketi.arbiter true" in volume.options
