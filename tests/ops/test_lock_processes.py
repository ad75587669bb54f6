"""Real processes that hold the lock, are killed or freeze."""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ops.locking import TERMS, bastions
from tui.demo.site import DemoSite, start_site

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoSite]:
    """Three simulated nodes."""
    async with await start_site(3, 0, folder=tmp_path) as site:
        yield site


@contextlib.asynccontextmanager
async def holder(demo: DemoSite, who: str, interval: float = 0.2, patience: float = 4.0) -> AsyncIterator[Process]:
    """A process that tries to hold the lock; it is killed with the block."""
    words = (str(demo.config_path), who, str(interval), str(patience))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ops.hold_on", *words, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def says(process: Process) -> str:
    """The next line of a process."""
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def test_of_several_processes_one_holds_it(demo: DemoSite) -> None:
    async with contextlib.AsyncExitStack() as stack:
        started = [await stack.enter_async_context(holder(demo, f"admin@bastion{n}")) for n in range(3)]
        lines = await asyncio.gather(*(says(process) for process in started))
        winner = lines.index("held")
        others = [line for number, line in enumerate(lines) if number != winner]
        assert all(line.startswith(f"admin@bastion{winner} changes this cluster since") for line in others), lines


async def test_a_killed_holder_frees_it_at_once(demo: DemoSite) -> None:
    # its patience is an hour: the node frees the lock because the connection ended
    async with bastions(demo, ("bert@bastion1",)) as (bert,), holder(demo, "anna@bastion2", 60, 3600) as process:
        assert await says(process) == "held"
        assert "anna@bastion2" in await bert.gets()
        process.kill()
        await asyncio.wait_for(bert.gets_soon(), 10)


async def test_a_frozen_holder_frees_it_and_knows_when_it_wakes_up(demo: DemoSite) -> None:
    patience = TERMS.patience / 2
    async with bastions(demo, ("bert@bastion1",)) as (bert,), holder(demo, "anna@bastion2", 0.2, patience) as process:
        assert await says(process) == "held"
        assert "anna@bastion2" in await bert.gets()
        process.send_signal(signal.SIGSTOP)
        await bert.gets_soon()
        process.send_signal(signal.SIGCONT)
        assert "was lost: the connection broke, and somebody else changed the cluster meanwhile" in await says(process)


async def test_what_a_dead_process_of_this_machine_holds_is_waited_for(
    demo: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await ended.wait()
    async with bastions(demo, ("anna@bastion1", "anna@bastion1", "bert@bastion1")) as (crashed, again, other):
        # its node has not noticed yet that the process is gone
        with monkeypatch.context() as patched:
            patched.setattr("os.getpid", lambda: ended.pid)
            lock = crashed.lock()
            await lock.acquire()
        assert "anna@bastion1 changes this cluster since" in await other.gets()
        waits = asyncio.create_task(again.gets())
        await asyncio.sleep(0.5)
        assert not waits.done()
        await lock.release()
        assert await waits == ""
