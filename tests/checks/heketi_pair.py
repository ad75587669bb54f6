"""A simulated heketi and the nodes on which it made everything: all pictures of both, read over their real wires."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.remote.heketi_world import client_of
from tui.checks.heketi_drift import heketi_findings
from tui.config import load_config
from tui.core.asker import RefusingAsker
from tui.core.facts import LogicalVolume, NodeFacts, VolumeGroup
from tui.core.finding import Finding
from tui.core.heketi_dump import HeketiCheck, HeketiDump
from tui.core.heketi_model import HeketiDevice, HeketiNode, HeketiSite, HeketiVolume
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot
from tui.core.units import GIB
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_on_nodes import SiteNodes
from tui.demo.site import DemoSite, start_site
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_node
from tui.dialects.heketi_db import parse_check, parse_dump
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi import HeketiClient
from tui.site import Site
from tui.sync.heketi_site import read_site

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class Pictures:
    """All that a look for drift gets."""

    site: HeketiSite
    dump: HeketiDump | None
    check: HeketiCheck | None
    storage: Snapshot
    facts: dict[str, NodeFacts]
    tables: KubeTables | None = None
    read: tuple[str, ...] | None = None

    def findings(self) -> list[Finding]:
        """What is found."""
        return heketi_findings(
            self.site, self.dump, self.check, self.storage, self.facts, self.tables, NOW, self.read
        )  # fmt: skip

    def codes(self) -> list[str]:
        """The codes of what is found; each finding is whole."""
        found = self.findings()
        for one in found:
            assert one.about is not None
            assert one.sentence
            assert one.cause
            assert one.proof
            assert one.remedies, one
        return [one.code for one in found]

    def with_facts(self, node: str, **parts: Any) -> "Pictures":
        """One node says something else."""
        return replace(self, facts={**self.facts, node: replace(self.facts[node], **parts)})

    def with_device(self, ident: str, **parts: Any) -> "Pictures":
        """heketi says something else of a device."""
        device = self.site.devices[ident]
        node = self.site.nodes[device.node]
        devices = tuple(replace(one, **parts) if one.id == ident else one for one in node.devices)
        return self.with_node(node.id, devices=devices)

    def with_node(self, ident: str, **parts: Any) -> "Pictures":
        """heketi says something else of a node."""
        nodes = {**self.site.nodes, ident: replace(self.site.nodes[ident], **parts)}
        return replace(self, site=replace(self.site, nodes=nodes))

    def with_volume(self, volume: HeketiVolume, **parts: Any) -> "Pictures":
        """heketi says something else of a volume."""
        volumes = {**self.site.volumes, volume.id: replace(volume, **parts)}
        return replace(self, site=replace(self.site, volumes=volumes))

    def volume(self, name: str) -> HeketiVolume:
        """A volume of heketi's by its name."""
        return next(one for one in self.site.volumes.values() if one.name == name)

    def device_of(self, name: str) -> tuple[HeketiDevice, HeketiNode, str]:
        """The device with the first brick of a volume, its node, and the name of the storage node."""
        device = self.site.devices[self.volume(name).bricks[0].device]
        node = self.site.nodes[device.node]
        return device, node, node.name

    def group(self, node: str, name: str) -> VolumeGroup:
        """A volume group of a node."""
        return next(group for group in self.facts[node].volume_groups if group.name == name)

    def lvs(self, node: str) -> tuple[LogicalVolume, ...]:
        """The logical volumes of a node."""
        return self.facts[node].logical_volumes


@dataclass
class Pair:
    """heketi with its nodes, and a site that administers them over SSH."""

    demo: DemoSite
    server: SimHeketi
    client: HeketiClient
    site: Site
    made: list[str] = field(default_factory=list)

    async def load(self, disks: int = 2) -> None:
        """All nodes and disks, through heketi."""
        await self.client.change(requests.create_cluster())
        [cluster] = (await read_site(self.client)).clusters
        for number, node in enumerate(self.demo.nodes, 1):
            wish = requests.add_node(cluster, [node.name], [node.machine.addresses[0]], number)
            made = parse_node((await self.client.change(wish)).text)
            for letter in "bcde"[:disks]:
                await self.client.change(requests.add_device(made.id, f"/dev/sd{letter}"))

    async def volume(self, name: str, size: int = 2, **more: Any) -> str:
        """A volume, through heketi; its id."""
        await self.client.change(requests.create_volume(VolumeWish(size, name, **more)))
        known = await read_site(self.client)
        return next(one.id for one in known.volumes.values() if one.name == name)

    async def look(self) -> Pictures:
        """Everything as of now."""
        await self.site.refresh()
        dump = parse_dump(await self.client.get("/db/dump"))
        check = parse_check(await self.client.get("/db/check"))
        return Pictures(await read_site(self.client), dump, check, self.site.store.snapshot, self.site.facts())


@contextlib.asynccontextmanager
async def open_pair(folder: Path, nodes: int = 3, disks: int = 2) -> AsyncIterator[Pair]:
    """Start both; nothing is loaded yet."""
    async with (
        await start_site(nodes, disks, folder=folder, disk_size=32 * GIB) as demo,
        SimHeketi(executor=SiteNodes(demo)) as server,
        client_of(server) as client,
    ):
        site = Site(load_config(demo.config_path).site(), RefusingAsker())
        await site.open(watch=False)
        try:
            yield Pair(demo, server, client, site)
        finally:
            await site.close()
