"""A heketi that answers over HTTP is asked and its answers diagnosed; whether it places volumes is tried out."""

import random
from dataclasses import replace

import pytest

from tests.checks.claims.rooms import codes
from tests.corpus.cases_d import HIDDEN, waiting
from tests.remote.heketi_world import client_of, heketi
from tui.core.heketi_placement import request_of, would_fit
from tui.core.units import GIB
from tui.demo.heketi import SimHeketi
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.heketi_errors import HeketiRefused
from tui.sync.heketi_probe import probe


async def _diagnosed(server: SimHeketi, user: str, key: str, **parameters: str) -> list[str]:
    """What is said of a claim whose class has this heketi with this user and key."""
    cluster = waiting(25, {"size": "10Gi"}, resturl=server.url, **parameters)
    cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", HIDDEN)
    return codes(cluster.heketi("slow", await probe(server.url, user, key)))


@pytest.mark.parametrize(
    ("user", "key", "code"),
    [("admin", "wrong", "D22"), ("root", "wrong", "D24"), ("", "", "D24"), ("admin", "right", "D11")],
)
async def test_users_and_keys(user: str, key: str, code: str) -> None:
    async with heketi() as server:
        assert await _diagnosed(server, user, server.admin_key if key == "right" else key) == [code]


async def test_the_other_user_may_not_make_volumes() -> None:
    async with heketi() as server:
        assert await _diagnosed(server, "user", server.user_key) == ["D25"]


async def test_clusters_and_nodes() -> None:
    async with heketi(nodes=2) as server:
        assert await _diagnosed(server, "admin", server.admin_key) == ["D27"]
        assert await _diagnosed(server, "admin", server.admin_key, volumetype="replicate:2") == ["D11"]
        assert await _diagnosed(server, "admin", server.admin_key, clusterid="a" * 32) == ["D26"]
    async with SimHeketi() as server:
        assert await _diagnosed(server, "admin", server.admin_key) == ["D26"]


async def test_a_mode_without_changes() -> None:
    async with heketi() as server, client_of(server) as client:
        await client.change(requests.set_mode("read-only"))
        assert await _diagnosed(server, "admin", server.admin_key) == ["D33"]


async def test_nobody_there() -> None:
    async with heketi() as server:
        await server.stop()
        assert await _diagnosed(server, "admin", server.admin_key) == ["D20"]


async def _is_placed(server: SimHeketi, wish: VolumeWish) -> bool:
    async with client_of(server) as client:
        try:
            await client.change(requests.create_volume(wish))
        except HeketiRefused as refused:
            return "No space" not in refused.text
        return True


@pytest.mark.parametrize("seed", range(60))
async def test_what_is_said_of_space_is_what_heketi_does(seed: int) -> None:
    luck = random.Random(seed)
    replica, factor, size = luck.choice((1, 2, 3)), luck.choice((1.0, 1.5)), luck.randrange(1, 30)
    kind = {"volumetype": f"replicate:{replica}" if replica > 1 else "none", "snapfactor": str(factor)}
    async with SimHeketi(seed=seed) as server:
        cluster = server.seed_cluster()
        for number in range(luck.randrange(1, 5)):
            node = server.seed_node(cluster.id, f"node{number}", f"10.0.0.{number}", luck.randrange(1, 3))
            for letter in "bcd"[: luck.randrange(1, 4)]:
                server.seed_device(node.id, f"/dev/sd{letter}", kib=luck.randrange(1, 14) * 1024 * 1024)
        seen = await probe(server.url, "admin", server.admin_key)
        request = request_of(size * GIB, kind)
        assert request is not None
        fit = would_fit(request, seen.nodes)
        wish = VolumeWish(size, durability="replicate" if replica > 1 else "none", replica=replica)
        placed = await _is_placed(server, replace(wish, snapshot_factor=factor))
    assert placed or not fit.sure
    assert fit.possible or not placed
