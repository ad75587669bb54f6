"""A real flock(1) with the real program under it, behind a real SSH server: held as long as we live."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.remote.conftest import QUICK, At, MakePool, StartNode, sh
from tests.remote.server import Node, ShellSession
from tui.core.plan import Command
from tui.dialects import lock
from tui.dialects.lock import LockRecord
from tui.remote.errors import Denied, Unreachable
from tui.remote.hold import NotHeld, Pulse
from tui.remote.ssh import Limits, SshPool

FAST = Pulse(0.1, 5.0)
ANNA = LockRecord("anna@bastion2", 1_700_000_000, "load 'topology'.json\n$HOME", "a1", 42)
BERT = LockRecord("bert@bastion1", 1_700_000_000, "", "b2")


async def as_sshd(session: ShellSession) -> None:
    """The end of the channel is the end of the program's input."""
    await session.channel.wait_closed()
    session.eof_received()


@pytest.fixture
async def server(node: StartNode) -> Node:
    """A node that treats programs as sshd does."""
    return await node(on_exec=as_sshd)


def taking(folder: Path, record: LockRecord = ANNA, patience: float = FAST.patience, again: bool = False) -> Command:
    """The lock's command on a file of the test."""
    return lock.take(record, patience, again=again, path=str(folder / "lock"))


async def tried(pool: SshPool, command: Command) -> int | None:
    """The exit code that refused the lock, or None when it was had (and released again)."""
    try:
        hold = await pool.hold("node1", command, FAST)
    except NotHeld as refused:
        return refused.code
    await hold.release()
    return None


async def freed(pool: SshPool, folder: Path) -> None:
    """Wait until somebody else gets the lock."""
    async with asyncio.timeout(20):
        while await tried(pool, taking(folder, BERT)) == lock.BUSY:
            await asyncio.sleep(0.02)
    assert lock.parse_record((folder / "lock").read_text()) is None


async def test_one_holds_the_other_is_refused_until_it_is_released(
    server: Node, pool: MakePool, at: At, tmp_path: Path
) -> None:
    first, second = pool(at(server)), pool(at(server))
    hold = await first.hold("node1", taking(tmp_path), FAST)
    with pytest.raises(NotHeld) as refused:
        await second.hold("node1", taking(tmp_path, BERT), FAST)
    [shown] = await second.run("node1", [lock.read_holder(str(tmp_path / "lock"))])
    assert (refused.value.code, hold.alive) == (lock.BUSY, True)
    named = lock.parse_record(shown.stdout)
    assert named
    assert (named.who, named.what, named.process) == ("anna@bastion2", "load 'topology'.json$HOME", 42)
    await hold.release()
    assert (hold.alive, hold.lost.is_set()) == (False, False)
    other = await second.hold("node1", taking(tmp_path, BERT), FAST)
    assert other.alive
    await other.release()
    assert lock.parse_record((tmp_path / "lock").read_text()) is None


async def test_the_heartbeat_keeps_it_beyond_the_patience(server: Node, pool: MakePool, at: At, tmp_path: Path) -> None:
    quick = Pulse(0.05, 2.0)
    hold = await pool(at(server)).hold("node1", taking(tmp_path, patience=2.0), quick)
    before = hold.certain_until
    async with asyncio.timeout(20):
        while hold.certain_until < before + 2.5:
            await asyncio.sleep(0.02)
    assert hold.alive
    await hold.release()


async def test_without_letters_the_program_ends_by_itself(server: Node, pool: MakePool, at: At, tmp_path: Path) -> None:
    # we believe in a long patience and send one letter a minute, the program was told a short one
    hold = await pool(at(server)).hold("node1", taking(tmp_path, patience=0.3), Pulse(60, 600))
    await asyncio.wait_for(hold.lost.wait(), 20)
    assert "exit code 1" in hold.reason
    await freed(pool(at(server)), tmp_path)


async def test_a_cut_connection_loses_it_and_frees_the_node(
    server: Node, pool: MakePool, at: At, tmp_path: Path
) -> None:
    hold = await pool(at(server)).hold("node1", taking(tmp_path), FAST)
    server.connections[0].abort()
    await asyncio.wait_for(hold.lost.wait(), 20)
    assert not hold.alive
    await freed(pool(at(server)), tmp_path)


async def test_a_node_that_does_not_answer_is_not_believed(
    server: Node, pool: MakePool, at: At, tmp_path: Path
) -> None:
    hold = await pool(at(server)).hold("node1", taking(tmp_path, patience=60), Pulse(0.05, 0.5))
    process = server.sessions[0].process
    assert process
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        await asyncio.wait_for(hold.lost.wait(), 20)
    finally:
        os.killpg(process.pid, signal.SIGCONT)
    assert "no sign of life" in hold.reason


