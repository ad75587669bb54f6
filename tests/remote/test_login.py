"""Logins: shared, limited, tried again with patience, and every refusal a sentence with a remedy."""

import asyncio
import logging
import socket
from pathlib import Path

import asyncssh
import pytest

from tests.remote.conftest import QUICK, Admin, At, MakePool, StartNode, sh
from tui.remote.errors import Denied, RemoteError, Unreachable
from tui.remote.ssh import Limits, NodeAddress, Phase, SshPool


async def refusal(runner: SshPool, node: str = "node1") -> RemoteError:
    """The error of a run that must fail before anything is run. It always says what to do."""
    with pytest.raises(RemoteError) as caught:
        await runner.run(node, [sh("true")])
    assert caught.value.remedy
    return caught.value


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_runs_that_come_together_share_one_login(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node()
    runner = pool(at(server))
    assert str(runner.state("node1")) == "never"
    runs = [asyncio.create_task(runner.run("node1", [sh("true")])) for _ in range(6)]
    await asyncio.sleep(0)
    assert str(runner.state("node1")) == "connecting"
    await asyncio.gather(*runs)
    assert (server.logins, str(runner.state("node1"))) == (1, "connected")


async def test_who_gives_up_waiting_does_not_end_the_login_of_the_others(
    node: StartNode, pool: MakePool, at: At
) -> None:
    server = await node()
    runner = pool(at(server))
    first = asyncio.create_task(runner.run("node1", [sh("true")]))
    second = asyncio.create_task(runner.run("node1", [sh("echo here")]))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)[0].stdout == "here\n"
    assert server.logins == 1


