"""The simulated heketi: what it keeps, where it puts bricks, and what it refuses, beyond the recorded calls."""

import asyncio

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_placing import brick_size
from tui.demo.heketi_state import Settings
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_answers import parse_counts, parse_volume
from tui.dialects.heketi_db import parse_check, parse_dump
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi import HeketiClient
from tui.remote.heketi_errors import HeketiRefused


async def refused(client: HeketiClient, request: requests.Request) -> str:
    """heketi's words."""
    with pytest.raises(HeketiRefused) as error:
        await client.change(request)
    return error.value.text


@pytest.mark.parametrize(
    ("kib", "factor", "pool", "metadata"),
    [
        (10485760, 1.5, 15728640, 81920),
        (4194304, 1, 4194304, 24576),
        (20971520, 1, 20971520, 106496),
        (327680, 1, 327680, 4096),
        (5242880, 1, 5242880, 28672),
        (4096 * 2**20, 1, 4096 * 2**20, 16 * 2**20),
    ],
)
def test_thin_pools_are_as_large_as_recorded_ones(kib: int, factor: float, pool: int, metadata: int) -> None:
    size = brick_size(kib, factor, 4096)
    assert (size.pool, size.metadata) == (pool, metadata)


async def test_no_two_bricks_of_a_set_share_a_node_and_the_space_adds_up() -> None:
    async with heketi(nodes=5, disks=3) as server, client_of(server) as client:
        for number in range(12):
            wish = VolumeWish(20 + number, durability=("replicate", "disperse")[number % 2], data=2, redundancy=1)
            await client.change(requests.create_volume(wish))
        tables = server.state.tables
        for volume in tables.volumes.values():
            for one in volume.sets:
                assert len({tables.bricks[brick].node for brick in one}) == 3
        dump = parse_dump(await client.get("/db/dump"))
        for device in dump.devices.values():
            assert device.device.used == sum(dump.bricks[brick].needed for brick in device.bricks)
        assert parse_check(await client.get("/db/check")).inconsistencies == 0
        assert len({brick.pool for brick in dump.bricks.values()}) == len(dump.bricks)


async def test_a_volume_too_large_for_one_device_is_split() -> None:
    async with heketi(nodes=3, disks=4) as server, client_of(server) as client:
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(900)))).text)
        assert len(made.bricks) == 6
        assert len(server.state.tables.volumes[made.id].sets) == 2
        assert await refused(client, requests.expand_volume(made.id, 100_000)) == (
            "Failed to allocate volume expansion: Maximum number of bricks reached."
        )


async def test_zones_count_when_they_are_checked_strictly() -> None:
    async with heketi(nodes=2, disks=1) as server, client_of(server) as client:
        cluster = next(iter(server.state.tables.clusters))
        server.seed_node(cluster, "same-zone", "10.0.0.99", zone=1, disks=["/dev/sdb"])
        await client.change(requests.create_volume(VolumeWish(1)))
        strict = VolumeWish(1, options=("user.heketi.zone-checking strict",))
        assert await refused(client, requests.create_volume(strict)) == "Failed to allocate new volume: No space"


async def test_devices_are_chosen_by_tags() -> None:
    async with heketi(nodes=3, disks=2) as server, client_of(server) as client:
        fast = [next(iter(node.devices)) for node in server.state.tables.nodes.values()]
        for device in fast:
            await client.change(requests.set_tags("devices", device, {"tier": "ssd"}))
        wish = VolumeWish(1, options=("user.heketi.device-tag-match tier=ssd",))
        made = parse_volume((await client.change(requests.create_volume(wish))).text)
        assert {brick.device for brick in made.bricks} == set(fast)


@pytest.mark.parametrize(
    ("state", "text"),
    [("offline", "No online storage devices in cluster"), ("", "No nodes in cluster")],
)
async def test_why_there_is_no_place(state: str, text: str) -> None:
    async with heketi(nodes=3 if state else 0) as server, client_of(server) as client:
        for node in server.state.tables.nodes.values():
            await client.change(requests.set_state("nodes", node.id, state))
        assert await refused(client, requests.create_volume(VolumeWish(1))) == f"Failed to allocate new volume: {text}"


async def test_what_else_refuses_a_volume() -> None:
    async with SimHeketi(settings=Settings(volumes_a_cluster=0)) as server, client_of(server) as client:
        assert await refused(client, requests.create_volume(VolumeWish(1))) == "No clusters configured"
        cluster = server.seed_cluster(file=False)
        wish = requests.create_volume(VolumeWish(1))
        prefix = "Failed to allocate new volume: "
        assert await refused(client, wish) == f"{prefix}Cluster does not support requested volume type"
        cluster.block = False
        assert await refused(client, wish) == f"{prefix}Cluster has disabled all volume types"
        cluster.file = True
        assert await refused(client, wish) == f"{prefix}Cluster has 0 volumes and limit is 0"
        server.faults.read_only_database = True
        assert await refused(client, wish) == f"{prefix}database is in read-only mode"
        assert await refused(client, requests.create_cluster()) == "database is in read-only mode"
        server.seed_cluster()
        server.faults.read_only_database = False
        assert (await refused(client, wish)).startswith(f"{prefix}Unable to create volume on any cluster:\nCluster ")


