"""The simulated heketi on simulated nodes: what it makes is on the nodes, and what they refuse it tells."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.remote.heketi_world import client_of
from tui.core.units import GIB, KIB
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_on_nodes import SiteNodes
from tui.demo.site import DemoSite, start_site
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_node, parse_volume
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import HeketiRefused
from tui.sync.heketi_site import read_site


@dataclass
class World:
    site: DemoSite
    server: SimHeketi
    client: HeketiClient

    async def load(self, disks: int = 2) -> None:
        """All nodes with so many disks."""
        await self.client.change(requests.create_cluster())
        [cluster] = (await read_site(self.client)).clusters
        for node in self.site.nodes:
            wish = requests.add_node(cluster, [node.name], [node.machine.addresses[0]], 1)
            made = parse_node((await self.client.change(wish)).text)
            for letter in "bcde"[:disks]:
                await self.client.change(requests.add_device(made.id, f"/dev/sd{letter}"))

    async def refused(self, request: requests.Request) -> str:
        """heketi's words."""
        with pytest.raises(HeketiRefused) as error:
            await self.client.change(request)
        return error.value.text


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with (
        await start_site(3, 2, disk_size=8 * GIB) as site,
        SimHeketi(executor=SiteNodes(site)) as server,
        client_of(server) as client,
    ):
        yield World(site, server, client)


async def test_a_whole_life_leaves_nothing_on_the_nodes(world: World) -> None:
    before = [node.machine.files.read("/etc/fstab") for node in world.site.nodes]
    await world.load()
    known = await read_site(world.client)
    for node in world.site.nodes:
        groups = node.machine.lvm.groups
        devices = [device for device in known.devices.values() if known.nodes[device.node].name == node.name]
        assert set(groups) == {device.group for device in devices}
        for device in devices:
            assert device.total == groups[device.group].size
            assert device.pv_uuid == groups[device.group].pvs[0].uuid
            assert any(path.startswith("/dev/disk/by-id/") for path in device.paths)
    made = parse_volume((await world.client.change(requests.create_volume(VolumeWish(2, "db", gid=2001)))).text)
    pool = world.site.nodes[0].machine.glusterd.pool
    assert "db" in pool.volumes
    for brick in made.bricks:
        node = next(one for one in world.site.nodes if one.name == known.nodes[brick.node].name)
        assert node.machine.files.mounted_at(brick.path.removesuffix("/brick")) is not None
        assert f"brick_{brick.id}" in node.machine.files.read("/etc/fstab").decode()
    await world.client.change(requests.delete_volume(made.id))
    assert "db" not in pool.volumes
    for device in known.devices.values():
        for state in ("offline", "failed"):
            await world.client.change(requests.set_state("devices", device.id, state))
        await world.client.change(requests.delete_device(device.id))
    for ident in known.nodes:
        await world.client.change(requests.delete_node(ident))
    assert [node.machine.lvm.groups for node in world.site.nodes] == [{}, {}, {}]
    assert [node.machine.lvm.pvs for node in world.site.nodes] == [{}, {}, {}]
    assert [node.machine.files.read("/etc/fstab") for node in world.site.nodes] == before
    assert [len(node.machine.glusterd.pool.members) for node in world.site.nodes] == [1, 1, 1]


async def test_what_a_node_refuses_is_told_in_its_words(world: World) -> None:
    await world.load(disks=1)
    node = next(iter((await read_site(world.client)).nodes))
    assert "Initializing device /dev/sdz failed (already initialized or contains data?)" in await world.refused(
        requests.add_device(node, "/dev/sdz")
    )
    assert "aleady contains Physical Volume" in await world.refused(requests.add_device(node, "/dev/sdb"))


async def test_a_node_that_is_off_has_no_glusterd_for_heketi(world: World) -> None:
    await world.client.change(requests.create_cluster())
    [cluster] = (await read_site(world.client)).clusters
    world.site.nodes[0].faults.powered_off = True
    text = await world.refused(requests.add_node(cluster, ["node1"], ["10.42.0.1"], 1))
    assert text == "New Node doesn't have glusterd running"
    text = await world.refused(requests.add_node(cluster, ["nobody"], ["10.42.0.9"], 1))
    assert text == "New Node doesn't have glusterd running"


async def test_resync_reads_the_space_anew(world: World) -> None:
    await world.load(disks=1)
    [device, *_] = (await read_site(world.client)).devices
    world.server.state.tables.devices[device].total = 1
    await world.client.change(requests.resync_device(device))
    found = (await read_site(world.client)).devices[device]
    assert found.total > 7 * GIB
    assert found.total % (4096 * KIB) == 0


async def test_bricks_are_added_and_replaced_in_gluster_too(world: World) -> None:
    await world.load()
    made = parse_volume((await world.client.change(requests.create_volume(VolumeWish(1, "db")))).text)
    volume = world.site.nodes[0].machine.glusterd.pool.volumes["db"]
    await world.client.change(requests.expand_volume(made.id, 2))
    grown = parse_volume(await world.client.get(f"/volumes/{made.id}"))
    assert len(volume.sets) == 2
    assert all(brick.online for brick in volume.bricks)
    moved = grown.bricks[0]
    await world.client.change(requests.evict_brick(moved.id))
    after = parse_volume(await world.client.get(f"/volumes/{made.id}"))
    assert {brick.path for brick in after.bricks} == {brick.path for brick in volume.bricks}
    assert moved.path not in {brick.path for brick in volume.bricks}
    assert all(brick.online for brick in volume.bricks)
    for one in volume.sets:
        assert len({brick.machine for brick in one}) == 3
    await world.client.change(requests.delete_volume(made.id))


async def test_what_gluster_refuses_of_these_is_told(world: World) -> None:
    await world.load()
    made = parse_volume((await world.client.change(requests.create_volume(VolumeWish(1, "db")))).text)
    text = await world.refused(requests.clone_volume(made.id, "copy"))
    assert text == "snapshot create: failed: the simulated nodes take no snapshots"
    pool = world.site.nodes[0].machine.glusterd.pool
    gone = pool.volumes.pop("db")
    assert "volume add-brick: failed: Volume db does not exist" in await world.refused(
        requests.expand_volume(made.id, 2)
    )
    pool.volumes["db"] = gone
    gone.bricks.pop()
    brick = next(one for one in made.bricks if one.path not in {other.path for other in gone.bricks})
    assert "Unable to replace brick" in await world.refused(requests.evict_brick(brick.id))


async def test_block_volumes_are_made_in_gluster_volumes_of_their_kind(world: World) -> None:
    await world.load()
    world.server.state.settings.block_host_size = 3
    await world.client.change(requests.create_block_volume(1, "blk", ha=2))
    [volume] = world.site.nodes[0].machine.glusterd.pool.volumes.values()
    assert volume.options["features.shard"] == "on"
    [block] = (await read_site(world.client)).block_volumes.values()
    await world.client.change(requests.delete_block_volume(block.id))
