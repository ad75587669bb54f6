"""`brickyard heketi ...` and the other commands on a site that is a heketi, over HTTP."""

import json

import pytest

from tests.cli.heketi import HeketiCli, topology
from tests.remote.heketi_world import client_of
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import CommandTimeout


async def test_a_topology_is_loaded_used_and_taken_back(far: HeketiCli) -> None:
    file = topology(far.home / "t.json", "a", "b", "c")
    dry = await far("topology", "load", file, "--dry-run")
    assert (dry.code, far.changes()) == (0, [])
    assert "heketi: add node a" in dry.out
    await far.do("topology", "load", file)
    again = await far("topology", "load", file, "--yes", "-o", "json")
    assert (again.code, json.loads(again.out)["steps"]) == (0, [])
    nodes = json.loads((await far("get", "nodes", "-o", "json")).out)
    assert [(node["name"], node["state"], node["freshness"]) for node in nodes] == [
        ("a", "online", "live"), ("b", "online", "live"), ("c", "online", "live"),
    ]  # fmt: skip
    await far.do("volume", "create", "db", "--size", "2GiB")
    volumes = json.loads((await far("get", "volumes", "-o", "json")).out)
    assert [(volume["name"], volume["type"], volume["size"]) for volume in volumes] == [("db", "replicate 3", 2 << 30)]
    await far.do("volume", "delete", "db")
    await far.do("clean", "topology", file)
    assert far.server.state.tables.clusters == {}
    undone = await far("undo", "--yes")
    assert undone.code == 0, undone
    assert len(far.server.state.tables.devices) == 3


async def test_what_failed_ends_with_1_and_a_second_load_does_the_rest(far: HeketiCli) -> None:
    file = topology(far.home / "t.json", "a", "b", "c")
    fault = far.server.fail("peer probe 10.0.0.98", "peer probe: failed: Probe returned with Transport endpoint ...")
    ended = await far("topology", "load", file, "--yes")
    assert ended.code == 1
    assert "peer probe: failed" in ended.out
    far.server.state.nodes.faults.remove(fault)
    dry = json.loads((await far("topology", "load", file, "--dry-run", "-o", "json")).out)
    assert [step["subject"] for step in dry["steps"]] == ["b", "b /dev/sdb"]
    await far.do("topology", "load", file)
    assert len(far.server.state.tables.nodes) == 3


async def test_a_second_cluster_is_made_only_where_it_is_meant(far: HeketiCli) -> None:
    await far.do("topology", "load", topology(far.home / "t.json", "a", "b"))
    other = topology(far.home / "u.json", "x")
    refused = await far("topology", "load", other, "--yes")
    assert refused.code == 1
    assert "has a cluster already" in refused.err
    [cluster] = far.server.state.tables.clusters
    assert cluster in refused.err
    await far.do("topology", "load", other, "--into", cluster)
    assert list(far.server.state.tables.clusters) == [cluster]


async def test_info(far: HeketiCli) -> None:
    far.seed()
    async with client_of(far.server) as client:
        await client.change(requests.create_block_volume(5, "blk"))
    data = json.loads((await far("heketi", "info", "-o", "json")).out)
    assert (data["mode"], len(data["nodes"]), len(data["devices"])) == ("normal", 4, 8)
    assert data["operations"] == {"under_way": 0, "stale": 0, "failed": 0}
    [host] = data["volumes"]
    assert [block["name"] for block in data["block_volumes"]] == [f"{host['name']}/blk"]
    shown = await far("heketi", "info")
    assert shown.code == 0
    for words in ("mode normal", "0 under way, 0 stale, 0 failed", "node0", "/dev/sdc", f"{host['name']}/blk"):
        assert words in shown.out


