"""What can be made to go wrong on a simulated node, seen by a real SSH client."""

import asyncio
import contextlib
from typing import Any

import asyncssh
import pytest

from tests.demo.asking import ask, connected
from tui.core.plan import Command
from tui.demo.site import DemoSite, start_site
from tui.dialects import gluster, host


@pytest.fixture
async def site() -> Any:
    async with await start_site(nodes=2, disks=2) as made:
        yield made


async def test_a_refused_port_and_back(site: DemoSite) -> None:
    node = site.nodes[0]
    node.faults.refuse = True
    with pytest.raises(ConnectionRefusedError):
        async with connected(site, node):
            pass
    node.faults.refuse = False
    async with connected(site, node) as shell:
        assert (await ask(shell, [("hostname",)]))[0].stdout == "node1\n"


async def test_a_refused_key(site: DemoSite) -> None:
    site.nodes[0].faults.refuse_key = True
    with pytest.raises(asyncssh.PermissionDenied):
        async with connected(site, site.nodes[0]):
            pass


async def test_a_stranger_is_not_let_in(site: DemoSite) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        async with connected(site, site.nodes[0], client_keys=[asyncssh.generate_private_key("ssh-ed25519")]):
            pass


async def test_a_host_key_of_another_node_is_noticed(site: DemoSite) -> None:
    first, second = site.nodes
    site.known_hosts.write_text(f"[{first.address}]:{first.port} {second.public_key}\n")
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        async with connected(site, first):
            pass


async def test_a_node_that_accepts_and_says_nothing(site: DemoSite) -> None:
    node = site.nodes[0]
    node.faults.hang = True
    login = asyncio.ensure_future(connected(site, node).__aenter__())
    while not node.accepted:
        await asyncio.sleep(0.001)
    assert not login.done()
    login.cancel()


async def test_a_connection_cut_before_and_after_the_effect(site: DemoSite) -> None:
    node = site.nodes[0]
    for after in (False, True):
        node.faults.cut("mkdir", after=after)
        async with connected(site, node) as shell:
            batch = [("hostname",), ("mkdir", "/srv/cut"), ("uname", "-r")]
            results: Any = []
            with contextlib.suppress(asyncssh.Error, OSError):
                results = await ask(shell, batch)
            assert [r.code for r in results if r.code is not None] in ([], [0])
        assert (node.machine.files.get("/srv/cut") is not None) == after


async def test_a_command_that_fails_once(site: DemoSite) -> None:
    node = site.nodes[0]
    node.faults.fail("lvm vgcreate", 5, "  Something broke.\n", times=1)
    async with connected(site, node) as shell:
        make = ("lvm", "vgcreate", "vg_a", "/dev/sdb")
        first, second = await ask(shell, [make, make], stop=False)
    assert (first.code, first.stderr) == (5, "  Something broke.\n")
    assert second.code == 0


async def test_a_full_root_disk(site: DemoSite) -> None:
    node = site.nodes[0]
    node.faults.disk_full = True
    async with connected(site, node) as shell:
        add, remove, make = await ask(
            shell, [host.fstab_add("/dev/x", "/y"), host.fstab_remove("brick_1"), ("mkdir", "/srv/x")], stop=False
        )
    assert (add.code, add.stderr) == (1, "tee: /etc/fstab: No space left on device\n")
    assert remove.code == 4
    assert make.stderr == "mkdir: cannot create directory '/srv/x': No space left on device\n"


async def test_glusterd_stopped_and_enabled_again(site: DemoSite) -> None:
    node = site.nodes[0]
    node.faults.glusterd_stopped = True
    async with connected(site, node) as shell:
        down, show, remedy, up = await ask(
            shell,
            [
                gluster.pool_list(),
                ("systemctl", "show", "glusterd", "-p", "ActiveState"),
                Command(("systemctl", "enable", "--now", "glusterd")),
                gluster.pool_list(),
            ],
            stop=False,
        )
    assert (down.code, down.stdout) == (1, "Connection failed. Please check if gluster daemon is operational.\n")
    assert show.stdout == "ActiveState=inactive\n"
    assert (remedy.code, up.code) == (0, 0)
    assert "<opRet>0</opRet>" in up.stdout


async def test_power_off_cuts_connections_and_peers(site: DemoSite) -> None:
    one, two = site.nodes
    address = two.machine.addresses[0]
    async with connected(site, one) as shell, connected(site, two) as other:
        [probe] = await ask(shell, [gluster.peer_probe(address)])
        assert "<output>success</output>" in probe.stdout
        two.faults.powered_off = True
        await other.wait_closed()
        [listed] = await ask(shell, [gluster.pool_list()])
        assert "<connected>0</connected>" in listed.stdout
        two.faults.powered_off = False
        [listed] = await ask(shell, [gluster.pool_list()])
        assert "<connected>0</connected>" not in listed.stdout
    async with connected(site, two) as again:
        assert (await ask(again, [("hostname",)]))[0].stdout == "node2\n"


async def test_two_transactions_of_a_volume_at_once(site: DemoSite) -> None:
    node = site.nodes[0]
    set_option = gluster.volume_set("v1", "user.a", "b")
    async with connected(site, node) as shell:
        create = ("gluster", "--mode=script", "--xml", "volume", "create", "v1", "node1:/srv/b", "force")
        await ask(shell, [create])
        node.faults.slow("gluster --mode=script --xml --timeout=600 volume set", 0.05)
        answers = [r[0].stdout for r in await asyncio.gather(ask(shell, [set_option]), ask(shell, [set_option]))]
    assert sorted("<opErrno>30802</opErrno>" in answer for answer in answers) == [False, True]
    locked = next(answer for answer in answers if "30802" in answer)
    assert "Another transaction is in progress for v1. Please try again after some time." in locked


@pytest.mark.parametrize(
    ("sudo", "code", "text"),
    [("ok", 0, ""), ("password", 1, "sudo: a password is required\n"), ("absent", 127, "sudo: not found\n")],
)
async def test_sudo(site: DemoSite, sudo: str, code: int, text: str) -> None:
    node = site.nodes[0]
    node.machine.user, node.machine.sudo = "admin", sudo
    async with connected(site, node, username="admin") as shell:
        [with_sudo] = await ask(shell, [("mkdir", "/srv/x")], sudo=True)
        [without] = await ask(shell, [("lvm", "vgcreate", "v", "/dev/sdb")])
    assert with_sudo.code == code
    assert with_sudo.stderr.endswith(text)
    assert without.code == 5
    assert "Permission denied" in without.stderr


async def test_one_node_leads_to_another(site: DemoSite) -> None:
    one, two = site.nodes
    async with connected(site, one) as jump:
        for name in (two.name, two.address):
            options = {"username": "root", "client_keys": [str(site.key_path)], "known_hosts": str(site.known_hosts)}
            async with jump.connect_ssh(name, two.port, config=None, **options) as shell:
                assert (await ask(shell, [("hostname",)]))[0].stdout == "node2\n"
        two.faults.refuse = True
        with pytest.raises(asyncssh.ChannelOpenError):
            async with jump.connect_ssh(two.name, two.port, config=None, **options):
                pass
