"""Host keys: known, unknown, changed, revoked, certified. Nobody is believed who is not vouched for."""

import asyncio
import base64
import hashlib
import hmac
import stat
from pathlib import Path

import asyncssh
import pytest

from tests.remote.conftest import Admin, MakePool, StartNode, sh
from tests.remote.server import Node
from tests.remote.test_login import refusal
from tui.remote.errors import HostKeyChanged, HostKeyRefused
from tui.remote.ssh import Limits, NodeAddress

ORDER = Limits(login_timeout=5, backoff_first=0, backoff_most=0)


def stranger(server: Node, known: Path, name: str = "node1") -> NodeAddress:
    """The address of a server, with a known_hosts file that may not know it."""
    return NodeAddress(name, "127.0.0.1", server.port, "admin", known_hosts=str(known))


async def test_an_unknown_key_is_asked_about_and_kept(node: StartNode, pool: MakePool, home: Path) -> None:
    server, admin = await node(), Admin()
    known = home / "new" / "known_hosts"
    await pool(stranger(server, known), asker=admin).run("node1", [sh("true")])
    [question] = admin.questions
    assert (question.node, question.host, question.port) == ("node1", "127.0.0.1", server.port)
    assert (question.algorithm, question.fingerprint) == ("ssh-ed25519", server.host_key.get_fingerprint())
    assert question.fingerprint.startswith("SHA256:")
    line = " ".join(server.known_hosts_line().split()[:3])
    assert known.read_text() == line + "\n"
    assert stat.S_IMODE(known.stat().st_mode) == 0o600
    assert stat.S_IMODE(known.parent.stat().st_mode) == 0o700
    later = Admin(trust=False)
    await pool(stranger(server, known), asker=later).run("node1", [sh("true")])
    assert later.questions == []


async def test_without_a_site_file_the_usual_one_takes_the_key(node: StartNode, pool: MakePool, home: Path) -> None:
    server = await node()
    file = home / ".ssh" / "known_hosts"
    file.write_text("# no newline at the end")
    await pool(NodeAddress("node1", "127.0.0.1", server.port, "admin"), asker=Admin()).run("node1", [sh("true")])
    assert file.read_text().splitlines()[0] == "# no newline at the end"
    assert file.read_text().splitlines()[1].startswith(f"[127.0.0.1]:{server.port} ssh-ed25519 ")


async def test_nobody_there_to_ask_means_no(node: StartNode, pool: MakePool, home: Path) -> None:
    server = await node()
    error = await refusal(pool(stranger(server, home / "known")))
    assert isinstance(error, HostKeyRefused)
    assert f"unknown and was not accepted: ssh-ed25519 {server.host_key.get_fingerprint()}" in error.reason
    assert "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" in error.remedy
    assert f"ssh -p {server.port} 127.0.0.1" in error.remedy
    assert not (home / "known").exists()
    assert server.users == []


async def test_a_no_is_remembered_until_the_admin_wants_to_be_asked(
    node: StartNode, pool: MakePool, home: Path
) -> None:
    server, admin = await node(), Admin(trust=False)
    runner = pool(stranger(server, home / "known"), asker=admin, limits=ORDER)
    await refusal(runner)
    await refusal(runner)
    assert len(admin.questions) == 1
    admin.trust = True
    await runner.run("node1", [sh("true")], force=True)
    assert len(admin.questions) == 2


async def test_one_host_is_asked_about_once_however_many_come(node: StartNode, pool: MakePool, home: Path) -> None:
    server, admin = await node(), Admin()
    names = [f"node{n}" for n in range(4)]
    runner = pool(*(stranger(server, home / "known", name) for name in names), asker=admin)
    await asyncio.gather(*(runner.run(name, [sh("true")]) for name in names))
    assert len(admin.questions) == 1
    assert len((home / "known").read_text().splitlines()) == 1


async def test_a_changed_key_is_refused_loudly_and_never_asked_about(
    node: StartNode, pool: MakePool, home: Path
) -> None:
    server, admin = await node(), Admin()
    old = Node(port=server.port)
    known = home / "known"
    known.write_text("# a comment\nbroken line\n" + old.known_hosts_line())
    error = await refusal(pool(stranger(server, known), asker=admin))
    assert isinstance(error, HostKeyChanged)
    assert f"HAS CHANGED: expected ssh-ed25519 {old.host_key.get_fingerprint()} ({known}, line 3)" in error.reason
    assert f"got ssh-ed25519 {server.host_key.get_fingerprint()}" in error.reason
    assert f"ssh-keygen -R '[127.0.0.1]:{server.port}' -f {known}" in error.remedy
    assert (admin.questions, server.users) == ([], [])
    assert "broken line" in known.read_text()


