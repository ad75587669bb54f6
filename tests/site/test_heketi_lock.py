"""Whoever changes a cluster through heketi holds the lock that plans over SSH hold too."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from tests.site.heketi_world import HeketiBench, alone, beside, topology
from tui.core.asker import RefusingAsker
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.ops.lock import ClusterLock
from tui.plans.heketi_load import plan_heketi_load
from tui.plans.heketi_members import plan_disable, plan_evict
from tui.plans.heketi_server import plan_log_level, plan_mode
from tui.site import Site
from tui.site_locks import clusters_changed

HELD = "changes this cluster since"


@asynccontextmanager
async def colleague(bench: HeketiBench, folder: Path, *, manage: bool) -> AsyncIterator[Site]:
    """Another admin on the same site: through heketi, or over SSH."""
    assert bench.site.config.heketi is not None
    config = replace(bench.site.config, heketi=replace(bench.site.config.heketi, manage=manage))
    other = Site(config, RefusingAsker(), journal=folder / "other.db")
    try:
        await other.open(watch=False)
        await other.refresh()
        yield other
    finally:
        await other.close()


@contextmanager
def gate(bench: HeketiBench) -> Iterator[asyncio.Event]:
    """heketi's commands on nodes wait until it is opened."""
    opened, executor = asyncio.Event(), bench.server.executor
    run = executor.run

    async def waits(host: str, command: str) -> str:
        await opened.wait()
        return await run(host, command)

    executor.run = waits  # type: ignore[method-assign]
    try:
        yield opened
    finally:
        opened.set()


async def test_nobody_changes_over_ssh_what_is_changed_through_heketi(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench, colleague(bench, tmp_path, manage=False) as other:
        with gate(bench) as opened:
            mine = bench.site.start(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
            while not bench.server.state.tables.operations:
                await asyncio.sleep(0.01)
            plan = other.volume_create_plan(VolumeRequest("theirs", GIB))
            assert HELD in (await other.start(plan).wait()).refused
            opened.set()
            outcome = await mine.wait()
        assert outcome.ok, outcome.failed
        # the lock is freed once the operation has ended
        while (await other.start(plan).wait()).refused:
            await asyncio.sleep(0.05)
        await other.refresh()
        assert set(other.store.storage.volumes) == {"db", "theirs"}


async def test_nobody_changes_through_heketi_what_somebody_else_holds(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench, colleague(bench, tmp_path, manage=True) as other:
        assert other._locks is not None
        plan = bench.site.volume_create_plan(VolumeRequest("db", GIB))
        async with ClusterLock(other._locks, ("node1",), "clean something"):
            refused = (await bench.site.start(plan).wait()).refused
            assert HELD in refused
            assert "clean something" in refused
            assert bench.server.state.tables.volumes == {}
            # that concerns no cluster
            assert (await bench.site.start(plan_log_level("info", "debug")).wait()).ok
            mode = await bench.site.start(plan_mode("normal", "local-client")).wait()
            assert HELD in mode.refused
        assert (await bench.site.start(plan).wait()).ok


async def test_where_no_node_can_be_locked_the_review_says_so(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        cluster = bench.server.seed_cluster()
        for number in range(3):
            bench.server.seed_node(cluster.id, f"node{number}", f"10.0.0.{number}", disks=["/dev/sdb"])
        await bench.site.refresh()
        plan = bench.site.with_lock_words(bench.site.volume_create_plan(VolumeRequest("db", GIB)))
        [words] = plan.warnings
        assert words.startswith("Nothing keeps another admin from changing the same at the same time: this site names")
        assert bench.site.with_lock_words(plan_log_level("info", "debug")).warnings == ()
        assert (await bench.run(plan)).ok
        assert (await bench.run(plan_mode("normal", "read-only"))).ok
        [mode] = bench.site.with_lock_words(plan_log_level("info", "debug")).warnings
        assert mode.startswith("heketi is read-only: it refuses this")
    async with beside(tmp_path / "beside") as bench:
        assert bench.demo is not None
        plan = bench.site.volume_create_plan(VolumeRequest("db", GIB))
        assert bench.site.with_lock_words(plan).warnings == ()
        for node in bench.demo.nodes:
            node.faults.refuse = True
            node.drop_connections()
        await bench.site.refresh()
        [words] = bench.site.with_lock_words(plan).warnings
        assert words.endswith("none of the storage nodes of heketi's cluster can be reached to lock it.")


async def test_a_site_that_was_just_opened_asks_whom_to_lock(tmp_path: Path) -> None:
    async with beside(tmp_path) as bench:
        plan = plan_disable(bench.known, next(iter(bench.known.nodes.values())))
        late = Site(bench.site.config, RefusingAsker(), journal=tmp_path / "late.db")
        await late.open(watch=False)
        try:
            await late.know_whom_to_lock(plan)
            assert late.nodes_to_lock(plan) == {"heketi", "node1"}
            assert (await late.start(plan).wait()).ok
        finally:
            await late.close()


async def test_only_the_clusters_that_a_plan_changes_are_locked(tmp_path: Path) -> None:
    async with alone(tmp_path) as bench:
        ids = []
        for number in range(2):
            ids.append(bench.server.seed_cluster().id)
            for place in range(3):
                name = f"{'ab'[number]}{place}"
                bench.server.seed_node(ids[number], name, f"10.0.{number}.{place}", disks=["/dev/sdb", "/dev/sdc"])
        await bench.site.refresh()
        known = bench.known
        node = next(one for one in known.nodes.values() if one.name == "a0")
        assert clusters_changed(plan_disable(known, node), known) == {ids[0]}
        assert clusters_changed(plan_disable(known, node.devices[0]), known) == {ids[0]}
        here = bench.site.volume_create_plan(VolumeRequest("db", GIB, cluster=ids[1]))
        assert clusters_changed(here, known) == {ids[1]}
        assert (await bench.run(here)).ok
        known = bench.known
        gone = bench.site.volume_delete_plan("db")
        assert clusters_changed(gone, known) == {ids[1]}
        brick = next(brick for device in known.devices.values() for brick in device.bricks)
        assert clusters_changed(plan_evict(known, brick), known) == {ids[1]}
        anywhere = bench.site.volume_create_plan(VolumeRequest("more", GIB))
        assert clusters_changed(anywhere, known) == set(ids)
        nowhere = plan_heketi_load(topology(2, first=7), known, new_cluster=True)
        assert clusters_changed(nowhere, known) == set()
        into = plan_heketi_load(topology(2, first=7), known, into=ids[0])
        assert clusters_changed(into, known) == {ids[0]}
        assert clusters_changed(plan_log_level("info", "debug"), known) == set()
        words = bench.site.with_lock_words(here).warnings[0]
        assert words.endswith(f"this site names no storage nodes of heketi's cluster {ids[1]} that could be locked.")
