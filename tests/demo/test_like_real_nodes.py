"""The same commands that real nodes answered: the simulated node must give the same codes and texts."""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.demo.asking import ask, capture, connected, masked
from tui.core.plan import Command, Result
from tui.core.units import GIB
from tui.demo.machine import Machine
from tui.demo.node import SimNode
from tui.demo.site import DemoSite, start_site

# programs that prepare a disk, which a simulated node does not have: the same is done to its model
Prepare = Callable[[Machine], None]


def _vde(machine: Machine) -> Any:
    return machine.devices.find("/dev/vde")


def _signature(kind: str) -> Prepare:
    def write(machine: Machine) -> None:
        _vde(machine).wipe()
        _vde(machine).write(kind, random.Random(1))
        if kind in ("ext4", "xfs"):
            from tui.demo.files import FileSystem

            machine.filesystems[_vde(machine).kname] = FileSystem(kind, 4 * GIB)

    return write


def _zero(machine: Machine) -> None:
    device = _vde(machine)
    device.wipe()
    device.data.clear()
    machine.lvm.pvs.pop(device.kname, None)


def _two_filesystems(machine: Machine) -> None:
    _signature("xfs")(machine)
    _vde(machine).write("ext4", random.Random(2))


PREPARE: dict[str, Prepare] = {
    "mkfs.ext4": _signature("ext4"),
    "mkfs.xfs -f -q": _signature("xfs"),
    "mkswap": _signature("swap"),
    "swapon": lambda m: setattr(_vde(m), "swap", True),
    "swapoff": lambda m: setattr(_vde(m), "swap", False),
    "parted -s /dev/vde mklabel gpt": lambda m: (m.devices.partition(_vde(m), "gpt", m.rng), None)[1],
    "parted -s /dev/vde mklabel msdos": _signature("dos"),
    "dd if=/dev/zero": _zero,
    "dd if=/dev/urandom": lambda m: _vde(m).data.add(0),
    "dd if=/tmp/x": _two_filesystems,
    "dd if=/dev/vde": lambda m: None,
}
# what a simulated node does not know, what only this lab had, or what udev had not noticed yet
OTHER = re.compile(
    r"ls -la|ls /nope|lvm (vgs|pvs)$|getfattr|df |cat /proc/(1|sys)|cat /var/lib|lvm pvs -a|stat /|test -e|hostname$"
    r"|findmnt -J -b -t ext4|mount -t glusterfs nosuchhost|.*node3:/proc$|(blkid|wipefs|cmp) .*/dev/ubda"
)


@pytest.fixture
async def lab() -> Any:
    site = await start_site(nodes=["node3"], disks=0)
    machine = site.node("node3").machine
    machine.kernel = "6.1.176"
    for number, letter in enumerate("abcde"):
        disk = machine.devices.all.pop("sda") if letter == "a" else machine.devices.add_disk("sdz", 4 * GIB)
        machine.devices.drop([disk])
        disk.kname, disk.path, disk.number = f"ubd{letter}", f"/dev/ubd{letter}", (98, 16 * number)
        disk.links.append(f"/dev/vd{letter}")
        machine.devices.add(disk)
    machine.devices.all["ubda"].size = 1258291200
    machine.files.mounts[0].number = (98, 0)
    async with site:
        yield site


def _uuid_of(machine: Machine, was: str) -> str:
    """The uuid that stands in the place of the real one: of the only thin volume."""
    groups = machine.lvm.groups.values()
    return next((t.uuid for g in groups for p in g.pools.values() for t in p.thins), was)


async def _replay(site: DemoSite, node: SimNode, rows: list[dict[str, Any]]) -> list[str]:
    """All commands in order; returns what differs."""
    wrong: list[str] = []
    async with connected(site, node) as connection:
        for row in rows:
            line = " ".join(row["argv"])
            prepare = next((act for head, act in PREPARE.items() if line.startswith(head)), None)
            if prepare is not None:
                prepare(node.machine)
                continue
            if OTHER.match(line):
                continue
            real = "lv_uuid=9bgQQy" in line
            argv = [f"lv_uuid={_uuid_of(node.machine, 'none')}" if real and "lv_uuid=" in w else w for w in row["argv"]]
            [result] = await ask(connection, [Command(tuple(argv), stdin=row["stdin"])], stop=False)
            wrong += _differences(line, row, result)
    return wrong


def _differences(line: str, row: dict[str, Any], result: Result) -> list[str]:
    found = []
    for name, was, now in (
        ("code", row["code"], result.code),
        ("stdout", masked(row["stdout"]), masked(result.stdout)),
        ("stderr", masked(row["stderr"]), masked(result.stderr)),
    ):
        if was != now:
            found.append(f"{line}: {name}\n  real: {was!r}\n  here: {now!r}")
    return found


@pytest.mark.parametrize(
    "name", ["probe.json", "brick-up.json", "thin-space.json"],
)  # fmt: skip
async def test_same_as_real(lab: DemoSite, name: str) -> None:
    wrong = await _replay(lab, lab.node("node3"), capture(name))
    assert not wrong, "\n".join(wrong)


async def test_same_as_real_when_bricks_go_and_devices_are_refused(lab: DemoSite) -> None:
    """The second capture goes on where the first ended: with a brick that is not mounted."""
    node = lab.node("node3")
    await _replay(lab, node, capture("brick-up.json"))
    wrong = await _replay(lab, node, capture("brick-away-and-refusals.json"))
    assert not wrong, "\n".join(wrong)
