"""A simulated heketi that made what is on the nodes of the demo."""

from tests.remote.heketi_world import client_of
from tui.core.units import GIB
from tui.demo.heketi_of_site import heketi_of
from tui.demo.scenes import NEWCOMER, demo_scene
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_volume
from tui.dialects.heketi_requests import VolumeWish
from tui.sync.heketi_site import read_site


async def test_it_knows_all_that_is_there_and_makes_more() -> None:
    async with await demo_scene(latency=0) as site, heketi_of(site) as server, client_of(server) as client:
        known = await read_site(client)
        assert {node.name for node in known.nodes.values()} == {n.name for n in site.nodes} - {NEWCOMER}
        pool = site.nodes[0].machine.glusterd.pool
        assert {volume.name for volume in known.volumes.values()} == set(pool.volumes)
        assert len(known.missing) == 0
        for device in known.devices.values():
            machine = next(n for n in site.nodes if n.name == known.nodes[device.node].name).machine
            group = machine.lvm.groups[device.group]
            # what LVM keeps as a spare of the metadata, heketi does not know of
            assert device.free == group.free + sum(group.spare)
        site.node("gl-b1").faults.glusterd_stopped = False
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(1, "new")))).text)
        assert made.size == GIB
        assert "new" in pool.volumes
        assert {f"{known.nodes[b.node].storage[0]}:{b.path}" for b in made.bricks} == {
            str(brick) for brick in pool.volumes["new"].bricks
        }
        await client.change(requests.delete_volume(made.id))
        assert "new" not in pool.volumes
