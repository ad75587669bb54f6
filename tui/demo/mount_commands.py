"""mount, umount, findmnt and mountpoint, and what the kernel tells of mounts under /proc."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui.demo.block_commands import util_linux_json
from tui.demo.devices import Device
from tui.demo.files import FileSystem, Mount
from tui.demo.options import Options, take
from tui.demo.reply import ProgramError, Reply
from tui.demo.xfs import MOUNT_OPTIONS, geometry, map_chunks

if TYPE_CHECKING:
    from tui.demo.machine import Machine

_DMESG: Final = "       dmesg(1) may have more information after failed mount system call.\n"
_GENERIC: Final = {"rw", "ro", "noatime", "relatime", "nodiratime", "nosuid", "nodev", "noexec"}
_SYSTEM: Final = """17 16 0:5 / /dev rw,relatime shared:2 - devtmpfs devtmpfs rw,mode=755
18 16 0:15 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw
19 16 0:16 / /sys rw,nosuid,nodev,noexec,relatime shared:6 - sysfs sysfs rw
21 17 0:17 / /dev/shm rw,nosuid,nodev shared:3 - tmpfs tmpfs rw
23 17 0:18 / /dev/pts rw,nosuid,noexec,relatime shared:4 - devpts devpts rw,gid=5,mode=620,ptmxmode=000
24 16 0:19 / /run rw,nosuid,nodev shared:11 - tmpfs tmpfs rw,size=72960k,nr_inodes=819200,mode=755
26 19 0:21 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
"""


def mount(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Mount a device or a Gluster volume; with one word, what the fstab says of it."""
    options = take(argv[1:], ("-o", "-t"))
    try:
        if len(options.words) == 1:
            options = _from_fstab(machine, options.words[0])
        if options.last("-t") == "glusterfs":
            return _mount_gluster(machine, *options.words)
        return mount_device(machine, options)
    except ProgramError as fail:
        return fail.reply


def _from_fstab(machine: "Machine", word: str) -> Options:
    for line in machine.files.read("/etc/fstab").decode().splitlines():
        parts = line.split()
        if len(parts) >= 4 and not line.lstrip().startswith("#") and word in parts[:2]:
            return Options({"-t": [parts[2]], "-o": [parts[3]]}, parts[:2])
    raise ProgramError(1, f"mount: {word}: can't find in /etc/fstab.\n")


def mount_device(machine: "Machine", options: Options) -> Reply:
    """Mount the filesystem of a block device. Raises ProgramError with the text of mount(8) and code 32."""
    source, target = options.words
    entry = machine.files.get(target)
    if entry is None or not entry.is_dir:
        raise ProgramError(32, f"mount: {target}: mount point does not exist.\n{_DMESG}")
    device = machine.devices.find(source)
    if device is None:
        raise ProgramError(32, f"mount: {target}: special device {source} does not exist.\n{_DMESG}")
    where = next((m.target for m in machine.files.mounts if m.number == device.number), "")
    if where:
        raise ProgramError(32, f"mount: {target}: {source} already mounted on {where}.\n{_DMESG}")
    fs = machine.filesystems.get(device.kname)
    if fs is None or not device.fstype:
        text = (
            f"wrong fs type, bad option, bad superblock on {source}, missing codepage or helper program, or other error"
        )
        raise ProgramError(32, f"mount: {target}: {text}.\n{_DMESG}")
    machine.files.mounts.append(_device_mount(machine, device, source, target, fs, options.last("-o", default="rw")))
    return Reply()


def _device_mount(machine: "Machine", device: Device, source: str, target: str, fs: FileSystem, wanted: str) -> Mount:
    words = wanted.split(",")
    generic = [w for w in words if w in _GENERIC]
    if not {"noatime", "relatime"} & set(generic):
        generic.append("relatime")
    options = ",".join(dict.fromkeys(["ro" if "ro" in words else "rw", *[w for w in generic if w != "ro"]]))
    own = [w for w in words if w == "nouuid"]
    super_options = ",".join(["rw", *own, MOUNT_OPTIONS]) if fs.kind == "xfs" else "rw"
    return Mount(target.rstrip("/"), source, fs, device.number, options, super_options, machine.next_mount_id())


