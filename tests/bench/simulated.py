"""Simulated nodes in a process of their own, so that their cost is not counted as ours.

Run as a program it starts them, prints the path of their configuration, and answers each line on
its input: with how many commands the nodes were asked so far, and the CPU seconds that took.
"""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asyncssh.connection import SSHConnection
from asyncssh.constants import MSG_IGNORE

from tui.core.units import GIB, TIB
from tui.demo import scenes
from tui.demo.machine import Machine
from tui.demo.site import DemoSite, start_site

LATENCY: Final = 0.005
CLUSTER: Final = "c" * 32


@dataclass(slots=True)
class Nodes:
    """The other process as the bench sees it."""

    process: "subprocess.Popen[str]"
    config: Path

    @property
    def topology(self) -> Path:
        """The file that names all nodes with all their disks."""
        return self.config.with_name("topology.json")

    def asked(self) -> tuple[int, float]:
        """How many commands the nodes were asked so far, and their CPU seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        count, seconds = self.process.stdout.readline().split()
        return int(count), float(seconds)


@contextlib.contextmanager
def simulated(
    nodes: int = 50, disks: int = 12, volumes: int = 0, *, sets: int = 1, copies: int = 3, loaded: bool = False
) -> Iterator[Nodes]:
    """Nodes whose commands take LATENCY; `loaded` ones are one pool with a volume group on each disk.

    Each volume has so many `sets` of so many `copies`.
    """
    with tempfile.TemporaryDirectory(prefix="brickyard-bench-") as folder:
        numbers = (nodes, disks, volumes, sets, copies, int(loaded or volumes > 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.simulated", folder, *map(str, numbers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            config = process.stdout.readline().strip()
            if not config:
                raise RuntimeError("the simulated nodes did not start; why stands above")
            yield Nodes(process, Path(config))
        finally:
            process.communicate()


def _send_no_ignores() -> None:
    """asyncssh sends an empty IGNORE before each packet, which sshd does not: it would double what we receive."""
    send = SSHConnection.send_packet

    def send_packet(self: Any, kind: int, *args: bytes, **more: Any) -> None:
        if kind != MSG_IGNORE:
            send(self, kind, *args, **more)

    SSHConnection.send_packet = send_packet  # type: ignore[method-assign,assignment]


async def serve(folder: Path, nodes: int, disks: int, volumes: int, sets: int, copies: int, loaded: int) -> None:
    """Be the nodes until the input ends."""
    async with await start_site(nodes, disks, LATENCY, folder, disk_size=4 * TIB) as site:
        if loaded:
            load(site)
        for number in range(volumes):
            first = number * sets * copies
            machines = [site.nodes[(first + step) % nodes].machine for step in range(sets * copies)]
            members = [machines[start : start + copies] for start in range(0, len(machines), copies)]
            scenes.make_volume(site, f"vol_{number:04}", members, 10 * GIB, 0.4, f"replica {copies}")
        config = site.config_path.read_text().replace('"poll_seconds": 3,', "")
        site.config_path.write_text(config)
        print(site.config_path, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(sum(len(node.executor.history) for node in site.nodes), time.process_time(), flush=True)


def load(site: DemoSite) -> None:
    """One pool of all nodes, and what a topology load leaves on their disks."""
    machines = [node.machine for node in site.nodes]
    for other in machines[1:]:
        _do(machines[0], f"gluster --mode=script --xml peer probe {other.addresses[0]}")
    members = " ".join(f"--addtag brickyard.member={m.addresses[0]}={m.name}" for m in machines)
    layout = "--metadatasize=128M --dataalignment=256K --physicalextentsize=4M --autobackup=n"
    for machine in machines:
        zone, storage = site.zones[machine.name], machine.addresses[0]
        own = f"brickyard.zone={zone} brickyard.manage={machine.name} brickyard.storage={storage}"
        tags = " ".join(f"--addtag {tag}" for tag in [*own.split(), f"brickyard.cluster={CLUSTER}"])
        for disk in [name for name in machine.devices.all if name.startswith("sd") and name != "sda"]:
            group = f"vg_{site.rng.getrandbits(128):032x}"
            _do(machine, f"lvm vgcreate -qq {layout} {tags} {members} {group} /dev/{disk}")


def _do(machine: Machine, line: str) -> None:
    reply = machine.run(line.split())
    if reply.code or "<opRet>-1" in reply.out:
        raise RuntimeError(f"{machine.name}: {line}: {reply.out}{reply.err}")


if __name__ == "__main__":
    where, *numbers = sys.argv[1:]
    _send_no_ignores()
    asyncio.run(serve(Path(where), *map(int, numbers)))
