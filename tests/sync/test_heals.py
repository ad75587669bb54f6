"""The copies of volumes are compared slowly, over real SSH on simulated nodes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from tests.site.helpers import Bench, open_bench
from tui.core.heal import Heal
from tui.core.plan import Command, Result
from tui.core.runner import OnOutput, Runner
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest
from tui.demo.gluster_heal import let_differ
from tui.demo.gluster_model import SPLIT_BRAIN
from tui.sync.heals import HealWatch
from tui.sync.supervisor import Supervisor

GENEROUS = 60.0
VOLUMES = ("a", "b", "c")


class Counting:
    """Passes all on to the real runner, and counts how many commands run at once."""

    def __init__(self, runner: Runner) -> None:
        self.runner, self.now, self.most = runner, 0, 0
        self.asked: list[tuple[str, str]] = []

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Run them."""
        self.now += 1
        self.most = max(self.most, self.now)
        self.asked.append((node, commands[0].argv[5]))
        try:
            return await self.runner.run(node, commands, stop=stop, on_output=on_output)
        finally:
            self.now -= 1


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A pool of three nodes with three volumes of three copies, and "lone" without copies."""
    async with open_bench(tmp_path, nodes=3, disks=2) as opened:
        assert (await opened.load()).ok
        for name in (*VOLUMES, "lone"):
            kind = "none" if name == "lone" else "replicate"
            plan = opened.site.volume_create_plan(VolumeRequest(name=name, size=GIB, replica=3, durability=kind))
            assert (await opened.run(plan)).ok
        yield opened


def runner_of(bench: Bench) -> Counting:
    pool = bench.site._pool
    assert pool is not None
    return Counting(pool)


def heal(bench: Bench, name: str) -> Heal | None:
    return bench.site.store.snapshot.volumes[name].heal


async def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true; on a machine that is busy too."""
    async with asyncio.timeout(GENEROUS):
        while not true():
            await asyncio.sleep(0.02)


async def watched(watch: HealWatch, true: Callable[[], bool]) -> None:
    """Let it run until something is true."""
    task = asyncio.create_task(watch.run())
    try:
        await until(true)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_volume_with_copies_is_asked_about_one_at_a_time(bench: Bench) -> None:
    counting = runner_of(bench)
    let_differ(bench.demo.nodes[0].machine.glusterd.pool.volumes["b"], ["/x", "/y"], bricks=(0, 1))
    watch = HealWatch(bench.site.store, counting, look=0.01, rest=0.0, every=1000.0, news=1000.0)
    await watched(watch, lambda: all(heal(bench, name) is not None for name in VOLUMES))
    assert counting.most == 1
    # each once: the next look at it is far away
    assert sorted(name for _, name in counting.asked) == sorted(VOLUMES)
    found = heal(bench, "b")
    assert found is not None
    assert (found.pending, found.split_brain) == (2, 0)
    assert heal(bench, "lone") is None
    assert all(read > 0 for read in bench.site.store.snapshot.heals_read.values())


async def test_what_is_well_is_asked_about_rarely_and_what_is_not_more_often(bench: Bench) -> None:
    counting = runner_of(bench)
    let_differ(bench.demo.nodes[0].machine.glusterd.pool.volumes["c"], ["/x"], SPLIT_BRAIN, bricks=(0, 1))
    watch = HealWatch(bench.site.store, counting, look=0.01, rest=0.0, every=1000.0, news=0.0)
    await watched(watch, lambda: sum(name == "c" for _, name in counting.asked) >= 4)
    assert [sum(asked == name for _, asked in counting.asked) for name in ("a", "b")] == [1, 1]
    found = heal(bench, "c")
    assert found is not None
    assert (found.split_brain, found.files) == (1, ("/x",))
    assert {line.split()[5] for _, line in bench.asked("info split-brain")} == {"c"}


async def test_a_brick_that_came_or_went_makes_its_volume_due(bench: Bench) -> None:
    counting = runner_of(bench)
    watch = HealWatch(bench.site.store, counting, look=0.01, rest=0.0, every=1000.0, news=0.0)
    await watched(watch, lambda: all(heal(bench, name) is not None for name in VOLUMES))
    brick = bench.demo.nodes[0].machine.glusterd.pool.volumes["a"].bricks[1]
    brick.pid = brick.port = 0
    await bench.site.refresh()
    await watched(watch, lambda: (found := heal(bench, "a")) is not None and bool(found.unknown))
    assert [name for _, name in counting.asked[3:]] == ["a"]
    found = heal(bench, "a")
    assert found is not None
    assert [brick.reason for brick in found.unknown] == ["Transport endpoint is not connected"]


