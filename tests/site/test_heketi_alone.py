"""A site that is a heketi and nothing else: looked at, loaded, used and cleaned over HTTP."""

import asyncio
from pathlib import Path

import pytest

from tests.site.heketi_world import alone, key_file, topology
from tui.config import HeketiSettings, SiteConfig
from tui.core.asker import HostKeyQuestion, RefusingAsker
from tui.core.model import Freshness, State
from tui.core.plan import Refused
from tui.core.units import GIB
from tui.core.vault import Vault
from tui.core.volume_request import VolumeRequest
from tui.demo.heketi import SimHeketi
from tui.plans.clean import CleanTarget
from tui.plans.heketi_members import plan_disable
from tui.remote.errors import Denied, Unreachable
from tui.site import Site
from tui.site_heketi_door import HeketiDoor


class Admin(RefusingAsker):
    """Gives these keys, one after another."""

    def __init__(self, *keys: str | None) -> None:
        self.keys, self.asked = list(keys), list[str]()

    async def host_key(self, question: HostKeyQuestion) -> bool:
        raise AssertionError(question)

    async def secret(self, what: str) -> str | None:
        self.asked.append(what)
        return self.keys.pop(0)


async def test_a_whole_life_through_heketi(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        site = bench.site
        assert (site.reached, site.store.snapshot.nodes) == (True, {})
        proposal = await site.propose_load(topology())
        assert (await bench.run(proposal.plan)).ok
        assert (await site.propose_load(topology())).plan.steps == ()
        assert sorted(site.store.snapshot.nodes) == ["node0", "node1", "node2"]
        assert {device.state for device in site.store.snapshot.devices.values()} == {State.ONLINE}
        assert site.store.nodes == {}, "what heketi has is no node of ours to be asked over SSH"
        assert (await bench.run(site.volume_create_plan(VolumeRequest("db", 10 * GIB)))).ok
        assert site.store.snapshot.volumes["db"].type == "replicate 3"
        [cluster] = site.store.snapshot.clusters
        named = site.volume_create_plan(VolumeRequest("", GIB, cluster=cluster.name))
        assert named.steps[0].subject.startswith("vol_")
        assert (await bench.run(named)).ok
        assert (await bench.run(site.volume_delete_plan("db"))).ok
        assert list(site.store.snapshot.volumes) == [named.steps[0].subject]
        plan = await site.clean_plan(CleanTarget("cluster", cluster=cluster.id))
        assert plan.confirm
        assert (await bench.run(plan)).ok
        assert (bench.known.clusters, site.store.snapshot.nodes) == ({}, {})
        assert (await bench.undo()).ok
        assert sorted(site.store.snapshot.nodes) == ["node0", "node1", "node2"]


async def test_parts_are_cleaned(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        site = bench.site
        assert (await bench.run((await site.propose_load(topology())).plan)).ok
        assert (await bench.run(await site.clean_plan(CleanTarget("device", node="node0", device="/dev/sdb")))).ok
        assert ("node0", "/dev/sdb") not in site.store.snapshot.devices
        assert (await bench.run(await site.clean_plan(CleanTarget("node", node="node1")))).ok
        assert "node1" not in site.store.snapshot.nodes
        assert (await bench.run(await site.clean_plan(CleanTarget("topology", topology=topology())))).ok
        assert bench.known.nodes == {}
        with pytest.raises(Refused, match="names no nodes for SSH"):
            await site.clean_plan(CleanTarget("node", node="node1"))


async def test_what_heketi_can_not_do_is_refused_with_the_way_out(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        for make in (bench.site.volume_start_plan, bench.site.volume_stop_plan, bench.site.volume_delete_plan):
            with pytest.raises(Refused, match="names no nodes for SSH"):
                make("db")
        with pytest.raises(Refused, match="mount a volume"):
            await bench.site.mount_test_plan("db", "")
        with pytest.raises(Refused, match="no cluster nowhere"):
            bench.site.volume_create_plan(VolumeRequest("db", GIB, cluster="nowhere"))


async def test_never_a_second_cluster_by_accident(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        assert (await bench.run((await bench.site.propose_load(topology(2))).plan)).ok
        [first] = bench.known.clusters
        with pytest.raises(Refused, match="has a cluster already") as refused:
            await bench.site.propose_load(topology(1, first=5))
        assert first in refused.value.details
        assert (await bench.run((await bench.site.propose_load(topology(1, first=5), into=first)).plan)).ok
        assert (await bench.run((await bench.site.propose_load(topology(1, first=7), new_cluster=True)).plan)).ok
        sizes = sorted(len(cluster.nodes) for cluster in bench.known.clusters.values())
        assert sizes == [1, 3]


async def test_a_heketi_that_is_gone_is_said_so_and_nothing_goes_through_it(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        assert (await bench.run((await bench.site.propose_load(topology())).plan)).ok
        await bench.server.stop()
        await bench.site.refresh()
        facts = bench.site.store.heketi
        assert facts is not None
        assert (facts.source.freshness, bool(facts.source.remedy)) == (Freshness.UNREACHABLE, True)
        assert {node.state for node in bench.site.store.snapshot.nodes.values()} == {State.UNKNOWN}
        with pytest.raises(Refused, match="is unreachable: no connection"):
            bench.site.volume_create_plan(VolumeRequest("db", GIB))
        await bench.server.start()
        await bench.site.refresh()
        assert {node.state for node in bench.site.store.snapshot.nodes.values()} == {State.ONLINE}


async def test_it_is_polled(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        settings = HeketiSettings(server.url, key_file=key_file(tmp_path, server))
        site = Site(SiteConfig("far", heketi=settings, poll_seconds=0.05), RefusingAsker(), journal=tmp_path / "j.db")
        await site.open()
        try:
            cluster = server.seed_cluster()
            server.seed_node(cluster.id, "late", "10.0.0.9", disks=["/dev/sdb"])
            for _ in range(200):
                if "late" in site.store.snapshot.nodes:
                    break
                await asyncio.sleep(0.05)
            assert site.store.snapshot.nodes["late"].source.freshness is Freshness.LIVE
            assert (site.heketi_facts().mode, site.heketi_facts().dump is not None) == ("normal", True)
        finally:
            await site.close()


async def test_a_typed_key_is_asked_for_once_and_again_where_it_was_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEKETI_CLI_KEY", raising=False)
    admin = Admin("wrong", None)
    async with alone(tmp_path, admin, user="admin") as bench:
        facts = bench.site.store.heketi
        assert facts is not None
        assert facts.source.freshness is Freshness.DENIED
        assert 'the key of user "admin" is wrong' in facts.source.reason
        with pytest.raises(Refused, match="is denied"):
            bench.site.heketi_site()
        await bench.site.refresh()
        facts = bench.site.store.heketi
        assert facts is not None
        assert facts.source.reason == "no key of user admin was given"
        assert "HEKETI_CLI_KEY" in facts.source.remedy
        admin.keys.append(bench.server.admin_key)
        await bench.site.refresh()
        assert bench.site.heketi_site().nodes == {}
        await bench.site.refresh()
        assert len(admin.asked) == 3
        assert admin.asked[0] == f"The key of heketi's user admin at {bench.server.url}"
        assert bench.site.vault.hide(f"x {bench.server.admin_key} x") != f"x {bench.server.admin_key} x"


async def test_the_key_of_the_environment_is_for_its_own_server_only(tmp_path: Path) -> None:
    settings, admin = HeketiSettings("http://127.0.0.1:1/"), Admin(None, "typed")
    same = {"HEKETI_CLI_SERVER": "http://127.0.0.1:1", "HEKETI_CLI_KEY": "k"}
    assert await HeketiDoor(settings, admin, Vault(), same)._key() == "k"
    assert await HeketiDoor(settings, admin, Vault(), {"HEKETI_CLI_KEY": "k"})._key() == "k"
    assert admin.asked == []
    other = {**same, "HEKETI_CLI_SERVER": "http://127.0.0.1:2"}
    with pytest.raises(Unreachable):
        await HeketiDoor(settings, admin, Vault(), other).client()
    # nobody is asked for the key of a heketi that does not answer
    assert admin.asked == []
    async with SimHeketi() as server:
        with pytest.raises(Denied, match="no key of user admin was given"):
            await HeketiDoor(HeketiSettings(server.url), admin, Vault(), other).client()
    missing = HeketiSettings("http://127.0.0.1:1", key_file=str(tmp_path / "none"))
    with pytest.raises(Denied, match="can't be read"):
        await HeketiDoor(missing, admin, Vault(), {}).client()
    (tmp_path / "none").write_text("\n")
    with pytest.raises(Denied, match="is empty"):
        await HeketiDoor(missing, admin, Vault(), {}).client()


async def test_a_heketi_that_wants_no_key_is_used_without_one(tmp_path: Path) -> None:
    async with SimHeketi(auth=False) as server:
        cluster, admin = server.seed_cluster(), Admin(server.admin_key)
        door = HeketiDoor(HeketiSettings(server.url), admin, Vault(), {})
        assert cluster.id in await (await door.client()).get("/clusters")
        assert admin.asked == []
        server.auth = True
        with pytest.raises(Denied, match="heketi wants a key"):
            await (await door.client()).get("/clusters")
        await door.ask_again()
        assert cluster.id in await (await door.client()).get("/clusters")
        assert len(admin.asked) == 1
        await door.close()


async def test_a_read_only_site_changes_nothing_in_heketi(tmp_path: Path) -> None:
    async with SimHeketi() as server:
        cluster = server.seed_cluster()
        server.seed_node(cluster.id, "node0", "10.0.0.9")
        settings = HeketiSettings(server.url, key_file=key_file(tmp_path, server))
        site = Site(SiteConfig("far", heketi=settings), RefusingAsker(), read_only=True, journal=tmp_path / "j.db")
        await site.open(watch=False)
        try:
            await site.refresh()
            [node] = site.heketi_site().nodes.values()
            with pytest.raises(Refused, match="read-only"):
                site.start(plan_disable(site.heketi_site(), node))
            assert not [line for line in server.requests if not line.startswith("GET ")]
        finally:
            await site.close()


async def test_a_heketi_that_is_as_before_is_not_walked_through_again(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        assert (await bench.run((await bench.site.propose_load(topology())).plan)).ok
        known = bench.known
        bench.server.requests.clear()
        await bench.site.refresh()
        assert bench.server.requests == ["GET /admin", "GET /db/dump"]
        assert bench.known is known
        [node, *_] = known.nodes.values()
        assert (await bench.run(plan_disable(known, node))).ok
        assert bench.known.nodes[node.id].state == "offline"