async def test_members_are_led_through_their_states(far: HeketiCli) -> None:
    far.seed()
    tables = far.server.state.tables
    await far.do("heketi", "disable", "node1")
    node = next(one for one in tables.nodes.values() if one.manage == ["node1"])
    assert node.state == "offline"
    got = await far("get", "nodes")
    assert got.code == 1
    assert "disabled in heketi" in got.out
    await far.do("heketi", "enable", node.id[:8])
    assert node.state == "online"
    await far.do("heketi", "remove", "node2", "/dev/sdb")
    await far.do("heketi", "delete", "node2", "/dev/sdb")
    await far.do("heketi", "tags", "node1", "--set", "rack=7", "--set", "arbiter=required", "--drop", "x")
    shown = await far("heketi", "tags", "node1")
    assert shown.out == "arbiter=required\nrack=7\n"
    for wrong in ("a b=x", "=x", "a", f"{'k' * 33}=x", f"k={'v' * 65}"):
        assert (await far("heketi", "tags", "node1", "--set", wrong, "--dry-run")).code == 2
    again = await far("heketi", "enable", "node1", "--dry-run")
    assert "nothing to do: node1: it takes bricks already" in again.out
    assert "node1: it takes bricks already" in (await far("heketi", "enable", "node1")).out
    assert len(tables.devices) == 7
    far.server.requests.clear()
    await far.do("heketi", "resync", "node1")
    assert sum(line.endswith("/resync") for line in far.server.requests) == 2
    refused = await far("heketi", "disable", "nobody")
    assert refused.code == 1
    assert "heketi has no node or device nobody" in refused.err
    assert "node0, node1" in refused.err


async def test_volumes_and_bricks(far: HeketiCli) -> None:
    far.seed()
    await far.do("volume", "create", "db", "--size", "1GiB")
    await far.do("heketi", "expand", "db", "3GiB")
    await far.do("heketi", "expand", "db", "+1GiB")
    [volume] = far.server.state.tables.volumes.values()
    assert volume.size == 4
    smaller = await far("heketi", "expand", "db", "1GiB", "--yes")
    assert (smaller.code, "never smaller" in smaller.err) == (1, True)
    wrong = await far("heketi", "expand", "db", "much", "--yes")
    assert wrong.code == 2
    await far.do("heketi", "clone", "db", "copy")
    brick = next(iter(far.server.state.tables.bricks))
    dry = await far("heketi", "evict", brick[:10], "--dry-run")
    assert f"POST /bricks/to-evict/{brick}" in dry.out
    forced = await far("heketi", "evict", brick[:10], "--no-heal-check", "--dry-run", "-o", "json")
    assert json.loads(forced.out)["steps"][0]["danger"] == "destroys"


async def test_operations_are_listed_and_cleaned_up(far: HeketiCli) -> None:
    far.seed()
    none = await far("heketi", "operations")
    assert (none.code, none.err) == (0, "no pending operations\n")
    fault = far.server.hang("mkfs.xfs")
    async with client_of(far.server) as client:
        with pytest.raises(CommandTimeout):
            await client.change(requests.create_volume(VolumeWish(1, "lost")), seconds=0.3)
    await far.server.restart()
    far.server.state.nodes.faults.remove(fault)
    listed = await far("heketi", "operations", "-o", "json")
    [row] = json.loads(listed.out)
    assert (listed.code, row["type"], row["state"]) == (1, "create-volume", "stale")
    unknown = await far("heketi", "operations", "cleanup", "ffff", "--yes")
    assert (unknown.code, row["id"] in unknown.err) == (1, True)
    drift = await far("heketi", "drift")
    assert drift.code == 1
    assert "create-volume" in drift.out
    await far.do("heketi", "operations", "cleanup", row["id"][:8])
    assert far.server.state.tables.operations == {}
    assert (await far("heketi", "drift")).code == 0
    nothing = await far("heketi", "operations", "cleanup", "--yes")
    assert (nothing.code, "left nothing behind" in nothing.out) == (0, True)


async def test_the_server_itself(far: HeketiCli) -> None:
    far.seed()
    assert (await far("heketi", "mode")).out == "normal\n"
    assert (await far("heketi", "loglevel", "-o", "json")).out == '"info"\n'
    await far.do("heketi", "loglevel", "debug")
    assert far.server.state.log_level == "debug"
    [cluster] = far.server.state.tables.clusters.values()
    await far.do("heketi", "flags", cluster.id[:6], "--block", "off")
    assert (cluster.file, cluster.block) == (True, False)
    assert (await far("heketi", "flags", cluster.id)).out == "block=off\nfile=on\n"
    await far.do("heketi", "flags", "cluster 1", "--file", "off", "--block", "on")
    assert (cluster.file, cluster.block) == (False, True)
    check = await far("heketi", "check", "-o", "json")
    assert (check.code, json.loads(check.out)["total_inconsistencies"]) == (0, 0)
    assert "finds nothing wrong" in (await far("heketi", "check")).out
    await far.do("heketi", "mode", "read-only")
    stuck = await far("heketi", "mode", "normal", "--yes")
    assert (stuck.code, "USR2" in stuck.err) == (1, True)