async def test_a_program_that_is_killed_on_the_node_is_lost(
    server: Node, pool: MakePool, at: At, tmp_path: Path
) -> None:
    hold = await pool(at(server)).hold("node1", taking(tmp_path), FAST)
    server.sessions[0].kill_daemons()
    await asyncio.wait_for(hold.lost.wait(), 20)


@pytest.mark.parametrize(
    ("between", "code"), [("nobody", None), ("another", lock.TAKEN), ("another, who left", lock.TAKEN), ("boot", None)]
)
async def test_taken_again_only_if_nobody_had_it_in_between(
    server: Node, pool: MakePool, at: At, tmp_path: Path, between: str, code: int | None
) -> None:
    first, second = pool(at(server)), pool(at(server))
    await first.hold("node1", taking(tmp_path), FAST)
    server.connections[0].abort()
    if between.startswith("another"):
        await freed(second, tmp_path)
        if between == "another":
            (tmp_path / "lock").write_text(BERT.dump() + "\n")  # killed before it could release
    elif between == "boot":
        (tmp_path / "lock").unlink()
    answer: int | None = lock.BUSY
    async with asyncio.timeout(20):
        while answer == lock.BUSY:
            answer = await tried(first, taking(tmp_path, again=True))
    assert answer == code


async def test_a_missing_program_and_one_that_says_nothing_are_told(server: Node, pool: MakePool, at: At) -> None:
    runner = pool(at(server), limits=Limits(login_timeout=0.5))
    with pytest.raises(NotHeld, match="not found") as missing:
        await runner.hold("node1", Command(("no-such-flock", "-n")))
    assert missing.value.code == 127
    with pytest.raises(Unreachable, match="did not answer within"):
        await runner.hold("node1", Command(("cat",)))
    async with asyncio.timeout(20):
        await asyncio.gather(*(session.gone.wait() for session in server.sessions))


async def test_who_gives_up_waiting_holds_nothing(server: Node, pool: MakePool, at: At) -> None:
    runner = pool(at(server))
    asking = asyncio.create_task(runner.hold("node1", Command(("cat",))))
    async with asyncio.timeout(20):
        while not server.commands:
            await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(server.sessions[0].gone.wait(), 20)


async def test_its_channel_is_one_of_the_eight(server: Node, pool: MakePool, at: At, tmp_path: Path) -> None:
    runner = pool(at(server))
    hold = await runner.hold("node1", taking(tmp_path), FAST)
    answers = await asyncio.gather(*(runner.run("node1", [sh(f"sleep 0.02; echo {n}")]) for n in range(24)))
    assert [a[0].stdout for a in answers] == [f"{n}\n" for n in range(24)]
    assert (server.most_channels, hold.alive) == (8, True)
    await hold.release()


async def test_the_place_is_free_after_each_end(server: Node, pool: MakePool, at: At, tmp_path: Path) -> None:
    runner = pool(at(server), limits=Limits(channels=2))
    for _ in range(3):
        hold = await runner.hold("node1", taking(tmp_path), FAST)
        with pytest.raises(Denied, match="none is left for a lock"):
            await runner.hold("node1", taking(tmp_path), FAST)
        await hold.release()
    with pytest.raises(NotHeld):
        await runner.hold("node1", Command(("false",)))
    await (await runner.hold("node1", taking(tmp_path), FAST)).release()


async def test_with_two_sessions_one_is_left_for_commands(
    node: StartNode, pool: MakePool, at: At, tmp_path: Path
) -> None:
    server = await node(on_exec=as_sshd, max_sessions=2)
    runner = pool(at(server))
    hold = await runner.hold("node1", taking(tmp_path), FAST)
    answers = await asyncio.gather(*(runner.run("node1", [sh(f"echo {n}")]) for n in range(6)))
    assert [a[0].stdout for a in answers] == [f"{n}\n" for n in range(6)]
    assert hold.alive
    await hold.release()


async def test_with_one_session_commands_say_so_instead_of_waiting_for_ever(
    node: StartNode, pool: MakePool, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.remote.ssh.ALONE_PAUSE", 0.001)
    runner = pool(at(await node(on_exec=as_sshd, max_sessions=1)), limits=QUICK)
    hold = await runner.hold("node1", taking(tmp_path), FAST)
    with pytest.raises(Unreachable) as refused:
        await asyncio.wait_for(runner.run("node1", [sh("true")]), 20)
    assert "at least 2" in refused.value.remedy
    await hold.release()
    [result] = await runner.run("node1", [sh("echo again")])
    assert result.stdout == "again\n"


async def test_a_closed_pool_frees_the_node(server: Node, pool: MakePool, at: At, tmp_path: Path) -> None:
    first = pool(at(server))
    hold = await first.hold("node1", taking(tmp_path), FAST)
    await first.close()
    await asyncio.wait_for(hold.lost.wait(), 20)
    await freed(pool(at(server)), tmp_path)
