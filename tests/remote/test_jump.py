"""Jump hosts: shared by the nodes behind them, in chains, and named when they fail."""

import asyncio
from pathlib import Path

import asyncssh

from tests.remote.conftest import Admin, At, MakePool, StartNode, sh
from tests.remote.test_login import free_port, refusal
from tui.remote.errors import Denied, Unreachable
from tui.remote.ssh import Limits, NodeAddress


async def test_nodes_behind_one_jump_host_share_one_login_there(node: StartNode, pool: MakePool, at: At) -> None:
    bastion, one, two = await node(), await node(), await node()
    at(bastion)
    jump = (f"me@127.0.0.1:{bastion.port}",)
    runner = pool(at(one, jump=jump), at(two, "node2", jump=jump))
    answers = await asyncio.gather(runner.run("node1", [sh("echo 1")]), runner.run("node2", [sh("echo 2")]))
    assert [a[0].stdout for a in answers] == ["1\n", "2\n"]
    assert (bastion.logins, bastion.users, one.logins, two.logins) == (1, ["me"], 1, 1)
    assert sorted(bastion.forwards) == sorted([("127.0.0.1", one.port), ("127.0.0.1", two.port)])
    assert bastion.commands == []


async def test_a_chain_of_jump_hosts(node: StartNode, pool: MakePool, at: At) -> None:
    first, second, last = await node(), await node(), await node()
    at(first)
    at(second)
    jump = (f"a@127.0.0.1:{first.port}", f"b@127.0.0.1:{second.port}")
    runner = pool(at(last, jump=jump))
    assert (await runner.run("node1", [sh("echo far")]))[0].stdout == "far\n"
    assert first.forwards == [("127.0.0.1", second.port)]
    assert second.forwards == [("127.0.0.1", last.port)]


async def test_the_proxy_jump_of_the_ssh_config_is_shared_too(node: StartNode, pool: MakePool, home: Path) -> None:
    outer, inner, one, two = await node(), await node(), await node(), await node()
    for server in (outer, inner, one, two):
        server.write_known_hosts(home / ".ssh" / "known_hosts")
    (home / ".ssh" / "config").write_text(
        f"Host outer\n  HostName 127.0.0.1\n  Port {outer.port}\n"
        f"Host inner\n  HostName 127.0.0.1\n  Port {inner.port}\n  ProxyJump outer\n"
        f"Host one\n  HostName 127.0.0.1\n  Port {one.port}\n  ProxyJump inner\n"
        f"Host two\n  HostName 127.0.0.1\n  Port {two.port}\n  ProxyJump inner\n"
    )
    runner = pool(NodeAddress("one"), NodeAddress("two"))
    await asyncio.gather(runner.run("one", [sh("true")]), runner.run("two", [sh("true")]))
    assert (outer.logins, inner.logins) == (1, 1)


async def test_jump_hosts_that_lead_in_a_circle(pool: MakePool, home: Path) -> None:
    (home / ".ssh" / "config").write_text(
        "Host a\n  HostName 127.0.0.1\n  ProxyJump b\nHost b\n  HostName 127.0.0.1\n  ProxyJump a\n"
    )
    assert "lead in a circle" in (await refusal(pool(NodeAddress("a")), "a")).reason


async def test_a_jump_host_that_fails_is_named(node: StartNode, pool: MakePool, at: At, home: Path) -> None:
    port = free_port()
    spec = f"me@127.0.0.1:{port}"
    gone = await refusal(pool(at(await node(), jump=(spec,))))
    assert isinstance(gone, Unreachable)
    assert gone.node == "node1"
    assert gone.reason.startswith(f"jump host {spec}: 127.0.0.1 port {port} refused the connection")
    strict = await node(client_keys=[asyncssh.generate_private_key("ssh-ed25519")])
    at(strict)
    spec = f"me@127.0.0.1:{strict.port}"
    denied = await refusal(pool(at(await node(), jump=(spec,))))
    assert isinstance(denied, Denied)
    assert denied.reason.startswith(f"jump host {spec}: permission denied for user me")


async def test_a_jump_host_that_can_not_or_may_not_reach_the_node(
    node: StartNode, pool: MakePool, at: At, home: Path
) -> None:
    bastion, forbidding = await node(), await node(forward=False)
    at(bastion)
    spec, strict = f"me@127.0.0.1:{bastion.port}", f"me@127.0.0.1:{forbidding.port}"
    port = free_port()
    known = at(forbidding).known_hosts
    deaf = NodeAddress("node1", "127.0.0.1", port, "admin", jump=(spec,), known_hosts=known)
    error = await refusal(pool(deaf))
    assert error.reason.startswith(f"jump host {spec} can't reach 127.0.0.1 port {port}")
    barred = NodeAddress("node1", "127.0.0.1", port, "admin", jump=(strict,), known_hosts=known)
    error = await refusal(pool(barred))
    assert f"jump host {strict} can't reach" in error.reason
    assert "AllowTcpForwarding" in error.remedy


async def test_a_jump_host_that_comes_back_carries_again(node: StartNode, pool: MakePool, at: At) -> None:
    bastion, server = await node(), await node()
    at(bastion)
    limits = Limits(login_timeout=5, backoff_first=0, backoff_most=0)
    runner = pool(at(server, jump=(f"me@127.0.0.1:{bastion.port}",)), limits=limits)
    await runner.run("node1", [sh("true")])
    bastion.connections[0].abort()
    async with asyncio.timeout(10):
        while str(runner.state("node1")) == "connected":
            await asyncio.sleep(0.005)
    assert (await runner.run("node1", [sh("echo back")]))[0].stdout == "back\n"
    assert (bastion.logins, server.logins) == (2, 2)


async def test_the_keys_of_the_site_are_not_the_only_ones_for_a_jump_host(
    node: StartNode, pool: MakePool, at: At, home: Path
) -> None:
    own, site = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    own.write_private_key(str(home / ".ssh" / "id_ed25519"))
    site.write_private_key(str(home / "site"))
    bastion, server = await node(client_keys=[own]), await node(client_keys=[site])
    admin = Admin()
    at(server)
    address = at(server, key_files=("~/site",), jump=(f"me@127.0.0.1:{bastion.port}",))
    await pool(address, asker=admin).run("node1", [sh("true")])
    assert [question.port for question in admin.questions] == [bastion.port]
    assert "permission denied" in (await refusal(pool(at(bastion, key_files=("~/site",))))).reason