def _mount_gluster(machine: "Machine", source: str, target: str) -> Reply:
    entry = machine.files.get(target)
    if entry is None or not entry.is_dir:
        text = "ERROR: Mount point does not exist\nPlease specify a mount point\nUsage:\nman 8 /sbin/mount.glusterfs\n"
        return Reply(1, err=text)
    host, _, volume = source.partition(":/")
    failed = Reply(1, err=f"Mounting glusterfs on {target} failed.\n")
    server = machine.network.find(host)
    if server is None or not machine.network.reaches(machine, server) or not server.glusterd.running:
        return failed
    found = server.glusterd.pool.volumes.get(volume)
    if found is None:
        return failed
    if not found.mountable(machine):
        return Reply(1, err="Mount failed. Check the log file  for more details.\n")
    number = (0, 60 + len(machine.files.mounts))
    more = "rw,user_id=0,group_id=0,default_permissions,allow_other,max_read=131072"
    fs = found.client_of(machine)
    mount_id = machine.next_mount_id()
    machine.files.mounts.append(Mount(target.rstrip("/"), source, fs, number, "rw,relatime", more, mount_id))
    return Reply()


def umount(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Unmount by target or device; a filesystem in use stays (code 32)."""
    word = take(argv[1:], ()).words[0]
    there = machine.files.mounted_at(word) or next((m for m in machine.files.mounts if m.source == word), None)
    if there is None:
        exists = machine.files.get(word) is not None or machine.devices.find(word) is not None
        return Reply(32, err=f"umount: {word}: {'not mounted' if exists else 'no mount point specified'}.\n")
    if machine.is_busy(there):
        return Reply(32, err=f"umount: {word}: target is busy.\n")
    machine.files.mounts.remove(there)
    return Reply()


def _row(mount_: Mount) -> dict[str, object]:
    fs = mount_.fs
    merged = ",".join(dict.fromkeys(f"{mount_.options},{mount_.super_options}".split(",")))
    return {
        "TARGET": mount_.target or "/", "SOURCE": mount_.source, "FSTYPE": fs.kind, "OPTIONS": merged,
        "SIZE": fs.size, "USED": fs.used, "AVAIL": fs.size - fs.used,
    }  # fmt: skip


def findmnt(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Mounted filesystems, by type or by path; as JSON or as plain columns."""
    options = take(argv[1:], ("-t", "-o", "-M", "-S", "-T"))
    columns = options.last("-o", default="TARGET,SOURCE,FSTYPE,OPTIONS").split(",")
    wanted = options.last("-M", "-S") or next(iter(options.words), "")
    kind = options.last("-t")
    found = [m for m in machine.files.mounts if not kind or m.fs.kind == kind]
    if wanted:
        found = [m for m in found if wanted in (m.target, m.source, m.target or "/")]
        if not found:
            return Reply(1)
    rows = [{column.lower(): _row(m).get(column) for column in columns} for m in found]
    if "-J" in options:
        return Reply(0, util_linux_json("filesystems", rows))
    head = [] if "-n" in options else [" ".join(columns)]
    return Reply(0, "".join(f"{line}\n" for line in [*head, *(" ".join(map(str, r.values())) for r in rows)]))


def mountpoint(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Whether a folder is a mount point: code 0 or 32."""
    path = take(argv[1:], ()).words[0]
    there = machine.files.mounted_at(path) is not None
    quiet = "-q" in argv
    return Reply(0 if there else 32, "" if quiet else f"{path} is {'' if there else 'not '}a mountpoint\n")


def _escaped(text: str) -> str:
    return re.sub(r"[ \t\n\\]", lambda match: f"\\{ord(match[0]):03o}", text)


def mountinfo(machine: "Machine") -> str:
    """/proc/1/mountinfo."""
    lines = []
    for place, m in enumerate(machine.files.mounts):
        number = f"{m.number[0]}:{m.number[1]}"
        parent = 1 if m.target == "/" else m.parent_id
        head = (
            f"{m.mount_id} {parent} {number} / {_escaped(m.target)} {m.options} shared:{1 if not place else 30 + place}"
        )
        lines.append(f"{head} - {m.fs.kind} {_escaped(m.source)} {m.super_options}\n")
    return lines[0] + _SYSTEM + "".join(lines[1:])


def swaps(machine: "Machine") -> str:
    """/proc/swaps."""
    rows = [f"{d.path:<40}partition\t{d.size // 1024 - 4}\t\t0\t\t-2\n" for d in machine.devices.all.values() if d.swap]
    return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" + "".join(rows)


def df_of(machine: "Machine", path: str) -> tuple[Mount, int, int, int, int]:
    """The mount a path lies on, with total and free bytes, total and free inodes."""
    mount_, _ = machine.files.locate(path)
    fs = mount_.fs
    inodes = geometry(fs.size).inodes if fs.kind == "xfs" else fs.size // 16384
    return mount_, fs.size, fs.size - fs.used, inodes, inodes - 270 - len(fs.entries)


def refresh_thin(machine: "Machine") -> None:
    """Let the thin pools know how much is written on their volumes."""
    for device in list(machine.devices.all.values()):
        if device.kname in machine.filesystems:
            map_chunks(machine, device)


PROGRAMS: Final = {"mount": mount, "umount": umount, "findmnt": findmnt, "mountpoint": mountpoint}
