"""Key pairs for heketi, and a public key put onto a node by password, against a real SSH server on loopback."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import pytest

from tests.remote.conftest import QUICK, Admin
from tui.core.address import NodeAddress
from tui.remote.errors import Denied, HostKeyChanged, HostKeyRefused, Unreachable
from tui.remote.install_key import install_key
from tui.remote.make_key import make_key, write_private

PASSWORD = "open-sesame-1001"
PUBLIC = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode().strip() + " heketi"


@dataclass
class Door:
    """An SSH server that takes one password; commands run in this machine's `sh` with a home of their own."""

    home: Path
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    tried: list[str] = field(default_factory=list)
    takes_passwords: bool = True
    port: int = 0

    @property
    def file(self) -> Path:
        """The node's authorized_keys."""
        return self.home / ".ssh" / "authorized_keys"

    async def run(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """One command."""
        pipe = asyncio.subprocess.PIPE
        shell = await asyncio.create_subprocess_shell(
            process.command or "true", stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, "HOME": str(self.home)}
        )
        out, err = await shell.communicate((await process.stdin.read()).encode())
        process.stdout.write(out.decode())
        process.stderr.write(err.decode())
        process.exit(shell.returncode or 0)


class _Server(asyncssh.SSHServer):
    def __init__(self, door: Door) -> None:
        self._door = door

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return self._door.takes_passwords

    def validate_password(self, username: str, password: str) -> bool:
        self._door.tried.append(password)
        return (username, password) == ("root", PASSWORD)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    found = Door(tmp_path / "node")
    found.home.mkdir()
    server = await asyncssh.create_server(
        lambda: _Server(found), "127.0.0.1", 0, server_host_keys=[found.key], process_factory=found.run
    )
    found.port = server.get_port()
    yield found
    server.close()
    await server.wait_closed()


def at(door: Door, home: Path) -> NodeAddress:
    return NodeAddress("node1", "127.0.0.1", door.port, "root", known_hosts=str(home / "known"), ssh_config="none")


async def test_the_key_is_added_once(door: Door, home: Path) -> None:
    admin = Admin(secrets=(PASSWORD, PASSWORD))
    assert await install_key(at(door, home), PUBLIC, admin, QUICK)
    assert door.file.read_text() == f"{PUBLIC}\n"
    assert door.file.stat().st_mode & 0o777 == 0o600
    assert door.file.parent.stat().st_mode & 0o777 == 0o700
    assert not await install_key(at(door, home), PUBLIC, admin, QUICK)
    assert door.file.read_text() == f"{PUBLIC}\n"
    assert len(admin.questions) == 1
    assert admin.asked == [f"the password of root@127.0.0.1 port {door.port}"] * 2


async def test_a_file_without_an_end_of_line_keeps_its_keys(door: Door, home: Path) -> None:
    door.file.parent.mkdir()
    door.file.write_text("ssh-rsa AAAA other")
    assert await install_key(at(door, home), PUBLIC, Admin(secrets=(PASSWORD,)), QUICK)
    assert door.file.read_text() == f"ssh-rsa AAAA other\n{PUBLIC}\n"


async def test_a_wrong_password_is_asked_for_again_and_told_nowhere(
    door: Door, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert await install_key(at(door, home), PUBLIC, Admin(secrets=("wrong-word-77", PASSWORD)), QUICK)
    assert door.tried == ["wrong-word-77", PASSWORD]
    with pytest.raises(Denied) as refused:
        await install_key(at(door, home), PUBLIC, Admin(secrets=("wrong-word-77", "wrong-word-77", None)), QUICK)
    assert "was not given, or was refused" in str(refused.value)
    for text in (caplog.text, str(refused.value), refused.value.remedy):
        assert PASSWORD not in text
        assert "wrong-word-77" not in text


async def test_no_password_is_asked_for_before_the_host_key_is_trusted(door: Door, home: Path) -> None:
    admin = Admin(trust=False, secrets=(PASSWORD,))
    with pytest.raises(HostKeyRefused):
        await install_key(at(door, home), PUBLIC, admin, QUICK)
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    (home / "known").write_text(f"[127.0.0.1]:{door.port} {other}\n")
    with pytest.raises(HostKeyChanged):
        await install_key(at(door, home), PUBLIC, admin, QUICK)
    assert (admin.asked, door.tried) == ([], [])


async def test_a_node_that_takes_no_password_or_is_away(door: Door, home: Path) -> None:
    door.takes_passwords = False
    with pytest.raises(Denied, match="refused") as refused:
        await install_key(at(door, home), PUBLIC, Admin(secrets=(PASSWORD, PASSWORD, PASSWORD)), QUICK)
    assert "PasswordAuthentication" in refused.value.remedy
    away = NodeAddress("node1", "127.0.0.1", 1, "root", known_hosts=str(home / "known"), ssh_config="none")
    with pytest.raises(Unreachable):
        await install_key(away, PUBLIC, Admin(secrets=(PASSWORD,)), QUICK)


async def test_what_the_node_refuses_is_told(door: Door, home: Path) -> None:
    door.file.parent.mkdir()
    door.file.mkdir()
    with pytest.raises(Denied, match="could not be added"):
        await install_key(at(door, home), PUBLIC, Admin(secrets=(PASSWORD,)), QUICK)


def test_a_key_pair_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "heketi"
    made = make_key(path, "heketi@bastion")
    assert made.is_new
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (path.parent / "heketi.pub").read_text().strip() == made.public
    assert made.public.endswith(" heketi@bastion")
    assert asyncssh.read_private_key(path).get_fingerprint() == made.fingerprint
    again = make_key(path)
    assert not again.is_new
    assert again.fingerprint == made.fingerprint
    assert "PRIVATE" not in repr(made)


def test_keys_that_heketi_can_not_use(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("no key")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="open to other users"):
        make_key(path)
    path.chmod(0o600)
    with pytest.raises(ValueError, match="is no private key"):
        make_key(path)
    locked = asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh", passphrase="words")
    path.write_bytes(locked)
    with pytest.raises(ValueError, match="is encrypted"):
        make_key(path)
    path.write_bytes(asyncssh.generate_private_key("ssh-rsa").export_private_key("openssh"))
    with pytest.raises(ValueError, match="RSA"):
        make_key(path)


def test_private_files(tmp_path: Path) -> None:
    path = tmp_path / "heketi.json"
    write_private(path, "one")
    write_private(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_private(path, "three", replace=False)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".heketi")] == []
