"""The operating system of a simulated node: services, kernel modules, packages, names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.demo.options import take
from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine

MODULES: Final = {
    "dm_thin_pool": "kernel/drivers/md/dm-thin-pool.ko", "dm_snapshot": "kernel/drivers/md/dm-snapshot.ko",
    "dm_mirror": "kernel/drivers/md/dm-mirror.ko", "fuse": "kernel/fs/fuse/fuse.ko",
    "xfs": "kernel/fs/xfs/xfs.ko",
}  # fmt: skip
# program -> the Debian package that brings it
PACKAGES: Final = {
    "lvm": "lvm2", "pvs": "lvm2", "vgs": "lvm2", "lvs": "lvm2", "gluster": "glusterfs-server",
    "glusterd": "glusterfs-server", "mount.glusterfs": "glusterfs-client", "mkfs.xfs": "xfsprogs",
    "thin_check": "thin-provisioning-tools",
}  # fmt: skip
PLACES: Final = {
    name: f"/usr/sbin/{name}"
    for name in ("blkid", "wipefs", "dmsetup", "modprobe", "modinfo", "mount.glusterfs", "thin_check", "glusterd")
} | {name: f"/usr/sbin/{name}" for name in ("lvm", "pvs", "vgs", "lvs", "gluster", "mkfs.xfs")}
OS_RELEASE: Final = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
"""


@dataclass(slots=True)
class Service:
    """A unit of systemd. Started and enabled are what `systemctl` calls active and enabled."""

    active: bool = True
    enabled: bool = True


def hostname(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """The name of the node."""
    return Reply(0, f"{machine.name}\n")


def uname(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Release of the kernel (-r) or its name."""
    return Reply(0, f"{machine.kernel}\n" if "-r" in argv else "Linux\n")


def which(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Where programs are; code 1 when one is missing."""
    found = [PLACES.get(name, f"/usr/bin/{name}") if machine.has_program(name) else "" for name in argv[1:]]
    return Reply(0 if all(found) else 1, "".join(f"{path}\n" for path in found if path))


def _show(machine: "Machine", unit: str, wanted: list[str]) -> Reply:
    service = machine.services.get(unit)
    facts = {
        "LoadState": "loaded" if service else "not-found",
        "ActiveState": "active" if service and service.active else "inactive",
        "SubState": "running" if service and service.active else "dead",
        "UnitFileState": ("enabled" if service.enabled else "disabled") if service else "",
    }
    names = [name for group in wanted for name in group.split(",")] or list(facts)
    return Reply(0, "".join(f"{name}={facts[name]}\n" for name in names if name in facts))


def systemctl(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """show, is-active, status, start, stop, restart, enable, disable."""
    options = take(argv[1:], ("-p", "--property"))
    verb, *units = options.words
    unit = units[0].removesuffix(".service") if units else ""
    service = machine.services.get(unit)
    if verb == "show":
        return _show(machine, unit, options.values.get("-p", []))
    if verb == "is-active":
        active = service is not None and service.active
        return Reply(0 if active else 3, "active\n" if active else "inactive\n")
    if service is None:
        if verb in ("enable", "disable"):
            return Reply(1, err=f"Failed to {verb} unit: Unit file {unit}.service does not exist.\n")
        if verb == "status":
            return Reply(4, err=f"Unit {unit}.service could not be found.\n")
        return Reply(5, err=f"Failed to {verb} {unit}.service: Unit {unit}.service not found.\n")
    if verb == "status":
        word = "active (running)" if service.active else "inactive (dead)"
        return Reply(0 if service.active else 3, f"* {unit}.service\n     Active: {word}\n")
    return _switch(machine, unit, service, verb, now="--now" in options)


def _switch(machine: "Machine", unit: str, service: Service, verb: str, *, now: bool) -> Reply:
    err = ""
    if verb in ("enable", "disable"):
        if verb == "enable" and not service.enabled:
            err = f"Created symlink /etc/systemd/system/multi-user.target.wants/{unit}.service -> "
            err += f"/lib/systemd/system/{unit}.service.\n"
        service.enabled = verb == "enable"
        if not now:
            return Reply(0, err=err)
    active = verb in ("start", "restart", "enable")
    if active and machine.broken_service == unit:
        text = f"Job for {unit}.service failed because the control process exited with error code.\n"
        more = f'See "systemctl status {unit}.service" and "journalctl -xeu {unit}.service" for details.\n'
        return Reply(1, err=err + text + more)
    service.active = active
    if unit == "glusterd":
        machine.glusterd.set_running(active)
    return Reply(0, err=err)


def modprobe(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Load a module."""
    name = take(argv[1:], ()).words[0].replace("-", "_")
    if name not in MODULES or name in machine.missing_modules:
        return Reply(1, err=f"modprobe: FATAL: Module {name} not found in directory /lib/modules/{machine.kernel}\n")
    machine.modules.add(name)
    return Reply()


def modinfo(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Where a module is."""
    name = take(argv[1:], ("-F",)).words[0].replace("-", "_")
    if name not in MODULES or name in machine.missing_modules:
        return Reply(1, err=f"modinfo: ERROR: Module {name} not found.\n")
    return Reply(0, f"/lib/modules/{machine.kernel}/{MODULES[name]}\n")


def apt_get(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Install packages that bring the programs above; glusterfs-server brings its service, not started."""
    words = take(argv[1:], ("-o",)).words
    reading = "Reading package lists...\nBuilding dependency tree...\nReading state information...\n"
    if words[:1] != ["install"]:
        return Reply(0)
    known = set(PACKAGES.values())
    unknown = [name for name in words[1:] if name not in known]
    if unknown:
        return Reply(100, reading, "".join(f"E: Unable to locate package {name}\n" for name in unknown))
    out = reading
    for name in words[1:]:
        if name in machine.missing_packages:
            machine.missing_packages.discard(name)
            out += f"Setting up {name} ...\n"
            if name == "glusterfs-server":
                machine.services["glusterd"] = Service(active=False, enabled=False)
        else:
            out += f"{name} is already the newest version.\n"
    return Reply(0, out)


def true(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Nothing, with success."""
    return Reply()


def false(machine: "Machine", argv: Sequence[str], stdin: str) -> Reply:
    """Nothing, without success."""
    return Reply(1)


PROGRAMS: Final = {
    "hostname": hostname, "uname": uname, "which": which, "systemctl": systemctl, "modprobe": modprobe,
    "modinfo": modinfo, "apt-get": apt_get, "true": true, "false": false,
}  # fmt: skip
