"""All that a heketi knows, from one walk through its API."""

import asyncio

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import RemoteError
from tui.sync.heketi_site import read_site


async def test_everything_is_read() -> None:
    async with heketi(nodes=4, disks=3) as server, client_of(server) as client:
        wishes = [requests.create_volume(VolumeWish(2, f"v{number}")) for number in range(5)]
        await asyncio.gather(*(client.change(wish) for wish in wishes))
        await client.change(requests.create_block_volume(5, "blk"))
        found = await read_site(client)
        tables = server.state.tables
        assert set(found.clusters) == set(tables.clusters)
        assert set(found.nodes) == set(tables.nodes)
        assert set(found.volumes) == set(tables.volumes)
        assert set(found.block_volumes) == set(tables.block_volumes)
        assert set(found.devices) == set(tables.devices)
        assert (found.operations, found.missing) == ((), ())
        bricks = {brick.id for device in found.devices.values() for brick in device.bricks}
        assert bricks == set(tables.bricks) == {b.id for volume in found.volumes.values() for b in volume.bricks}


async def test_a_clone_that_heketi_died_in_leaves_references_that_lead_nowhere() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.create_volume(VolumeWish(2, "source")))
        [source] = server.state.tables.volumes
        server.hang("snapshot create")
        with pytest.raises(RemoteError, match="still works on it"):
            await client.change(requests.clone_volume(source), seconds=0.1)
        await server.restart()
        found = await read_site(client)
        [cluster] = found.clusters
        assert [operation.type for operation in found.operations] == ["clone-volume"]
        assert found.operations[0].is_stuck
        assert {change.description for change in found.operations[0].changes} == {
            "Clone volume from", "Expand volume to", "Add brick",
        }  # fmt: skip
        clone = next(c.id for c in found.operations[0].changes if c.description == "Expand volume to")
        assert set(found.missing) == {(f"/volumes/{source}", cluster), (f"/volumes/{clone}", cluster)}
