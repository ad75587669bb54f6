"""What happens to the disks and services of a node without brickyard: the states an admin hands over."""

from collections.abc import Callable
from typing import Final

from tui.demo.devices import Device, make_signatures
from tui.demo.files import FileSystem
from tui.demo.machine import Machine

ACCIDENTS: Final = (
    "ext4", "xfs", "mounted", "gpt", "dos", "swap in use", "two filesystems", "noise", "noise at the end",
    "multipath leg", "filtered by LVM", "not in the devices file", "busy", "idle", "glusterd stopped",
    "glusterd started", "bricks killed",
)  # fmt: skip


def happen(machine: Machine, what: str, target: str = "") -> None:
    """Let one of `ACCIDENTS` happen to a node. `target` is a device, or the folder of "busy".

    Raises KeyError for an unknown word and LookupError for an unknown device.
    """
    if what in _NODE:
        _NODE[what](machine, target)
        return
    device = machine.devices.find(target)
    if device is None:
        raise LookupError(f"{machine.name} has no device {target}")
    _DISK[what](machine, device)


def _filesystem(kind: str) -> Callable[[Machine, Device], None]:
    def make(machine: Machine, device: Device) -> None:
        device.wipe()
        device.write(kind, machine.rng)
        machine.filesystems[device.kname] = FileSystem(kind, int(device.size * 0.95))

    return make


def _mounted(machine: Machine, device: Device) -> None:
    _filesystem("ext4")(machine, device)
    machine.files.make_all("/mnt/data")
    machine.run(("mount", device.path, "/mnt/data"))


def _two(machine: Machine, device: Device) -> None:
    _filesystem("xfs")(machine, device)
    device.signatures += make_signatures("ext4", device.size, machine.rng)


def _swap(machine: Machine, device: Device) -> None:
    device.wipe()
    device.write("swap", machine.rng)
    device.swap = True


def _table(kind: str) -> Callable[[Machine, Device], None]:
    def make(machine: Machine, device: Device) -> None:
        machine.devices.partition(device, kind, machine.rng)

    return make


def _noise(at: int) -> Callable[[Machine, Device], None]:
    return lambda machine, device: device.data.add(at if at >= 0 else device.size + at)


def _multipath(machine: Machine, device: Device) -> None:
    machine.devices.multipath(f"mpath{device.kname[-1]}", [device])


def _rejected(reason: str) -> Callable[[Machine, Device], None]:
    def reject(machine: Machine, device: Device) -> None:
        machine.lvm.rejected[device.path] = reason
        if "filter" in reason:
            machine.lvm_filter = f'"r|/dev/(u|v)d{device.kname[-1]}$|"'

    return reject


_DISK: Final[dict[str, Callable[[Machine, Device], None]]] = {
    "ext4": _filesystem("ext4"),
    "xfs": _filesystem("xfs"),
    "mounted": _mounted,
    "two filesystems": _two,
    "swap in use": _swap,
    "gpt": _table("gpt"),
    "dos": _table("dos"),
    "noise": _noise(65536),
    "noise at the end": _noise(-296),
    "multipath leg": _multipath,
    "filtered by LVM": _rejected("device is rejected by filter config"),
    "not in the devices file": _rejected("device is not in devices file"),
}
_NODE: Final[dict[str, Callable[[Machine, str], None]]] = {
    "busy": lambda machine, folder: machine.held.add(folder),
    "idle": lambda machine, folder: machine.held.clear(),
    "glusterd stopped": lambda machine, _: machine.glusterd.set_running(False),
    "glusterd started": lambda machine, _: machine.glusterd.set_running(True),
    "bricks killed": lambda machine, _: machine.glusterd.stop_bricks(),
}
