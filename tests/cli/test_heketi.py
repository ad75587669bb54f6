"""`brickyard heketi ...` and the other commands on a site that is a heketi, over HTTP."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.running import Ended, begin, end, environment
from tests.remote.heketi_world import client_of
from tests.site.heketi_world import key_file
from tui.__main__ import main
from tui.cli.parser import make_parser
from tui.demo.heketi import HttpFault, SimHeketi
from tui.demo.whole_scene import whole_scene
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_requests import VolumeWish
from tui.remote.errors import CommandTimeout


@dataclass(frozen=True, slots=True)
class HeketiCli:
    """The command line on one heketi, which is named on it."""

    server: SimHeketi
    home: Path

    async def __call__(self, *args: object) -> Ended:
        """Run a command: a change in a process of its own, the others in a thread of this one, 0.6 s faster."""
        key = key_file(self.home, self.server)
        words = ["--heketi", self.server.url, "--heketi-key-file", key, *map(str, args)]
        if "--yes" in args:
            return await end(await begin(*words, home=self.home))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = await asyncio.to_thread(main, words)
        return Ended(code, out.getvalue(), err.getvalue())

    async def do(self, *args: object) -> Ended:
        """Run a change without a question; it has to work."""
        ended = await self(*args, "--yes")
        assert ended.code == 0, ended
        return ended

    def seed(self, nodes: int = 4) -> None:
        """Nodes with two disks each."""
        cluster = self.server.seed_cluster()
        for number in range(nodes):
            self.server.seed_node(
                cluster.id, f"node{number}", f"10.0.0.{number}", number % 3 + 1, ["/dev/sdb", "/dev/sdc"]
            )

    def changes(self) -> list[str]:
        """What was asked that changes something."""
        return [line for line in self.server.requests if not line.startswith("GET ") or line.endswith("/resync")]


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[HeketiCli]:
    """A heketi without anything."""
    async with SimHeketi() as server:
        yield HeketiCli(server, tmp_path)


def topology(path: Path, *names: str) -> Path:
    """A topology file of nodes with a disk each."""
    nodes = [
        {
            "node": {"hostnames": {"manage": [name], "storage": [f"10.0.0.{ord(name)}"]}, "zone": 1},
            "devices": ["/dev/sdb"],
        }
        for name in names
    ]
    path.write_text(json.dumps({"clusters": [{"nodes": nodes}]}))
    return path


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
    assert (nothing.code, "left nothing behind" in nothing.err) == (1, True)


async def test_the_server_itself(far: HeketiCli) -> None:
    far.seed()
    assert (await far("heketi", "mode")).out == "normal\n"
    assert (await far("heketi", "loglevel", "-o", "json")).out == '"info"\n'
    await far.do("heketi", "loglevel", "debug")
    assert far.server.state.log_level == "debug"
    [cluster] = far.server.state.tables.clusters.values()
    await far.do("heketi", "flags", cluster.id[:6], "--block", "off")
    assert (cluster.file, cluster.block) == (True, False)
    await far.do("heketi", "flags", "cluster 1", "--file", "off", "--block", "on")
    assert (cluster.file, cluster.block) == (False, True)
    check = await far("heketi", "check", "-o", "json")
    assert (check.code, json.loads(check.out)["total_inconsistencies"]) == (0, 0)
    assert "finds nothing wrong" in (await far("heketi", "check")).out
    await far.do("heketi", "mode", "read-only")
    stuck = await far("heketi", "mode", "normal", "--yes")
    assert (stuck.code, "USR2" in stuck.err) == (1, True)


async def test_where_it_can_not_be_asked(far: HeketiCli) -> None:
    far.server.http_faults.append(HttpFault("GET /clusters", cut="before", times=-1))
    for words in (("heketi", "info"), ("get", "nodes"), ("volume", "create", "x", "--size", "1GiB", "--yes")):
        ended = await far(*words)
        assert ended.code == 3, (words, ended)
        assert far.server.url in ended.err
    (far.home / "wrong.key").write_text("wrong")
    denied = await far("--heketi-key-file", far.home / "wrong.key", "heketi", "info")
    far.server.http_faults.clear()
    denied = await end(
        await begin(
            "--heketi", far.server.url, "--heketi-key-file", far.home / "wrong.key", "heketi", "info", home=far.home
        )
    )
    assert denied.code == 3
    assert 'the key of user "admin" is wrong' in denied.err
    assert "jwt.admin" in denied.err


async def test_the_variables_of_heketi_cli(far: HeketiCli, monkeypatch: pytest.MonkeyPatch) -> None:
    far.seed()
    for name, value in (("HEKETI_CLI_SERVER", far.server.url), ("HEKETI_CLI_KEY", far.server.admin_key)):
        monkeypatch.setenv(name, value)
    known = environment(far.home) | {"HEKETI_CLI_SERVER": far.server.url, "HEKETI_CLI_KEY": far.server.admin_key}
    monkeypatch.setattr("tests.cli.running.environment", lambda home: known)
    info = await end(await begin("heketi", "info", home=far.home))
    assert (info.code, "node0" in info.out) == (0, True)
    nodes = await end(await begin("get", "nodes", home=far.home))
    assert (nodes.code, "node3" in nodes.out) == (0, True)
    assert far.server.admin_key not in info.out + info.err + nodes.out + nodes.err


async def test_the_heketi_of_a_storage_class(tmp_path: Path) -> None:
    demo = await whole_scene(tmp_path / "demo", latency=0.0)
    try:
        kubeconfig = ("--kubeconfig", demo.site.folder / "kubeconfig")
        name = ("--heketi-class", "gluster-replica3")
        info = await end(await begin(*kubeconfig, *name, "heketi", "info", "-o", "json", home=tmp_path))
        assert info.code == 0, info
        data = json.loads(info.out)
        assert data["url"] == demo.heketi.url
        assert len(data["nodes"]) == len(demo.heketi.state.tables.nodes)
        assert demo.heketi.admin_key not in info.out + info.err
        for other, words in (
            ("nothing", "StorageClass nothing can't be read"),
            ("gluster-archive", "Secret storage/heketi-archive of StorageClass gluster-archive can't be read"),
        ):
            ended = await end(await begin(*kubeconfig, "--heketi-class", other, "heketi", "info", home=tmp_path))
            assert (ended.code, words in ended.err) == (3, True), ended
    finally:
        await demo.close()


async def test_without_a_heketi_it_says_how_to_name_one(tmp_path: Path) -> None:
    ended = await end(await begin("--node", "root@127.0.0.1", "heketi", "info", home=tmp_path))
    assert ended.code == 1
    assert "--heketi URL" in ended.err
    wrong = await end(await begin("--heketi", "heketi:8080", "heketi", "info", home=tmp_path))
    assert (wrong.code, "starts with http://" in wrong.err) == (2, True)


async def test_an_export_is_repaired(far: HeketiCli) -> None:
    far.seed()
    async with client_of(far.server) as client:
        await client.change(requests.create_volume(VolumeWish(1, "db")))
        good = await client.get("/db/dump")
    (far.home / "good.json").write_text(good)
    ended = await end(await begin("heketi", "export-repair", far.home / "good.json", home=far.home))
    assert (ended.code, "nothing was wrong" in ended.err) == (0, True)
    raw = json.loads(good)
    assert json.loads(ended.out) == raw
    next(iter(raw["clusterentries"].values()))["Info"]["volumes"].append("f" * 32)
    (far.home / "broken.json").write_text(json.dumps(raw))
    mended = await end(await begin("heketi", "export-repair", far.home / "broken.json", home=far.home))
    assert mended.code == 0
    assert json.loads(mended.out) == json.loads(good)
    assert "heketi db import" in mended.err
    (far.home / "none.json").write_text("[]")
    assert (await end(await begin("heketi", "export-repair", far.home / "none.json", home=far.home))).code == 2


def test_every_action_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    parser = make_parser()
    with pytest.raises(SystemExit):
        parser.parse_args(["heketi", "--help"])
    said = capsys.readouterr().out
    for name in ("info", "operations", "drift", "check", "enable", "disable", "remove", "delete", "evict", "resync",
                 "expand", "clone", "tags", "flags", "mode", "loglevel", "export-repair"):  # fmt: skip
        assert name in said
        with pytest.raises(SystemExit) as ended:
            parser.parse_args(["heketi", name, "--help"])
        assert ended.value.code == 0
        assert "exit codes" in capsys.readouterr().out