async def test_a_login_that_is_dropped_is_tried_once_more(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node(drop_logins=1)
    assert (await pool(at(server)).run("node1", [sh("echo in")]))[0].stdout == "in\n"
    twice = await node(drop_logins=2)
    error = await refusal(pool(at(twice)))
    assert "closed the connection during login" in error.reason
    assert "MaxStartups" in error.remedy


async def test_nobody_listens(pool: MakePool) -> None:
    port = free_port()
    error = await refusal(pool(NodeAddress("node1", "127.0.0.1", port)))
    assert isinstance(error, Unreachable)
    assert error.reason == f"127.0.0.1 port {port} refused the connection: nothing listens there"


async def test_a_name_with_several_addresses_that_refuse(pool: MakePool) -> None:
    error = await refusal(pool(NodeAddress("node1", "localhost", free_port())))
    assert "refused the connection" in error.reason


async def test_a_name_that_does_not_resolve(pool: MakePool) -> None:
    error = await refusal(pool(NodeAddress("node1", "no-such-host.invalid")))
    assert isinstance(error, Unreachable)
    assert "the name no-such-host.invalid does not resolve" in error.reason


async def test_a_machine_that_accepts_and_says_nothing(pool: MakePool) -> None:
    held: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    error = await refusal(pool(NodeAddress("node1", "127.0.0.1", port), limits=Limits(login_timeout=0.2)))
    assert "accepted the connection, but the login did not end within 0.2 s" in error.reason
    for writer in held:
        writer.close()
    silent.close()


async def test_another_service_on_the_port(pool: MakePool) -> None:
    async def mail(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n" * 2000)
        writer.close()

    server = await asyncio.start_server(mail, "127.0.0.1", 0)
    error = await refusal(pool(NodeAddress("node1", "127.0.0.1", server.sockets[0].getsockname()[1])))
    assert isinstance(error, Unreachable)
    server.close()


async def test_after_a_failure_the_last_reason_is_told_at_once(pool: MakePool) -> None:
    port = free_port()
    runner = pool(NodeAddress("node1", "127.0.0.1", port), limits=Limits(backoff_first=3600, backoff_most=3600))
    first = await refusal(runner)
    state = runner.state("node1")
    assert (state.phase, state.reason) == (Phase.WAITING, first.reason)
    assert str(state) == f"waiting {state.seconds:.0f} s"
    assert 0 < state.seconds <= 3600
    again = await refusal(runner)
    assert (type(again), again.reason, again.remedy) == (type(first), first.reason, first.remedy)


async def test_while_it_waits_no_login_is_tried_unless_the_admin_wants(node: StartNode, pool: MakePool, at: At) -> None:
    server = await node(drop_logins=2)
    runner = pool(at(server), limits=Limits(backoff_first=3600, backoff_most=3600))
    await refusal(runner)
    for _ in range(20):
        await refusal(runner)
    assert server.users == []
    [result] = await runner.run("node1", [sh("echo at last")], force=True)
    assert result.stdout == "at last\n"


async def test_the_wait_grows_to_its_limit_and_starts_anew_after_success(
    node: StartNode, pool: MakePool, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def longest(least: float, most: float) -> float:
        asked.append(most)
        return least

    server = await node(drop_logins=16)
    runner = pool(at(server))
    monkeypatch.setattr("tui.remote.connection.random.uniform", longest)
    for _ in range(8):
        await refusal(runner)
    waits = [most for most in asked if most != 0.5]
    assert waits == [0.001, 0.002, 0.002, 0.002, 0.002, 0.002, 0.002, 0.002]
    await runner.run("node1", [sh("true")])
    server.connections[-1].abort()
    server.drop_logins = 2
    await refusal(runner)
    assert [most for most in asked if most != 0.5][8:] == [0.001]


def test_the_first_waits_are_half_a_second_and_never_more_than_thirty() -> None:
    limits = Limits()
    assert (limits.backoff_first, limits.backoff_most) == (0.5, 30)
    assert (limits.keepalive, limits.keepalive_count, limits.login_timeout) == (15, 3, 15)
    assert (limits.channels, limits.logins, limits.output) == (8, 8, 8 * 2**20)


async def test_a_node_that_is_given_another_address_is_reached_there(node: StartNode, pool: MakePool, at: At) -> None:
    old, new = await node(), await node()
    runner = pool(at(old))
    await runner.run("node1", [sh("true")])
    runner.add(at(old))
    await runner.run("node1", [sh("true")])
    assert old.logins == 2 - 1
    runner.add(at(new))
    await runner.run("node1", [sh("true")])
    assert (old.logins, new.logins) == (1, 1)
    runner.remove("node1")
    assert "not part of this site" in (await refusal(runner)).reason


async def test_closing_ends_a_login_that_goes_on(pool: MakePool) -> None:
    held: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    runner = pool(NodeAddress("node1", "127.0.0.1", silent.sockets[0].getsockname()[1]), limits=Limits())
    task = asyncio.create_task(runner.run("node1", [sh("true")]))
    while not held:
        await asyncio.sleep(0.005)
    await runner.close()
    with pytest.raises(Unreachable, match="the connection was closed while it was made"):
        await task
    held[0].close()
    silent.close()


async def test_a_wrong_key_names_the_user_and_what_was_tried(
    node: StartNode, pool: MakePool, at: At, home: Path
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(home / "wrong"))
    server = await node(client_keys=[asyncssh.generate_private_key("ssh-ed25519")])
    error = await refusal(pool(at(server, key_files=("~/wrong",))))
    assert isinstance(error, Denied)
    assert error.reason == f"permission denied for user admin on 127.0.0.1 port {server.port}: tried {home}/wrong"
    assert f"ssh-copy-id -p {server.port} admin@127.0.0.1" in error.remedy
    nothing = await refusal(pool(at(server)))
    assert "there was no key to try" in nothing.reason


async def test_the_ssh_config_is_honoured(node: StartNode, pool: MakePool, home: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(home / "own"))
    server = await node(client_keys=[key])
    known = server.write_known_hosts(home / "known")
    (home / ".ssh" / "config").write_text(
        f"Host storage1\n  HostName 127.0.0.1\n  Port {server.port}\n  User heketi\n"
        f"  IdentityFile ~/own\n  UserKnownHostsFile {known}\n"
    )
    runner = pool(NodeAddress("storage1"))
    await runner.run("storage1", [sh("true")])
    assert server.users == ["heketi"]
    other = pool(NodeAddress("storage1", ssh_config="none"))
    assert "does not resolve" in (await refusal(other, "storage1")).reason


async def test_settings_that_make_no_sense_are_told(pool: MakePool, home: Path) -> None:
    (home / ".ssh" / "config").write_text("Host *\n  Port many\n")
    error = await refusal(pool(NodeAddress("node1", "127.0.0.1")))
    assert error.reason.startswith("the ssh settings can't be used: ")


async def test_the_log_of_the_ssh_library_tells_no_secrets(
    node: StartNode, pool: MakePool, at: At, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await pool(at(await node())).run("node1", [sh("cat", stdin="s3cret")])
    assert "s3cret" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("asyncssh")]


async def test_how_a_human_gets_a_shell_there(pool: MakePool) -> None:
    runner = pool(
        NodeAddress("node1", "10.0.0.1", 2222, "root", ("/k",), jump=("me@b:22",), known_hosts="/h"),
        NodeAddress("node2"),
    )
    assert runner.shell_argv("node1") == [
        "ssh", "-p", "2222", "-i", "/k", "-o", "UserKnownHostsFile=/h", "-J", "me@b:22", "root@10.0.0.1",
    ]  # fmt: skip
    assert runner.shell_argv("node2") == ["ssh", "node2"]


async def test_admins_are_not_asked_where_all_is_known(node: StartNode, pool: MakePool, at: At) -> None:
    admin = Admin()
    await pool(at(await node()), asker=admin, limits=QUICK).run("node1", [sh("true")])
    assert (admin.questions, admin.paths) == ([], [])
