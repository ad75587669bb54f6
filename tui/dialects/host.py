"""The commands of the operating system that we run on a node, and the questions we ask it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.core.plan import Check, Command

MOUNTS: Final = "/var/lib/heketi/mounts"
BRICK_OPTIONS: Final = "rw,inode64,noatime,nouuid"
LSBLK_COLUMNS: Final = "KNAME,PATH,MAJ:MIN,TYPE,SIZE,RO,RM,FSTYPE,UUID,PTTYPE,MOUNTPOINTS,PKNAME,WWN,SERIAL,MODEL"
FSTAB: Final = "/etc/fstab"
MOUNTINFO: Final = "/proc/1/mountinfo"
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+.-]*")


def brick_device(vg: str, brick: str) -> str:
    """Device node of a logical volume; device-mapper doubles the dashes of both names."""
    return f"/dev/mapper/{vg.replace('-', '--')}-{brick.replace('-', '--')}"


def brick_mount(vg: str, brick: str) -> str:
    """Where a brick is mounted, as heketi does it."""
    return f"{MOUNTS}/{vg}/{brick}"


def mkdir(path: str, *, parents: bool = True) -> Command:
    """Make a folder; with `parents`, one that is there already is no fault."""
    return Command(("mkdir", "-p", path) if parents else ("mkdir", path))


def rmdir(path: str, *, tolerant: bool = False) -> Command:
    """Remove an empty folder; `tolerant` lets one stay that is in use or gone already."""
    return Command(("rmdir", path), ok=(0, 1) if tolerant else (0,))


def mkfs_xfs(device: str) -> Command:
    """Make the filesystem of a brick; on a device that holds one it fails."""
    return Command(("mkfs.xfs", "-i", "size=512", "-n", "size=8192", device), timeout=600)


def mount(device: str, target: str) -> Command:
    """Mount a brick."""
    return Command(("mount", "-o", BRICK_OPTIONS, device, target))


def mount_volume(host: str, volume: str, target: str) -> Command:
    """Mount a Gluster volume as a client does."""
    return Command(("mount", "-t", "glusterfs", f"{host}:/{volume}", target))


def umount(target: str) -> Command:
    """Unmount; never forced, never lazy."""
    return Command(("umount", target))


def umount_for_sure(target: str) -> tuple[Command, Command]:
    """Unmount what may be unmounted already: the second command fails where it is still mounted."""
    return (
        replace(umount(target), ok=(0, 32)),
        Command(("findmnt", "-n", "-o", "TARGET", "-M", target), ok=(1,), sudo=False),
    )


def fstab_add(device: str, target: str) -> Command:
    """Append the entry of a brick to the fstab."""
    return Command(("tee", "-a", FSTAB), stdin=f"{device} {target} xfs {BRICK_OPTIONS} 1 2\n")


def fstab_remove(brick: str) -> Command:
    """Delete the lines that name this brick's logical volume; the old fstab stays as fstab.save.

    Raises ValueError for a name that sed would not take literally.
    """
    if not _PLAIN_NAME.fullmatch(brick):
        raise ValueError(f"'{brick}' is no name of a brick")
    return Command(("sed", "-i.save", f"/{brick.replace('.', '[.]')}/d", FSTAB))


def chown(path: str, gid: int) -> Command:
    """Give a folder to a group."""
    return Command(("chown", f":{gid}", path))


def chmod(path: str, mode: str = "2775") -> Command:
    """Set the mode of a folder (octal)."""
    return Command(("chmod", mode, path))


def wipefs_all(device: str) -> Command:
    """Erase all signatures of a device: what was on it is lost."""
    return Command(("wipefs", "--all", device))


def write_file(path: str, text: str) -> Command:
    """Write a file anew."""
    return Command(("tee", path), stdin=text)


def cat(path: str, *, sudo: bool = True) -> Command:
    """Read a file."""
    return Command(("cat", path), sudo=sudo)


def brick_id(path: str) -> Command:
    """Show the id of the Gluster volume that a brick's folder belongs to (needs the package attr)."""
    words = ("--absolute-names", "-e", "hex", "-n", "trusted.glusterfs.volume-id", path)
    return Command(("getfattr", *words))


def belongs_to(path: str, volume_id: str) -> Check:
    """Whether a brick's folder belongs to the volume of this id (a uuid)."""
    return Check(
        brick_id(path),
        matches=rf"volume-id=0x{volume_id.replace('-', '').lower()}\b",
        why=f"{path} does not carry the id of its volume (or getfattr, of the package attr, is missing)",
    )


def sha256sum(path: str) -> Command:
    """Checksum of a file."""
    return Command(("sha256sum", path))


def rm(path: str) -> Command:
    """Remove a file; one that is not there is no fault."""
    return Command(("rm", "-f", path))


def sync() -> Command:
    """Write all that is cached to the disks."""
    return Command(("sync",), timeout=300)


def install(manager: str, packages: Sequence[str]) -> Command:
    """Install packages with "apt-get", "dnf" or "yum"."""
    return Command((manager, "install", "-y", *packages), timeout=900)


def enable_now(unit: str) -> Command:
    """Start a service, now and at every boot."""
    return Command(("systemctl", "enable", "--now", unit), timeout=180)


def modprobe(module: str) -> Command:
    """Load a kernel module."""
    return Command(("modprobe", module))


def mounted(target: str) -> Check:
    """Whether something is mounted there."""
    return Check(cat(MOUNTINFO), matches=_mount_line(target), why=f"nothing is mounted on {target}")


def not_mounted(target: str) -> Check:
    """Whether nothing is mounted there."""
    return Check(cat(MOUNTINFO), matches=r"\d", absent=_mount_line(target), why=f"{target} is mounted")


def _mount_line(target: str) -> str:
    escaped = re.sub(r"[ \t\n\\]", lambda match: f"\\{ord(match[0]):03o}", target)
    return rf"(?:^|\n)\d+ \d+ \d+:\d+ \S+ {re.escape(escaped)} "


def last_line_ends(path: str) -> Check:
    """Whether what is appended to a file (that need not be there) begins a line of its own."""
    return Check(
        replace(cat(path), ok=(0, 1)),
        matches=r"(?:\A|\n)\Z",
        why=f"the last line of {path} has no end, so that a new entry would spoil it: add an empty line to it",
    )


def in_fstab(name: str) -> Check:
    """Whether the fstab names this brick, device or folder in an entry that is no comment."""
    return Check(cat(FSTAB), matches=_fstab_line(name), why=f"{FSTAB} does not name {name}")


def not_in_fstab(name: str) -> Check:
    """Whether no entry of the fstab names it."""
    return Check(cat(FSTAB), absent=_fstab_line(name), why=f"{FSTAB} names {name}")


def _fstab_line(name: str) -> str:
    return rf"(?:^|\n)(?![ \t]*#)[^\n]*{re.escape(name)}(?![A-Za-z0-9_+.-])"
