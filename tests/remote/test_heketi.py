"""The client of heketi against the simulated server, over real HTTP: the ways that work."""

import asyncio
import json

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.core.units import GIB
from tui.demo.heketi import HttpFault
from tui.demo.heketi_wire import Fail, refused
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_ids, parse_node, parse_volume
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi_errors import HeketiRefused


async def test_a_volume_is_made_read_and_taken_away() -> None:
    async with heketi() as server, client_of(server) as client:
        made = await client.change(requests.create_volume(VolumeWish(10, "db")))
        volume = parse_volume(made.text)
        assert (made.status, volume.name, volume.size, len(volume.bricks)) == (200, "db", 10 * GIB, 3)
        grown = await client.change(requests.expand_volume(volume.id, 5))
        assert parse_volume(grown.text).size == 15 * GIB
        gone = await client.change(requests.delete_volume(volume.id))
        assert (gone.status, gone.text) == (204, "")
        assert parse_ids(await client.get("/volumes"), "volumes") == ()
        assert server.state.tables.bricks == {}
        assert all(device.used == 0 for device in server.state.tables.devices.values())


async def test_a_whole_life_of_a_node_with_its_device() -> None:
    async with heketi() as server, client_of(server) as client:
        cluster = next(iter(server.state.tables.clusters))
        made = await client.change(requests.add_node(cluster, ["new"], ["10.0.0.99"], 2, {"rack": "r9"}))
        node = parse_node(made.text)
        assert (node.name, node.zone, node.tags, node.state) == ("new", 2, {"rack": "r9"}, "online")
        assert (await client.change(requests.add_device(node.id, "/dev/sdx"))).status == 204
        [device] = parse_node(await client.get(f"/nodes/{node.id}")).devices
        assert device.pv_uuid
        assert "/dev/sdx" in device.paths
        await client.change(requests.resync_device(device.id))
        for state in ("offline", "failed"):
            await client.change(requests.set_state("devices", device.id, state))
        await client.change(requests.delete_device(device.id))
        await client.change(requests.delete_node(node.id))
        assert node.id not in server.state.tables.nodes


async def test_every_other_call_of_the_api() -> None:
    async with heketi(nodes=4) as server, client_of(server) as client:
        cluster = (await client.change(requests.create_cluster(file=True, block=False))).text
        ident = json.loads(cluster)["id"]
        await client.change(requests.set_cluster_flags(ident, file=False, block=True))
        assert not server.state.tables.clusters[ident].file
        await client.change(requests.delete_cluster(ident))
        node, device = next(iter(server.state.tables.nodes)), next(iter(server.state.tables.devices))
        tags = (await client.change(requests.set_tags("nodes", node, {"a": "b"}, "update"))).text
        assert json.loads(tags) == {"a": "b"}
        await client.change(requests.set_tags("devices", device, {"arbiter": "required"}))
        volume = parse_volume((await client.change(requests.create_volume(VolumeWish(4)))).text)
        clone = parse_volume((await client.change(requests.clone_volume(volume.id, "copy"))).text)
        assert clone.name == "copy"
        await client.change(requests.evict_brick(volume.bricks[0].id, heal_check=False))
        block = (await client.change(requests.create_block_volume(5, "blk", ha=3, auth=True))).text
        await client.change(requests.expand_block_volume(json.loads(block)["id"], 8))
        host = json.loads(block)["blockhostingvolume"]
        await client.change(requests.restrict_blocks(host, locked=True))
        assert parse_volume(await client.get(f"/volumes/{host}")).restriction == "locked"
        await client.change(requests.delete_block_volume(json.loads(block)["id"]))
        await client.change(requests.clean_operations())
        await client.change(requests.set_log_level("debug"))
        await client.change(requests.set_mode("local-client"))
        assert (server.state.log_level, server.state.mode) == ("debug", "local-client")
        assert await client.operations() == ()
        for path in ("/hello", "/db/dump", "/db/check", "/internal/state/examine/gluster", "/operations", "/metrics"):
            assert await client.get(path)


async def test_every_request_has_a_token_of_its_own_and_the_queue_is_read_once_to_its_end() -> None:
    async with heketi() as server, client_of(server) as client:
        server.executor.cost = 0.01  # type: ignore[attr-defined]
        await client.change(requests.create_volume(VolumeWish(4)))
        polls = [asked for asked in server.requests if asked.startswith("GET /queue/")]
        assert len(set(polls)) == 1
        assert server.requests[0] == "POST /volumes"
        assert server.requests[-1].startswith("GET /volumes/")
        assert (await client.ask("GET", polls[0].removeprefix("GET "))).status == 404


async def test_no_more_is_under_way_than_heketi_takes() -> None:
    async with heketi() as server, client_of(server) as client:
        server.executor.cost = 0.001  # type: ignore[attr-defined]
        wishes = [requests.create_volume(VolumeWish(1, f"v{number}")) for number in range(30)]
        made = await asyncio.gather(*(client.change(wish) for wish in wishes))
        assert {answer.status for answer in made} == {200}
        assert 1 < server.most_in_flight <= 8
        assert sum(asked == "POST /volumes" for asked in server.requests) == 30


async def test_a_busy_heketi_is_asked_again() -> None:
    async with heketi() as server, client_of(server) as client:
        busy = refused(Fail(429, "Server busy. Retry operation later."))
        server.http_faults.append(HttpFault("POST /volumes", reply=busy, times=2))
        assert (await client.change(requests.create_volume(VolumeWish(1)))).status == 200
        assert sum(asked == "POST /volumes" for asked in server.requests) == 3


async def test_what_heketi_says_no_to_is_told_in_its_words() -> None:
    async with heketi(nodes=2) as server, client_of(server) as client:
        with pytest.raises(HeketiRefused, match="Failed to allocate new volume: No space") as refusal:
            await client.change(requests.create_volume(VolumeWish(10)))
        assert refusal.value.status == 500
        with pytest.raises(HeketiRefused, match="Id not found"):
            await client.get("/nodes/" + "0" * 32)
        server.fail("lvcreate", "  thin: Required device-mapper target(s) not detected in your kernel.")
        with pytest.raises(HeketiRefused, match="thin: Required device-mapper"):
            await client.change(requests.create_volume(VolumeWish(1, durability="none")))
        assert server.state.tables.volumes == {}


async def test_a_result_of_several_lines_stays_whole() -> None:
    async with heketi() as server, client_of(server) as client:
        server.fail("pvcreate", "  Can't initialize physical volume\n  /dev/sdz: physical volume not initialized.")
        node = next(iter(server.state.tables.nodes))
        with pytest.raises(HeketiRefused) as refusal:
            await client.change(requests.add_device(node, "/dev/sdz"))
        assert "Initializing device /dev/sdz failed (aleady contains Physical Volume" in refusal.value.text
        assert refusal.value.text.endswith("physical volume not initialized.")
