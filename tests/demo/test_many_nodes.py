"""Fifty nodes with twelve disks each: cheap enough for tests that load a whole topology."""

import asyncio

from tests.demo.asking import ask, connected
from tui.demo.node import SimNode
from tui.demo.site import start_site
from tui.dialects import lvm
from tui.dialects.probe import parse_probe, probe_commands


async def test_fifty_nodes_of_twelve_disks() -> None:
    async with await start_site(nodes=50, disks=12, latency=0.005) as site:

        async def load(node: SimNode) -> int:
            letters = "bcdefghijklm"
            make = [lvm.vgcreate(f"vg_{number:032x}", f"/dev/sd{x}") for number, x in enumerate(letters)]
            async with connected(site, node) as shell:
                results = await ask(shell, make)
                probe = await ask(shell, probe_commands(), stop=False)
            facts = parse_probe(probe, 1.0)
            assert [r.code for r in results] == [0] * 12
            assert not facts.unread
            return len(facts.volume_groups)

        assert await asyncio.gather(*map(load, site.nodes)) == [12] * 50
        assert len({node.public_key for node in site.nodes}) == 50
