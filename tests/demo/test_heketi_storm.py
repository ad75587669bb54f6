"""Anything in any order, with commands that fail and restarts: the books of the simulated heketi stay right."""

import asyncio
import random
from collections.abc import Callable

import pytest

from tests.remote.heketi_world import client_of, heketi
from tui.demo.heketi import SimHeketi
from tui.demo.heketi_nodes import NodeFault
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_db import parse_check, parse_dump
from tui.dialects.heketi_requests import Request, VolumeWish
from tui.remote.errors import RemoteError
from tui.remote.heketi import HeketiClient

COMMANDS = ("lvcreate", "mkfs.xfs", "^mount -o", "volume create", "volume start", "^umount", "volume delete",
            "replace-brick", "add-brick", "gluster-block create", "pvcreate", "vgremove", "peer probe")  # fmt: skip


def _any(rng: random.Random, server: SimHeketi) -> Request | None:
    """Some request that may or may not succeed."""
    tables = server.state.tables
    volumes, devices, nodes = sorted(tables.volumes), sorted(tables.devices), sorted(tables.nodes)
    blocks, bricks = sorted(tables.block_volumes), sorted(tables.bricks)
    kind = rng.choice(("replicate", "disperse", "none"))
    state = rng.choice(("online", "offline", "failed", "online"))
    makers: list[tuple[object, Callable[[], Request]]] = [
        (True, lambda: requests.create_volume(VolumeWish(rng.randint(1, 300), "", kind, data=2, redundancy=1))),
        (True, lambda: requests.create_block_volume(rng.randint(1, 30), ha=rng.choice((0, 2)))),
        (True, requests.clean_operations),
        (volumes, lambda: requests.delete_volume(rng.choice(volumes))),
        (volumes, lambda: requests.expand_volume(rng.choice(volumes), rng.randint(1, 100))),
        (blocks, lambda: requests.delete_block_volume(rng.choice(blocks))),
        (blocks, lambda: requests.expand_block_volume(rng.choice(blocks), rng.randint(1, 40))),
        (bricks, lambda: requests.evict_brick(rng.choice(bricks))),
        (devices, lambda: requests.set_state("devices", rng.choice(devices), state)),
        (devices, lambda: requests.delete_device(rng.choice(devices))),
        (devices, lambda: requests.resync_device(rng.choice(devices))),
        (nodes, lambda: requests.add_device(rng.choice(nodes), f"/dev/sd{rng.choice('xyz')}")),
    ]
    possible, make = rng.choice(makers)
    return make() if possible else None


async def _storm(rng: random.Random, server: SimHeketi, client: HeketiClient) -> int:
    """Several waves of requests side by side; how many were answered with a success."""
    good = 0
    for _ in range(12):
        server.state.nodes.faults = [NodeFault(rng.choice(COMMANDS), "it broke", times=rng.randint(1, 3))]
        wave = [request for request in (_any(rng, server) for _ in range(6)) if request]
        answers = await asyncio.gather(*(client.change(request) for request in wave), return_exceptions=True)
        odd = [one for one in answers if isinstance(one, BaseException) and not isinstance(one, RemoteError)]
        assert odd == []
        good += sum(not isinstance(one, BaseException) for one in answers)
        if rng.random() < 0.2:
            await server.restart()
    return good


@pytest.mark.parametrize("seed", range(8))
async def test_the_books_stay_right(seed: int) -> None:
    rng = random.Random(seed)
    async with heketi(nodes=5, disks=3) as server, client_of(server) as client:
        assert await _storm(rng, server, client) > 10
        server.state.nodes.faults = []
        await client.change(requests.clean_operations())
        assert await client.operations() == ()
        dump = parse_dump(await client.get("/db/dump"))
        for device in dump.devices.values():
            assert device.device.used == sum(dump.bricks[ident].needed for ident in device.bricks)
        assert parse_check(await client.get("/db/check")).words == ()
        owned = {ident for volume in dump.volumes.values() for ident in volume.bricks}
        assert owned == set(dump.bricks)
        assert not any(brick.pending for brick in dump.bricks.values())
        assert not any(volume.pending for volume in dump.volumes.values())
        for volume in server.state.tables.volumes.values():
            inside = sum(server.state.tables.block_volumes[ident].size for ident in volume.block_volumes)
            assert not volume.block or volume.free + volume.reserved + inside == volume.size
