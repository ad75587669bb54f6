"""`brickyard get volumes --copies`: what is compared only when it is asked for."""

import json

import pytest

from tests.cli.running import Cli
from tui.demo.gluster_heal import let_differ
from tui.demo.gluster_model import SPLIT_BRAIN

pytestmark = pytest.mark.asyncio(loop_scope="session")
FIELDS = ("heal_pending", "split_brain", "healing", "heal_read_at", "heal_age_seconds", "heal_bricks")


async def test_without_the_option_nobody_is_kept_waiting_and_nothing_is_known(loaded: Cli) -> None:
    before = len(loaded.asked("volume heal"))
    ended = await loaded.here("get", "volumes", "-o", "json")
    (volume,) = json.loads(ended.out)
    assert {name: volume[name] for name in FIELDS} == dict.fromkeys(FIELDS)
    assert len(loaded.asked("volume heal")) == before


async def test_copies_that_are_alike(loaded: Cli) -> None:
    ended = await loaded.here("get", "volumes", "--copies", "-o", "json")
    assert (ended.code, ended.err) == (0, "")
    (volume,) = json.loads(ended.out)
    assert [volume[name] for name in FIELDS[:3]] == [0, 0, 0]
    assert volume["heal_read_at"].endswith("+00:00")
    assert volume["heal_age_seconds"] >= 0
    assert [brick["brick"] for brick in volume["heal_bricks"]] == volume["bricks"]


async def test_split_brain_is_a_fault(loaded: Cli) -> None:
    volume = loaded.demo.nodes[0].machine.glusterd.pool.volumes["db"]
    let_differ(volume, ["/a", "/b"], SPLIT_BRAIN, bricks=(0, 1))
    try:
        ended = await loaded.here("get", "volumes", "--copies")
        assert ended.code == 1
        assert "SPLIT-BRAIN: 2 entries" in ended.out
        ended = await loaded.here("get", "volumes", "--copies", "-o", "json")
        (row,) = json.loads(ended.out)
        assert (row["state"], row["split_brain"], row["split_brain_files"]) == ("degraded", 2, ["/a", "/b"])
        assert [brick["split_brain"] for brick in row["heal_bricks"]] == [2, 2, 0]
    finally:
        for brick in volume.bricks:
            brick.apart.clear()


async def test_quotas_are_unknown_until_they_are_read(loaded: Cli) -> None:
    volume = loaded.demo.nodes[0].machine.glusterd.pool.volumes["db"]
    ended = await loaded.here("get", "volumes", "-o", "json")
    assert json.loads(ended.out)[0]["quotas"] == []
    volume.options["features.quota"] = "on"
    volume.quotas["/team"] = (2048, 1024)
    try:
        for words, expected in (
            ((), None),
            (("--copies",), [{"path": "/team", "limit": 2048, "used": 1024, "reached": False}]),
        ):
            ended = await loaded.here("get", "volumes", *words, "-o", "json")
            assert json.loads(ended.out)[0]["quotas"] == expected
    finally:
        volume.quotas.clear()
        del volume.options["features.quota"]
