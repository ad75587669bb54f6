"""Two admins on two bastions in front of the same simulated nodes."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ops.locking import NODES, TERMS, Bastion, bastions
from tui.core.plan import Command, Refused
from tui.demo.site import DemoSite, start_site
from tui.ops.lock import ClusterLock, Terms
from tui.remote.errors import RemoteError


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoSite]:
    """Three simulated nodes."""
    async with await start_site(3, 0, folder=tmp_path) as site:
        yield site


@pytest.fixture
async def two(demo: DemoSite) -> AsyncIterator[list[Bastion]]:
    """Anna and Bert."""
    async with bastions(demo, ("anna@bastion2", "bert@bastion1")) as made:
        yield made


async def test_the_other_admin_is_told_who_since_when_and_what(two: list[Bastion]) -> None:
    anna, bert = two
    async with anna.lock() as lock:
        since = time.time()
        said = await bert.gets()
        match = re.fullmatch(
            r"anna@bastion2 changes this cluster since (\d\d):(\d\d) \(load topology\.json\); reading goes on", said
        )
        assert match, said
        clocks = [time.strftime("%H:%M", time.localtime(since - back)) for back in (0, 60)]
        assert f"{match[1]}:{match[2]}" in clocks
        [read] = await bert.pool.run("node1", [Command(("hostname",))])
        assert (read.stdout, lock.held, lock.missing) == ("node1\n", True, {})
    assert not lock.held
    assert await bert.gets() == ""


async def test_one_own_second_program_is_named_with_its_process(demo: DemoSite) -> None:
    async with bastions(demo, ("anna@bastion2", "anna@bastion2")) as (first, second), first.lock():
        assert re.match(r"anna@bastion2 \(process \d+ on this machine\) changes", await second.gets())


async def test_of_those_who_try_at_once_exactly_one_wins_each_time(demo: DemoSite) -> None:
    async def attempt(one: Bastion) -> bool:
        lock = one.lock("node1", "node2")
        try:
            await lock.acquire()
        except Refused:
            return False
        winners.append(lock)
        return True

    async with bastions(demo, (f"admin@bastion{n}" for n in range(4))) as made:
        for round_ in range(100):
            winners: list[ClusterLock] = []
            won = await asyncio.gather(*(attempt(made[(n + round_) % 4]) for n in range(4)))
            assert sum(won) == 1, round_
            [winner] = winners
            assert winner.held
            await winner.release()


async def test_all_or_nothing(demo: DemoSite, two: list[Bastion]) -> None:
    anna, bert = two
    async with anna.lock("node2"):
        assert "anna@bastion2" in await bert.gets("node3", "node2", "node1")
        assert set(demo.node("node1").machine.flocks) == set(demo.node("node3").machine.flocks) == set()
        assert await bert.gets("node1", "node3") == ""


async def test_operations_of_one_process_share_the_lock(two: list[Bastion]) -> None:
    anna, bert = two
    first, second = anna.lock("node1", "node2"), anna.lock("node2", "node3", what="other")
    await asyncio.gather(first.acquire(), second.acquire())
    await first.release()
    await first.release()
    assert await bert.gets("node1") == ""
    assert "anna@bastion2" in await bert.gets("node2")
    await second.release()
    assert await bert.gets() == ""


async def test_a_cut_connection_is_taken_again_where_nobody_came_in_between(demo: DemoSite, two: list[Bastion]) -> None:
    anna, bert = two
    async with anna.lock() as lock:
        demo.node("node2").drop_connections()
        async with asyncio.timeout(20):
            while lock.held:
                await asyncio.sleep(0)
        await lock.steady("node1")
        assert (lock.held, lock.lost.is_set()) == (True, False)
        assert "anna@bastion2" in await bert.gets("node2")


@pytest.mark.parametrize("stays", [True, False])
async def test_a_lock_that_somebody_took_meanwhile_is_lost(demo: DemoSite, two: list[Bastion], stays: bool) -> None:
    anna, bert = two
    lock = anna.lock()
    await lock.acquire()
    node = demo.node("node2")
    theirs = set(node.connections)
    await bert.pool.run("node2", [Command(("true",))])
    node.faults.refuse = True  # Anna can't come back, Bert is connected already
    for connection in theirs:
        connection.abort()
    await bert.gets_soon("node2")
    other = bert.lock("node2", what="create volume db")
    if stays:
        await other.acquire()
    node.faults.refuse = False
    await asyncio.wait_for(lock.lost.wait(), 20)
    assert "the lock on node2 was lost" in lock.reason
    assert ("bert@bastion1" in lock.reason) == stays
    with pytest.raises(Refused, match="was lost"):
        await lock.steady("node1")
    assert not lock.held
    await lock.release()
    await other.release()
    assert await anna.gets() == ""


async def test_a_node_that_stays_away_stops_its_own_steps_only(demo: DemoSite) -> None:
    async with bastions(demo, ("anna@bastion2",), Terms(0.2, 4.0, away=0.3)) as (anna,), anna.lock() as lock:
        demo.node("node2").faults.powered_off = True
        async with asyncio.timeout(20):
            while lock.held:
                await asyncio.sleep(0.01)
        await lock.steady("node1")
        with pytest.raises(RemoteError):
            await lock.steady("node2")
        assert not lock.lost.is_set()
        demo.node("node2").faults.powered_off = False
        await come_back(lock, "node2")
        assert lock.held


async def come_back(lock: ClusterLock, node: str) -> None:
    """A node that is up again is not back for us before the pause after the last failure is over."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await lock.steady(node)
            except RemoteError:
                await asyncio.sleep(0.01)


