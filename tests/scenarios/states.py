"""What an admin's nodes are like when a load goes wrong, and how each of it is put right.

Beside the accidents of the simulation: what a node is before brickyard meets it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui.core.units import GIB
from tui.demo.accidents import ACCIDENTS, happen
from tui.demo.devices import Device
from tui.demo.faults import Rule
from tui.demo.machine import Machine
from tui.demo.node import SimNode
from tui.demo.site import DemoSite
from tui.demo.system_commands import Service

Deed = Callable[[DemoSite, SimNode, str], None]
OLD_GROUP: Final = "vg_old"
SIZE: Final = 100 * GIB
FSTAB: Final = b"UUID=0815 / ext4 errors=remount-ro 0 1\n"
EXCLUDED: Final = "  Device excluded by a filter.\n"


@dataclass(frozen=True, slots=True)
class Bad:
    """One thing that is wrong: on which node, what, and where that is a device, which."""

    node: str
    what: str
    target: str = ""


def make_bad(demo: DemoSite, bad: Bad) -> None:
    """Let it be so. Raises KeyError for an unknown word."""
    node = demo.node(bad.node)
    if bad.what in _MAKE:
        _MAKE[bad.what](demo, node, bad.target)
    else:
        assert bad.what in ACCIDENTS, bad.what
        happen(node.machine, bad.what, bad.target)


def put_right(demo: DemoSite, bad: Bad) -> None:
    """What the admin does about it: a node is repaired, a disk is replaced by a blank one of the same name."""
    node = demo.node(bad.node)
    if bad.target.startswith("/dev/"):
        _replace(node.machine, bad.target)
        node.machine.files.write("/etc/fstab", FSTAB)
    else:
        _MEND[bad.what](demo, node, bad.target)


def _device(machine: Machine, path: str) -> Device:
    device = machine.devices.find(path)
    assert device is not None, f"{machine.name} has no {path}"
    return device


def _replace(machine: Machine, path: str) -> None:
    kname = path.rpartition("/")[2]
    machine.lvm.rejected.pop(path, None)
    machine.lvm_filter = ""
    old = machine.devices.all.get(kname)
    if old is not None:
        gone = [old, *machine.devices.children(old)]
        for device in gone:
            machine.lvm.forget_pv(device)
            machine.filesystems.pop(device.kname, None)
        numbers = {device.number for device in gone}
        machine.files.mounts[:] = [m for m in machine.files.mounts if m.number not in numbers]
        machine.devices.drop(gone)
    machine.devices.add_disk(kname, SIZE).state = "running"


def _in_old_group(demo: DemoSite, node: SimNode, path: str) -> None:
    machine = node.machine
    machine.lvm.make_group(OLD_GROUP, [machine.lvm.make_pv(_device(machine, path))], set())


def _leftover(demo: DemoSite, node: SimNode, path: str) -> None:
    node.machine.lvm.make_pv(_device(node.machine, path))


def _missing(demo: DemoSite, node: SimNode, path: str) -> None:
    node.machine.devices.drop([_device(node.machine, path)])


def _linked(demo: DemoSite, node: SimNode, path: str) -> None:
    _device(node.machine, path).links.append("/dev/disk/by-id/same-as-sdb")


def _read_only(demo: DemoSite, node: SimNode, path: str) -> None:
    _device(node.machine, path).read_only = True


def _in_fstab(demo: DemoSite, node: SimNode, path: str) -> None:
    node.machine.files.write("/etc/fstab", f"{path} /srv/old ext4 defaults 0 2\n".encode(), append=True)


def _same_lun(demo: DemoSite, node: SimNode, path: str) -> None:
    """The same LUN is given to this node and to the first."""
    _device(node.machine, path).wwn = _device(demo.nodes[0].machine, path).wwn


def _no_glusterd(demo: DemoSite, node: SimNode, _: str) -> None:
    node.machine.missing_packages.add("glusterfs-server")
    node.machine.services.pop("glusterd")


def _glusterd(demo: DemoSite, node: SimNode, _: str) -> None:
    node.machine.missing_packages.discard("glusterfs-server")
    node.machine.services.setdefault("glusterd", Service())
    node.machine.glusterd.set_running(True)


def _fault(name: str, value: bool) -> Deed:
    return lambda demo, node, _: setattr(node.faults, name, value)


def _elsewhere(demo: DemoSite, node: SimNode, other: str) -> None:
    """The node is in a pool with one that the topology does not name."""
    storage = demo.node(other).machine.addresses[0]
    reply = node.machine.run(("gluster", "--mode=script", "--xml", "peer", "probe", storage))
    assert "<opRet>0</opRet>" in reply.out, reply.out


def _detached(demo: DemoSite, node: SimNode, other: str) -> None:
    node.machine.glusterd.leave(demo.node(other).machine.glusterd)


def _cloned(demo: DemoSite, node: SimNode, _: str) -> None:
    """The machine was made as a copy of the first one, glusterd's identity with it."""
    _identity(node, demo.nodes[0].machine.glusterd.uuid)


def _identity(node: SimNode, uuid: str) -> None:
    node.machine.glusterd.uuid = uuid
    info = f"UUID={uuid}\noperating-version=100000\n"
    node.machine.files.write("/var/lib/glusterd/glusterd.info", info.encode())


def _rule(rule: Rule) -> None:
    """From now on this happens to commands of the node."""
    assert rule.times


_MAKE: Final[dict[str, Deed]] = {
    "in vg_old": _in_old_group,
    "leftover of LVM": _leftover,
    "missing": _missing,
    "linked twice": _linked,
    "read-only": _read_only,
    "in the fstab": _in_fstab,
    "same LUN": _same_lun,
    "glusterd not installed": _no_glusterd,
    "dead": _fault("powered_off", True),
    "refuses the key": _fault("refuse_key", True),
    "cut off from the others": _fault("isolated", True),
    "in a pool with": _elsewhere,
    "a clone": _cloned,
    "LVM fails": lambda demo, node, _: _rule(node.faults.fail("lvm vgcreate", 5, EXCLUDED)),
    "cut before vgcreate": lambda demo, node, _: _rule(node.faults.cut("lvm vgcreate")),
    "cut after vgcreate": lambda demo, node, _: _rule(node.faults.cut("lvm vgcreate", after=True)),
}
_MEND: Final[dict[str, Deed]] = {
    "glusterd not installed": _glusterd,
    "glusterd stopped": _glusterd,
    "dead": _fault("powered_off", False),
    "refuses the key": _fault("refuse_key", False),
    "cut off from the others": _fault("isolated", False),
    "in a pool with": _detached,
    "a clone": lambda demo, node, _: _identity(node, "0c1f7c5e-5b0e-4c39-8a2d-2f8f2a6b7d11"),
    "LVM fails": lambda demo, node, _: node.faults.clear(),
    "cut before vgcreate": lambda demo, node, _: node.faults.clear(),
    "cut after vgcreate": lambda demo, node, _: node.faults.clear(),
}
