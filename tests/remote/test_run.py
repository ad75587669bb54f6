"""Batches end to end: rendered, run by a real shell behind a real SSH server, taken apart again."""

import asyncio
from pathlib import Path

import pytest

from tests.remote.conftest import QUICK, At, MakePool, StartNode, sh
from tests.remote.server import ShellSession
from tui.core.plan import Command
from tui.remote.errors import CommandTimeout, ConnectionLost, Denied, Unreachable
from tui.remote.ssh import Limits, Phase


async def ended(session: ShellSession) -> bool:
    """Wait until nothing is left of what a channel ran."""
    assert session.process
    async with asyncio.timeout(10):
        while alive_in_group(session.process.pid):
            await asyncio.sleep(0.01)
    return True


def alive_in_group(group: int) -> list[str]:
    """Processes of a group that run; those that only wait to be buried don't count."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        words = rest.split()
        if int(words[2]) == group and words[0] != "Z":
            found.append(name)
    return found


async def test_each_command_has_its_own_output_and_exit_code(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node()
    commands = [
        sh("echo out; echo err >&2"),
        Command(("printf", "%s", "no newline, 'quotes' $HOME")),
        sh("exit 3", ok=(0, 3)),
        sh("cat", stdin="line 1\nline 2 ünïcode\n"),
    ]
    results = await pool(at(server)).run("node1", commands)
    assert [(r.code, r.stdout, r.stderr) for r in results] == [
        (0, "out\n", "err\n"),
        (0, "no newline, 'quotes' $HOME", ""),
        (3, "", ""),
        (0, "line 1\nline 2 ünïcode\n", ""),
    ]
    assert [r.command for r in results] == commands
    assert server.commands == ["sh -s"]


async def test_a_batch_stops_at_the_first_failure_unless_told_otherwise(
    node: StartNode, pool: MakePool, at: At
) -> None:
    runner = pool(at(await node()))
    commands = [sh("exit 1"), sh("echo went on")]
    assert [r.code for r in await runner.run("node1", commands)] == [1]
    assert [r.code for r in await runner.run("node1", commands, stop=False)] == [1, 0]


async def test_a_command_can_not_eat_the_script(node: StartNode, pool: MakePool, at: At) -> None:
    results = await pool(at(await node())).run("node1", [Command(("cat",)), Command(("echo", "after"))])
    assert [r.stdout for r in results] == ["", "after\n"]


async def test_bytes_that_are_not_utf8_are_replaced(node: StartNode, pool: MakePool, at: At) -> None:
    results = await pool(at(await node())).run("node1", [sh(r"printf 'a\377b\303'"), sh("echo next")])
    assert [r.stdout for r in results] == ["a\ufffdb\ufffd", "next\n"]


async def test_output_is_told_as_it_comes_without_the_marks(node: StartNode, pool: MakePool, at: At) -> None:
    told: list[str] = []
    commands = [sh("echo one"), sh("echo two >&2"), sh("echo three")]
    await pool(at(await node())).run("node1", commands, on_output=told.append)
    # the two streams are not in step, so their pieces may stand in any order
    assert sorted("\n".join(told).split()) == ["one", "three", "two"]


async def test_huge_output_is_cut_and_the_next_command_is_not_lost(node: StartNode, pool: MakePool, at: At) -> None:
    runner = pool(at(await node()), limits=Limits(output=100_000))
    results = await runner.run("node1", [sh("echo small"), sh("head -c 5000000 /dev/zero | tr '\\0' x"), sh("exit 7")])
    assert [(r.code, r.truncated) for r in results] == [(0, False), (0, True), (7, False)]
    assert len(results[1].stdout) == 100_000 - len("small\n")


async def test_sudo_stands_before_commands_except_for_root(
    node: StartNode, pool: MakePool, at: At, tmp_path: Path
) -> None:
    sudo = tmp_path / "bin" / "sudo"
    sudo.parent.mkdir()
    sudo.write_text('#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n')
    sudo.chmod(0o755)
    server = await node(env={"PATH": f"{sudo.parent}:/usr/bin:/bin"})
    runner = pool(at(server, sudo=True), at(server, "as-root", sudo=True, user="root"))
    [refused] = await runner.run("node1", [sh("echo yes")])
    assert (refused.code, refused.stderr) == (1, "sudo: a password is required\n")
    [plain] = await runner.run("node1", [Command(("echo", "yes"), sudo=False)])
    assert plain.stdout == "yes\n"
    [as_root] = await runner.run("as-root", [sh("echo yes")])
    assert as_root.stdout == "yes\n"


async def test_a_daemon_that_holds_the_streams_does_not_hold_us(node: StartNode, pool: MakePool, at: At) -> None:
    async with asyncio.timeout(20):
        [result] = await pool(at(await node())).run("node1", [sh("sleep 60 & echo started", timeout=600)])
    assert (result.code, result.stdout) == (0, "started\n")


async def test_a_command_that_takes_too_long_is_ended_and_told(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node()
    runner = pool(at(server))
    with pytest.raises(CommandTimeout, match=r"sleep 77.* did not end in time \(0.4 s") as caught:
        await runner.run("node1", [Command(("echo", "quick"), timeout=0.2), Command(("sleep", "77"), timeout=0.2)])
    assert [(r.code, r.stdout) for r in caught.value.results] == [(0, "quick\n"), (None, "")]
    [again] = await runner.run("node1", [sh("echo still there")])
    assert again.stdout == "still there\n"
    assert server.logins == 1
    assert await ended(server.sessions[0])


async def test_who_is_cancelled_ends_the_command_on_the_node(node: StartNode, pool: MakePool, at: At) -> None:
    running = asyncio.Event()
    server = await node()
    task = asyncio.create_task(
        pool(at(server)).run("node1", [sh("echo up; exec sleep 77")], on_output=lambda _: running.set())
    )
    await asyncio.wait_for(running.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await ended(server.sessions[0])


async def test_without_a_second_channel_the_command_is_sent_a_signal(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node(max_sessions=1, passes_signals=True)
    with pytest.raises(CommandTimeout):
        await pool(at(server)).run("node1", [Command(("sleep", "77"), timeout=0.2)])
    assert await ended(server.sessions[0])
    assert server.signals == ["TERM"]


async def test_a_cut_connection_tells_what_had_ended_and_is_made_anew(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node()
    runner = pool(at(server))

    def cut(text: str) -> None:
        if "second" in text:
            server.connections[0].abort()

    with pytest.raises(ConnectionLost, match="broke while `sh -c 'echo second; sleep 77'` ran") as caught:
        await runner.run("node1", [sh("echo first"), sh("echo second; sleep 77"), sh("echo third")], on_output=cut)
    assert [(r.code, r.stdout.strip()) for r in caught.value.results] == [(0, "first"), (None, "second")]
    assert not isinstance(caught.value, CommandTimeout)
    assert runner.state("node1").phase is Phase.LOST
    [result] = await runner.run("node1", [sh("echo back")])
    assert (result.stdout, server.logins) == ("back\n", 2)


async def test_a_killed_shell_is_a_lost_connection(node: StartNode, pool: MakePool, at: At) -> None:
    with pytest.raises(ConnectionLost) as caught:
        await pool(at(await node())).run("node1", [sh("echo a"), sh("kill -9 $PPID")])
    assert [r.code for r in caught.value.results] == [0, None]


async def test_a_node_without_a_usable_shell_says_so(node: StartNode, pool: MakePool, at: At) -> None:
    async def nologin(session: ShellSession) -> None:
        session.kill()
        session.channel.write(b"This account is currently not available.\n")
        session.channel.exit(1)

    with pytest.raises(Denied, match="did not run `sh`: This account is currently not available"):
        await pool(at(await node(on_exec=nologin))).run("node1", [sh("echo never")])


async def test_at_most_eight_channels_on_one_connection(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node()
    runner = pool(at(server))
    answers = await asyncio.gather(*(runner.run("node1", [sh(f"sleep 0.05; echo {n}")]) for n in range(24)))
    assert [a[0].stdout for a in answers] == [f"{n}\n" for n in range(24)]
    assert (server.most_channels, server.logins) == (8, 1)


async def test_fewer_sessions_than_we_like_are_waited_for(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node(max_sessions=2)
    runner = pool(at(server))
    answers = await asyncio.gather(*(runner.run("node1", [sh(f"sleep 0.02; echo {n}")]) for n in range(12)))
    assert [a[0].stdout for a in answers] == [f"{n}\n" for n in range(12)]
    assert (server.most_channels, server.logins) == (2, 1)


async def test_no_session_at_all_is_told(
    node: StartNode, pool: MakePool, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.remote.ssh.ALONE_PAUSE", 0.001)
    with pytest.raises(Unreachable, match="opens no session"):
        await pool(at(await node(max_sessions=0))).run("node1", [sh("true")])


async def test_logins_at_once_are_limited_over_all_nodes(node: StartNode, pool: MakePool, at: At) -> None:
    most = 0

    server = await node()
    limits = Limits(logins=2, login_timeout=5)
    runner = pool(*(at(server, f"node{n}") for n in range(6)), limits=limits)

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, limits.logins - runner.free_logins)
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(runner.run(f"node{n}", [sh("true")]) for n in range(6)))
    watcher.cancel()
    assert (most, server.logins) == (2, 6)


async def test_nothing_to_run_needs_no_connection_and_unknown_nodes_are_named(pool: MakePool) -> None:
    runner = pool(limits=QUICK)
    with pytest.raises(Unreachable, match="node9: the node is not part of this site"):
        await runner.run("node9", [sh("true")])
    assert str(runner.state("node9")) == "never"