async def test_after_a_change_what_is_not_well_is_due_at_once(bench: Bench) -> None:
    counting = runner_of(bench)
    volume = bench.demo.nodes[0].machine.glusterd.pool.volumes["a"]
    let_differ(volume, ["/x"], bricks=(0, 1))
    watch = HealWatch(bench.site.store, counting, look=0.01, rest=0.0, every=1000.0, news=1000.0)
    await watched(watch, lambda: all(heal(bench, name) is not None for name in VOLUMES))
    volume.heal()
    watch.hurry()
    await watched(watch, lambda: (found := heal(bench, "a")) is not None and found.pending == 0)
    assert [name for _, name in counting.asked[3:]] == ["a"]


async def test_a_pool_that_can_not_be_reached_is_not_asked(bench: Bench) -> None:
    counting = runner_of(bench)
    for node in bench.demo.nodes:
        node.faults.powered_off = True
    await bench.site.refresh()
    watch = HealWatch(bench.site.store, counting, look=0.0, rest=0.0, every=0.0)
    task = asyncio.create_task(watch.run())
    for _ in range(50):
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert counting.asked == []
    await watch.read_all()
    assert counting.asked == []


async def test_the_first_node_that_answers_is_asked(bench: Bench) -> None:
    counting = runner_of(bench)
    bench.demo.node("node1").faults.glusterd_stopped = True
    await bench.site.refresh()
    bench.demo.node("node2").faults.powered_off = True
    watch = HealWatch(bench.site.store, counting)
    await watch.read_all()
    assert ("node1", "a") not in counting.asked
    assert {node for node, name in counting.asked if name == "a"} == {"node2", "node3"}
    found = heal(bench, "a")
    assert found is not None
    # node1's glusterd stands still, its brick does not
    assert len(found.unknown) == 1


async def test_what_could_not_be_read_says_why(bench: Bench) -> None:
    text = "a: Not able to fetch volfile from glusterd"
    told = f"<opRet>-1</opRet><opErrno>5</opErrno><opErrstr>{text}</opErrstr>"
    bad = f"<?xml version='1.0'?><cliOutput>{told}</cliOutput>"
    for node in bench.demo.nodes:
        node.faults.fail("gluster --mode=script --xml volume heal a", 251, out=bad)
    await HealWatch(bench.site.store, runner_of(bench)).read_all()
    found = heal(bench, "a")
    assert found is not None
    assert found.split_brain is None
    assert "did not give the description of volume a" in found.unread
    other = heal(bench, "b")
    assert other is not None
    assert (other.split_brain, other.unread) == (0, "")


async def test_quotas_are_read_where_they_are_switched_on_and_nowhere_else(bench: Bench) -> None:
    volumes = bench.demo.nodes[0].machine.glusterd.pool.volumes
    for name in ("a", "lone"):
        volumes[name].options["features.quota"] = "on"
        volumes[name].quotas["/team"] = (GIB, GIB)
    await bench.site.refresh()
    watch = HealWatch(bench.site.store, runner_of(bench))
    await watch.read_all()
    found = bench.site.store.snapshot.volumes
    assert {name: [quota.path for quota in volume.quotas if quota.is_reached] for name, volume in found.items()} == {
        "a": ["/team"], "b": [], "c": [], "lone": ["/team"],
    }  # fmt: skip
    asked = bench.asked("volume quota")
    assert sorted(line.split()[5] for _, line in asked) == ["a", "lone"]
    assert found["a"].heal is not None
    assert found["lone"].heal is None
    # one that can't be read keeps what was said before, one that was switched off is forgotten
    for node in bench.demo.nodes:
        node.faults.fail("gluster --mode=script --xml volume quota a", 1, out="Connection failed.")
    volumes["lone"].options["features.quota"] = "off"
    await bench.site.refresh()
    await watch.read_all()
    found = bench.site.store.snapshot.volumes
    assert [quota.path for quota in found["a"].quotas] == ["/team"]
    assert found["lone"].quotas == ()


async def test_who_polls_nodes_compares_copies_too(bench: Bench) -> None:
    counting = runner_of(bench)
    supervisor = Supervisor(bench.site.store, counting.runner, 1.0, lambda node, by: None, lambda name: False)
    # not to wait for the first look as long as an admin does
    supervisor._heals = HealWatch(bench.site.store, counting, look=0.01, rest=0.0)
    supervisor.start()
    try:
        await until(lambda: all(heal(bench, name) is not None for name in VOLUMES))
    finally:
        await supervisor.close()
    asked = len(counting.asked)
    await asyncio.sleep(0)
    assert (counting.now, len(counting.asked)) == (0, asked)
