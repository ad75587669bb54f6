"""One simulated node without its network side: devices, LVM, files, services and glusterd, and its programs."""

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

from tui.core.units import GIB, MIB
from tui.demo import (
    block_commands,
    file_commands,
    flock,
    gluster_commands,
    lvm_commands,
    mount_commands,
    system_commands,
    xattr_commands,
    xfs,
)
from tui.demo.devices import Device, Devices, new_uuid
from tui.demo.files import Files, FileSystem, Mount
from tui.demo.gluster_model import Glusterd, Network
from tui.demo.lvm_model import Lvm
from tui.demo.reply import Reply
from tui.demo.system_commands import OS_RELEASE, PACKAGES, Service

Program = Callable[["Machine", Sequence[str], str], Reply]
PROGRAMS: Final[dict[str, Program]] = {
    **block_commands.PROGRAMS,
    **file_commands.PROGRAMS,
    **xattr_commands.PROGRAMS,
    **flock.PROGRAMS,
    **mount_commands.PROGRAMS,
    **system_commands.PROGRAMS,
    **xfs.PROGRAMS,
    "lvm": lvm_commands.lvm,
    "pvs": lvm_commands.lvm,
    "vgs": lvm_commands.lvm,
    "lvs": lvm_commands.lvm,
    **dict.fromkeys(lvm_commands.PROGRAMS, lvm_commands.lvm),
    "lvmdevices": lvm_commands.lvmdevices,
    "gluster": gluster_commands.gluster,
}
# folders that every node has
_FOLDERS: Final = ("/etc/modules-load.d", "/etc/lvm", "/var/lib/glusterd", "/mnt", "/srv", "/tmp", "/root", "/run")  # noqa: S108  (simulated)


class Machine:
    """A node. `addresses` are its other names and IPs; all chance comes from `rng`.

    `held` are folders that some process works in, `flocks` the files that one holds with flock(1).
    """

    def __init__(self, name: str, addresses: Sequence[str], network: Network, rng: random.Random) -> None:
        self.name, self.addresses, self.network, self.rng = name, tuple(addresses) or (name,), network, rng
        self.powered, self.isolated = True, False
        self.kernel, self.user, self.sudo = "6.1.176", "root", "ok"
        self.devices = Devices()
        self.lvm = Lvm(self.devices, rng)
        self.lvm_filter = ""
        self.filesystems: dict[str, FileSystem] = {}
        self.modules: set[str] = {"dm_thin_pool", "xfs", "fuse"}
        self.missing_modules: set[str] = set()
        self.missing_packages: set[str] = set()
        self.absent_programs: set[str] = {"dnf", "yum", "lvmdevices"}
        self.broken_service = ""
        self.held: set[str] = set()
        self.flocks: dict[str, object] = {}
        self.services: dict[str, Service] = {"glusterd": Service()}
        self.boot_id = new_uuid(rng)
        self._mount_id, self._pid = 58, rng.randint(700, 1200)
        self.files = self._root_files()
        self.glusterd = Glusterd(self)
        self._write_facts()
        network.machines.append(self)

    def _root_files(self) -> Files:
        disk = self.devices.add_disk("sda", 20 * GIB)
        disk.write("ext4", self.rng)
        root = FileSystem("ext4", 20 * GIB - 700 * MIB, 3 * GIB)
        self.filesystems["sda"] = root
        files = Files(Mount("/", "/dev/sda", root, disk.number, "rw,relatime", "rw", 16))
        for path in _FOLDERS:
            files.make_all(path)
        return files

    def _write_facts(self) -> None:
        self.files.write("/etc/os-release", OS_RELEASE.encode())
        self.files.write("/etc/fstab", b"")
        self.files.write("/etc/hostname", f"{self.name}\n".encode())
        info = f"UUID={self.glusterd.uuid}\noperating-version=100000\n"
        self.files.write("/var/lib/glusterd/glusterd.info", info.encode())

    def next_mount_id(self) -> int:
        """A number for a new mount."""
        self._mount_id += 1
        return self._mount_id

    def next_pid(self) -> int:
        """A number for a new process."""
        self._pid += self.rng.randint(3, 40)
        return self._pid

    def in_use(self, device: Device) -> bool:
        """Whether the kernel has the device itself open: mounted, swap, or a leg of another device."""
        if device.swap or any(mount.number == device.number for mount in self.files.mounts):
            return True
        return any(child.type == "part" and self.in_use(child) for child in self.devices.children(device))

    def is_busy(self, mount: Mount) -> bool:
        """Whether a process, or another mount, keeps a mount from being taken away."""
        inside = f"{mount.target.rstrip('/')}/"
        if any(other.target.startswith(inside) for other in self.files.mounts if other is not mount):
            return True
        bricks = (b for v in self.glusterd.pool.volumes.values() for b in v.bricks if b.machine is self)
        if any(f"{path}/".startswith(inside) for path in self.held):
            return True
        return mount.target == "/" or any(b.online and f"{b.path}/".startswith(inside) for b in bricks)

    def kernel_file(self, path: str) -> str | None:
        """What the kernel shows under /proc and /sys, or None."""
        if path in ("/proc/1/mountinfo", "/proc/self/mountinfo"):
            return mount_commands.mountinfo(self)
        if path == "/proc/swaps":
            return mount_commands.swaps(self)
        if path == "/proc/sys/kernel/random/boot_id":
            return f"{self.boot_id}\n"
        state = re.fullmatch(r"/sys/class/block/([^/]+)/device/state", path)
        device = self.devices.all.get(state[1]) if state else None
        return f"{device.state}\n" if device is not None and device.state else None

    def has_program(self, name: str) -> bool:
        """Whether the program is installed."""
        if name in self.absent_programs or PACKAGES.get(name) in self.missing_packages:
            return False
        return name in PROGRAMS or name in PACKAGES or name in ("sh", "bash", "findmnt")

    def run(self, argv: Sequence[str], stdin: str = "") -> Reply:
        """Run one program to its end."""
        name = argv[0].rpartition("/")[2]
        program = PROGRAMS.get(name)
        if program is None or not self.has_program(name):
            return Reply(127, err=f"sh: {argv[0]}: not found\n")
        try:
            reply = program(self, (name, *argv[1:]), stdin)
        except (IndexError, ValueError) as error:
            return Reply(2, err=f"{name}: the simulated node can't do this: {' '.join(argv)} ({error})\n")
        if name in ("tee", "rm", "mount"):
            mount_commands.refresh_thin(self)
        return reply

    def power_off(self) -> None:
        """Pull the plug: mounts and processes are gone, what is on the disks stays."""
        self.powered = False
        self.glusterd.stop_bricks()
        del self.files.mounts[1:]
        self.flocks.clear()
        self.files.remove_all("/run")
        self.files.make_all("/run")

    def power_on(self) -> None:
        """Start again: the fstab is mounted, then glusterd starts its bricks where it is enabled."""
        self.powered, self.boot_id = True, new_uuid(self.rng)
        for line in self.files.read("/etc/fstab").decode().splitlines():
            words = line.split()
            if len(words) >= 4 and not line.startswith("#"):
                self.run(("mount", words[1]))
        service = self.services.get("glusterd")
        if service is not None:
            self.glusterd.set_running(service.enabled)
