"""Lets the simulated heketi work on the simulated storage nodes: what it makes is there, for SSH and Gluster too."""

import shlex
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from tui.demo.executor import CutConnectionError
from tui.demo.heketi_gluster import own_gluster
from tui.demo.heketi_nodes import CommandError
from tui.demo.machine import Machine
from tui.demo.node import SimNode
from tui.demo.reply import Reply
from tui.demo.site import DemoSite

_BY_UUID: Final = "/dev/disk/by-id/lvm-pv-uuid-"


class SiteNodes:
    """An executor of heketi's commands on the nodes of a simulated site.

    Hosts are the nodes' names or addresses. What a node's faults forbid fails here too.
    """

    def __init__(self, site: DemoSite) -> None:
        self._site = site

    async def run(self, host: str, command: str) -> str:
        """Run one command line. Raises CommandError with what it printed as its error."""
        node = self._node(host)
        words = shlex.split(command)
        # heketi names programs by their path
        words[0] = PurePosixPath(words[0]).name
        own = _OWN.get(" ".join(words[:2])) or _OWN.get(words[0] if len(words) == 1 else f"{words[0]} *")
        try:
            reply = own(node.machine, words) if own else own_gluster(node.machine, words)
            if reply is None:
                reply = await node.executor.run(_known(node.machine, words), "")
        except CutConnectionError:
            raise CommandError("wait: remote command exited without exit status or exit signal") from None
        if reply.code:
            raise CommandError((reply.err or reply.out).rstrip("\n") or f"Process exited with status {reply.code}")
        return reply.out

    def _node(self, host: str) -> SimNode:
        found = next((node for node in self._site.nodes if host in (node.name, *node.machine.addresses)), None)
        if found is None:
            raise CommandError(f"dial tcp: lookup {host}: no such host")
        if found.faults.refuse or found.faults.powered_off:
            raise CommandError(f"dial tcp {found.address}:22: connect: connection refused")
        return found


def _known(machine: Machine, words: list[str]) -> list[str]:
    """The command with a device's path where heketi names it by the UUID that LVM wrote on it."""
    return [_by_uuid(machine, word) if word.startswith(_BY_UUID) else word for word in words]


def _by_uuid(machine: Machine, path: str) -> str:
    wanted = path.removeprefix(_BY_UUID)
    return next((pv.device.path for pv in machine.lvm.pvs.values() if pv.uuid == wanted), path)


def _udevadm(machine: Machine, words: list[str]) -> Reply:
    """`udevadm info --query=symlink --name=DEVICE`."""
    name = words[-1].partition("=")[2]
    device = machine.devices.find(name)
    if device is None:
        return Reply(1, err=f'Unknown device "{name}": No such device\n')
    return Reply(out=" ".join(link.removeprefix("/dev/") for link in device.links) + "\n")


def _vgdisplay(machine: Machine, words: list[str]) -> Reply:
    """`lvm vgdisplay -c GROUP`: what heketi reads are extent size in KiB, and extents in all, taken and free."""
    group = machine.lvm.groups.get(words[-1])
    if group is None:
        return Reply(5, err=f'  Volume group "{words[-1]}" not found\n  Cannot process volume group {words[-1]}\n')
    total, free = group.size // group.extent, group.free // group.extent
    fields = [group.name, *["0"] * 10, group.extent // 1024, total, total - free, free, group.uuid]
    return Reply(out="  " + ":".join(map(str, fields)) + "\n")


def _awk(machine: Machine, words: list[str]) -> Reply:
    """`awk 'BEGIN {print "LINE" >> "FILE"}'`: heketi adds a line to fstab with it."""
    _, line, _, path, _ = words[1].split('"')
    machine.files.write(path, f"{line}\n".encode(), append=True)
    return Reply()


def _mounts(machine: Machine, words: list[str]) -> Reply:
    """`mount` without anything: what is mounted."""
    rows = [f"{one.source} on {one.target} type {one.fs.kind} ({one.options})" for one in machine.files.mounts]
    return Reply(out="".join(f"{row}\n" for row in rows))


_OWN: Final[dict[str, Callable[[Machine, list[str]], Reply]]] = {
    "udevadm info": _udevadm,
    "lvm vgdisplay": _vgdisplay,
    "awk *": _awk,
    "mount": _mounts,
}
