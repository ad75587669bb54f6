"""A whole simulated site: nodes on loopback addresses, and the files with which brickyard finds them."""

import asyncio
import atexit
import itertools
import json
import os
import random
import shutil
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import asyncssh

from tui.core.units import GIB
from tui.demo.gluster_model import Network
from tui.demo.machine import Machine
from tui.demo.node import SimNode

PORT: Final = 2222
_BLOCKS: Final = itertools.count(1)
_LETTERS: Final = "bcdefghijklmnopqrstuvwxyz"


class DemoSite:
    """Simulated nodes that run until `close`. Also a context manager (`async with`).

    `config_path`, `topology_path`, `known_hosts`, `ssh_config` and `key_path` are files in `folder`.
    """

    def __init__(self, folder: Path, seed: int, *, temporary: bool = False) -> None:
        self._temporary = temporary
        self.folder, self.rng = folder, random.Random(seed)  # noqa: S311 - a simulation, no secret
        self.network = Network()
        self.nodes: list[SimNode] = []
        self.zones: dict[str, int] = {}
        self.name = "demo"
        self._client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.key_path = folder / "id_ed25519"
        self.known_hosts = folder / "known_hosts"
        self.ssh_config = folder / "ssh_config"
        self.topology_path = folder / "topology.json"
        self.config_path = folder / "brickyard.yaml"

    def node(self, name: str) -> SimNode:
        """A node by its name. Raises KeyError."""
        found = next((node for node in self.nodes if node.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def add_node(self, name: str, address: str, storage: str, port: int) -> SimNode:
        """Make a node; `storage` is its address in the pool."""
        machine = Machine(name, (storage, address), self.network, random.Random(self.rng.getrandbits(64)))  # noqa: S311  (no secret)
        public = self._client_key.export_public_key().decode()
        node = SimNode(machine, address, port, public, self._lookup)
        self.nodes.append(node)
        return node

    def _lookup(self, host: str, port: int) -> SimNode | None:
        return next((n for n in self.nodes if host in (n.name, n.address) and port in (n.port, 22)), None)

    def write_files(self) -> None:
        """Key, known_hosts, ssh config, topology and configuration, for the nodes as they are now."""
        key = self._client_key.export_private_key()
        with os.fdopen(os.open(self.key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(key)
        self.known_hosts.write_text("".join(f"{_known_as(n)} {n.public_key}\n" for n in self.nodes))
        self.ssh_config.write_text("".join(_ssh_config(n) for n in self.nodes))
        self.topology_path.write_text(json.dumps(self.topology(self.nodes), indent=2) + "\n")
        self.config_path.write_text(self._config())

    def topology(self, nodes: Sequence[SimNode]) -> dict[str, object]:
        """A topology of these nodes with all disks that are blank or LVM's already."""
        entries = []
        for node in nodes:
            own = [d for d in node.machine.devices.all.values() if d.type == "disk" and not node.machine.in_use(d)]
            disks = [d for d in own if not d.marked and (not d.signatures or d.fstype == "LVM2_member")]
            hostnames = {"manage": [node.name], "storage": [node.machine.addresses[0]]}
            devices = [{"name": disk.path, "destroydata": False} for disk in disks]
            zone = self.zones.get(node.name, 1)
            entries.append({"node": {"hostnames": hostnames, "zone": zone}, "devices": devices})
        return {"clusters": [{"nodes": entries}]}

    def _config(self) -> str:
        site = {
            "topology": str(self.topology_path),
            "poll_seconds": 3,
            "ssh": {
                "user": "root",
                "key": str(self.key_path),
                "known_hosts": str(self.known_hosts),
                "ssh_config": str(self.ssh_config),
            },
        }
        # JSON is YAML too
        return json.dumps({"default_site": self.name, "sites": {self.name: site}}, indent=2) + "\n"

    async def close(self) -> None:
        """End all nodes; a folder that was made for this site goes too."""
        await asyncio.gather(*(node.close() for node in self.nodes))
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _known_as(node: SimNode) -> str:
    names = (node.name, node.address)
    return ",".join([*names, *(f"[{name}]:{node.port}" for name in names)])


def _ssh_config(node: SimNode) -> str:
    return f"Host {node.name}\n  HostName {node.address}\n  Port {node.port}\n  HostKeyAlias {node.name}\n"


def _free_block() -> int:
    """A number B such that 127.B.0.1 is nobody's: several sites may run on one machine."""
    for block in itertools.chain((30 + (os.getpid() + next(_BLOCKS)) % 200,), range(30, 250)):
        try:
            socket.create_server((f"127.{block}.0.1", PORT)).close()
        except OSError:
            continue
        return block
    raise OSError("no loopback address with a free port 2222 is left for the simulated nodes")


async def start_site(
    nodes: int | Sequence[str] = 3,
    disks: int = 4,
    latency: float = 0.0,
    folder: Path | str | None = None,
    seed: int = 1,
    disk_size: int = 4 * GIB,
    prefix: str = "sd",
    storage: str = "10.42.0.{}",
) -> DemoSite:
    """Start nodes (a count, or their names) with so many blank disks /dev/sdb ... of `disk_size` bytes.

    `latency` is what each command takes, in seconds. Files go into `folder` (if None, a new one
    that `close` removes). `prefix` begins the disks' names ("vd": /dev/vdb), `storage` makes the addresses in
    the pool from the number of the node. Raises OSError where no port can be had.
    """
    names = [f"node{number}" for number in range(1, nodes + 1)] if isinstance(nodes, int) else list(nodes)
    where = Path(folder) if folder is not None else Path(tempfile.mkdtemp(prefix="brickyard-demo-"))
    where.mkdir(parents=True, exist_ok=True)
    if folder is None:
        # who ends before the site is open, or breaks off, leaves no key behind
        atexit.register(shutil.rmtree, where, ignore_errors=True)
    site = DemoSite(where, seed, temporary=folder is None)
    block = _free_block()
    try:
        for number, name in enumerate(names, 1):
            address = f"127.{block}.{number // 250}.{number % 250}"
            node = site.add_node(name, address, storage.format(number), PORT)
            site.zones[name] = (number - 1) % 3 + 1
            add_disks(node.machine, disks, disk_size, prefix)
            node.faults.latency = latency
            node.start()
        site.write_files()
    except BaseException:
        await site.close()
        raise
    return site


def add_disks(machine: Machine, count: int, size: int, prefix: str = "sd") -> None:
    """Blank disks /dev/sdb ... with serial numbers, WWNs and links in /dev/disk/by-id."""
    for letter in _LETTERS[:count]:
        disk = machine.devices.add_disk(f"{prefix}{letter}", size)
        disk.wwn = f"0x5000c500{machine.rng.getrandbits(32):08x}"
        disk.serial = f"ZC{machine.rng.getrandbits(24):06X}"
        disk.model, disk.state = "ST4000NM0035", "running"
        disk.links += [f"/dev/disk/by-id/wwn-{disk.wwn}", f"/dev/disk/by-id/scsi-S{disk.model}_{disk.serial}"]