async def test_a_key_of_another_type_than_the_known_one_is_a_change(
    node: StartNode, pool: MakePool, home: Path
) -> None:
    server, admin = await node(), Admin()
    old = Node(port=server.port, host_key=asyncssh.generate_private_key("ecdsa-sha2-nistp256"))
    known = Path(old.write_known_hosts(home / "known"))
    error = await refusal(pool(stranger(server, known), asker=admin))
    assert isinstance(error, HostKeyChanged)
    assert f"got ssh-ed25519 {server.host_key.get_fingerprint()}" in error.reason
    assert admin.questions == []


async def test_hashed_names_are_understood(node: StartNode, pool: MakePool, home: Path) -> None:
    server = await node()
    known = home / "known"
    key = " ".join(server.known_hosts_line().split()[1:3])
    known.write_text(f"{hashed(f'[127.0.0.1]:{server.port}')} {key}\n")
    await pool(stranger(server, known)).run("node1", [sh("true")])
    known.write_text(f"{hashed(f'[127.0.0.1]:{server.port}')} {' '.join(Node().known_hosts_line().split()[1:3])}\n")
    assert isinstance(await refusal(pool(stranger(server, known))), HostKeyChanged)


async def test_a_line_without_a_port_is_believed_but_makes_no_change(
    node: StartNode, pool: MakePool, home: Path
) -> None:
    server, admin = await node(), Admin()
    known = home / "known"
    known.write_text(f"127.0.0.1 {server.host_key.export_public_key().decode()}")
    await pool(stranger(server, known)).run("node1", [sh("true")])
    known.write_text(f"127.0.0.1 {Node().host_key.export_public_key().decode()}")
    await pool(stranger(server, known), asker=admin).run("node1", [sh("true")])
    assert len(admin.questions) == 1


async def test_a_revoked_key_is_refused(node: StartNode, pool: MakePool, home: Path) -> None:
    server, admin = await node(), Admin()
    known = home / "known"
    known.write_text(server.known_hosts_line() + "@revoked * " + server.host_key.export_public_key().decode())
    error = await refusal(pool(stranger(server, known), asker=admin))
    assert isinstance(error, HostKeyRefused)
    assert "@revoked" in error.reason
    known.write_text("@revoked * " + server.host_key.export_public_key().decode())
    assert "@revoked" in (await refusal(pool(stranger(server, known), asker=admin))).reason
    assert admin.questions == []


@pytest.mark.parametrize("trusted", [True, False])
async def test_host_certificates(node: StartNode, pool: MakePool, home: Path, trusted: bool) -> None:
    authority, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    certificate = authority.generate_host_certificate(key, "node", principals=["127.0.0.1"])
    server, admin = await node(host_key=key, host_certificate=certificate), Admin()
    vouching = authority if trusted else asyncssh.generate_private_key("ssh-ed25519")
    known = home / "known"
    known.write_text(f"@cert-authority * {vouching.export_public_key().decode()}")
    runner = pool(stranger(server, known), asker=admin)
    if trusted:
        await runner.run("node1", [sh("true")])
    else:
        assert "is not trusted" in (await refusal(runner)).reason
    assert admin.questions == []


async def test_a_file_that_is_no_file_is_left_alone(node: StartNode, pool: MakePool, home: Path) -> None:
    server, admin = await node(), Admin()
    (home / ".ssh" / "config").write_text("Host *\n  UserKnownHostsFile /dev/null\n")
    address = NodeAddress("node1", "127.0.0.1", server.port, "admin")
    runner = pool(address, NodeAddress("node2", "127.0.0.1", server.port, "admin"), asker=admin)
    await runner.run("node1", [sh("true")])
    await runner.run("node2", [sh("true")])
    assert len(admin.questions) == 1
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


async def test_a_key_that_can_not_be_written_is_told(node: StartNode, pool: MakePool, home: Path) -> None:
    (home / "file").write_text("")
    error = await refusal(pool(stranger(await node(), home / "file" / "known"), asker=Admin()))
    assert f"can't be written to {home}/file/known: " in error.reason


async def test_an_alias_stands_in_for_name_and_port(node: StartNode, pool: MakePool, home: Path) -> None:
    server = await node()
    known = home / "known"
    known.write_text(f"brick-host {server.host_key.export_public_key().decode()}")
    (home / ".ssh" / "config").write_text("Host *\n  HostKeyAlias brick-host\n")
    await pool(stranger(server, known)).run("node1", [sh("true")])
    known.unlink()
    await pool(stranger(server, known), asker=Admin()).run("node1", [sh("true")])
    assert known.read_text().startswith("brick-host ssh-ed25519 ")


def hashed(name: str) -> str:
    """A name as HashKnownHosts writes it."""
    salt = b"salt" * 5
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"
