"""Why LVM would not take a device, in its own words (lvm2 2.03.16, without a terminal)."""

from typing import TYPE_CHECKING

from tui.demo.devices import Device
from tui.demo.reply import ProgramError

if TYPE_CHECKING:
    from tui.demo.machine import Machine

MIN_SIZE = 2 * 1024**2


def device_for_pv(machine: "Machine", path: str, head: str = "", *, for_group: bool = False) -> Device:
    """The device, when it may become an LVM physical volume. Raises ProgramError with LVM's text and code 5.

    `for_group` is vgcreate, which refuses a used physical volume with other words.
    """
    device = machine.devices.find(path)
    if device is None:
        raise ProgramError(5, f"{head}  No device found for {path}.\n")
    if machine.in_use(device):
        raise ProgramError(5, head + _busy(path))
    reason = _reason(machine, device, path)
    if reason:
        more = "  Command requires all devices to be found.\n" if for_group else ""
        raise ProgramError(5, f"{head}  Cannot use {path}: {reason}\n{more}")
    pv = machine.lvm.pv_of(device)
    if pv is not None and pv.vg:
        raise ProgramError(5, head + _taken(path, pv.vg, for_group))
    if pv is None and device.signatures:
        raise ProgramError(5, head + _signatures(path, device))
    return device


def _reason(machine: "Machine", device: Device, path: str) -> str:
    rejected = next((machine.lvm.rejected[p] for p in (path, device.path) if p in machine.lvm.rejected), "")
    if rejected:
        return rejected
    if any(child.type == "mpath" for child in machine.devices.children(device)):
        return "device is a multipath component"
    if device.table == "gpt" or (device.table and machine.devices.children(device)):
        return "device is partitioned"
    if device.type == "lvm":
        return "device is an LV"
    return "device is too small (pv_min_size)" if device.size < MIN_SIZE else ""


def _busy(path: str) -> str:
    can_not = f"  Can't open {path} exclusively.  Mounted filesystem?\n"
    return (
        f"{can_not}{can_not}  Error opening device {path} for reading at 0 length 512.\n"
        f"{can_not}  Error opening device {path} for reading at 0 length 4096.\n"
        f"  Cannot use {path}: device has a signature\n"
    )


def _taken(path: str, vg: str, for_group: bool) -> str:
    tail = f"  {path}: physical volume not initialized.\n"
    if for_group:
        return (
            f"  Physical volume '{path}' is already in volume group '{vg}'\n"
            f"  Unable to add physical volume '{path}' to volume group '{vg}'\n{tail}"
        )
    return f'  Can\'t initialize physical volume "{path}" of volume group "{vg}" without -ff\n{tail}'


def _signatures(path: str, device: Device) -> str:
    lines = [
        f"WARNING: {s.type} signature detected on {path} at offset {s.offset}. Wipe it? [y/n]: [n]\n"
        f"  Aborted wiping of {s.type}.\n"
        for s in device.signatures
    ]
    count = len(lines)
    return "".join(lines) + f"  {count} existing signature{'s' if count > 1 else ''} left on the device.\n"