async def test_more_than_eight_operations_are_refused_by_the_server() -> None:
    async with heketi() as server, client_of(server, in_flight=20) as client:
        server.hang("lvcreate")
        wish = requests.create_volume(VolumeWish(1))
        answers = [await client.ask(wish.method, wish.path, wish.body) for _ in range(9)]
        assert [answer.status for answer in answers] == [202] * 8 + [429]
        assert answers[-1].text == "Server busy. Retry operation later.\n"
        assert parse_counts(await client.get("/operations")).in_flight == 8
        server.faults.retry_after = "3"
        assert (await client.ask(wish.method, wish.path, wish.body)).headers["Retry-After"] == "3"


async def test_bricks_that_others_heal_from_stay() -> None:
    async with heketi(nodes=4) as server, client_of(server) as client:
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(1)))).text)
        brick = made.bricks[0].id
        server.faults.healing.add(brick)
        assert "source brick for data to be healed" in await refused(client, requests.evict_brick(brick))
        await client.change(requests.evict_brick(brick, heal_check=False))
        after = parse_volume(await client.get(f"/volumes/{made.id}"))
        assert brick not in {one.id for one in after.bricks}
        assert len(after.bricks) == 3


async def test_three_nodes_leave_no_place_for_a_brick_that_moves() -> None:
    async with heketi(nodes=3, disks=1) as server, client_of(server) as client:
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(1)))).text)
        text = await refused(client, requests.evict_brick(made.bricks[0].id))
        assert text == "No Replacement was found for resource requested to be removed"


async def test_a_clone_that_was_killed_breaks_the_database_for_good() -> None:
    async with heketi() as server, client_of(server) as client:
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(1, "src")))).text)
        server.hang("snapshot create")
        clone = requests.clone_volume(made.id)
        await client.ask(clone.method, clone.path, clone.body)
        await server.restart()
        server.state.nodes.faults.clear()
        await client.change(requests.clean_operations())
        assert [operation.type for operation in await client.operations()] == ["clone-volume"]
        found = parse_check(await client.get("/db/check"))
        assert any(word.startswith("Cluster ") and " unknown volume " in word for word in found.words)
        text = await refused(client, requests.create_volume(VolumeWish(1)))
        assert text == "Failed to allocate new volume: Id not found"


async def test_a_rollback_that_fails_leaves_a_failed_operation() -> None:
    async with heketi() as server, client_of(server) as client:
        server.fail("volume create", "volume create: db: failed: Host 10.0.0.10 is not in 'Peer in Cluster' state")
        busy = server.fail("^umount", "umount: target is busy.")
        assert "Peer in Cluster" in await refused(client, requests.create_volume(VolumeWish(1, "db")))
        [left] = await client.operations()
        assert (left.type, left.status, left.is_in_flight) == ("create-volume", "failed", False)
        assert len(server.state.tables.bricks) == 3
        server.state.nodes.faults.remove(busy)
        await client.change(requests.clean_operations())
        assert await client.operations() == ()
        assert server.state.tables.bricks == {}


async def test_a_volume_create_is_tried_again_elsewhere() -> None:
    async with heketi(nodes=4) as server, client_of(server) as client:
        server.fail("mkfs.xfs", "mkfs.xfs: no space", times=2)
        made = parse_volume((await client.change(requests.create_volume(VolumeWish(1)))).text)
        assert len(made.bricks) == 3
        assert len(server.state.tables.bricks) == 3


async def test_read_only_mode_lets_no_change_in_until_a_restart() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.set_mode("read-only"))
        for request in (requests.create_cluster(), requests.set_mode("normal")):
            assert await refused(client, request) == "Service disabled for maintenance"
        assert await client.get("/clusters")
        await server.restart()
        await client.change(requests.create_cluster())


async def test_a_cost_of_commands_is_felt_and_hosts_work_side_by_side() -> None:
    async with heketi(nodes=3, disks=1) as server, client_of(server) as client:
        server.executor.cost = 0.005  # type: ignore[attr-defined]
        wishes = [requests.add_device(node, f"/dev/sd{x}") for node in server.state.tables.nodes for x in "xy"]
        before = len(server.requests)
        await asyncio.gather(*(client.change(wish) for wish in wishes))
        polls = [asked for asked in server.requests[before:] if asked.startswith("GET /queue")]
        assert len(polls) > len(wishes)
        assert len(server.state.tables.devices) == 9