async def test_nodes_that_are_dead_at_the_start_are_locked_when_they_are_needed(demo: DemoSite) -> None:
    demo.node("node2").faults.powered_off = True
    async with bastions(demo, ("anna@bastion2", "bert@bastion1")) as (anna, bert), anna.lock() as lock:
        assert list(lock.missing) == ["node2"]
        await lock.steady("node1")
        with pytest.raises(RemoteError):
            await lock.steady("node2")
        demo.node("node2").faults.powered_off = False
        await come_back(lock, "node2")
        assert (lock.held, lock.missing) == (True, {})
        assert "anna@bastion2" in await bert.gets("node2")


async def test_no_node_at_all_is_refused(demo: DemoSite, two: list[Bastion]) -> None:
    for name in NODES:
        demo.node(name).faults.powered_off = True
    assert await two[0].gets() == "no node of the cluster can be reached to lock it"


async def test_a_node_without_flock_says_so_and_nothing_stays_locked(demo: DemoSite, two: list[Bastion]) -> None:
    demo.node("node3").machine.absent_programs.add("flock")
    assert await two[0].gets() == "node3 can't be locked: flock is not installed on the node"
    assert await two[1].gets("node1", "node2") == ""


async def test_a_node_that_nobody_asked_for_is_a_mistake(two: list[Bastion]) -> None:
    async with two[0].lock("node1") as lock:
        with pytest.raises(KeyError):
            await lock.steady("node2")


async def test_a_heartbeat_keeps_it_for_longer_than_the_patience(demo: DemoSite) -> None:
    async with bastions(demo, ("anna@bastion2",), Terms(0.05, 0.8, TERMS.away)) as (anna,), anna.lock() as lock:
        hold = anna.locks.node("node1")
        until = asyncio.get_running_loop().time() + 1.0
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.05)
        await lock.steady("node1")
        assert (lock.held, hold.users) == (True, 1)


async def test_a_lock_file_with_nonsense_is_no_danger(demo: DemoSite, two: list[Bastion]) -> None:
    async with two[0].lock():
        files = demo.node("node1").machine.files
        for text in (b"", b"\xff\x00{", b"[" * 20_000, b'{"who":"\\u001b[31mx","since":1e999,"what":"","token":""}'):
            files.write("/run/brickyard.lock", text)
            said = await two[1].gets()
            assert "\x1b" not in said
            assert said.endswith("; reading goes on")
