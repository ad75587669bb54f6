"""Private keys: encrypted ones, the agent, and what is said when one can't be used."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tests.remote.conftest import Admin, At, MakePool, StartNode, sh
from tests.remote.test_login import refusal
from tui.remote.errors import Denied
from tui.remote.ssh import Limits

AGAIN = Limits(login_timeout=5, backoff_first=0, backoff_most=0)
KEY = asyncssh.generate_private_key("ssh-ed25519")


def write_key(path: Path, phrase: str | None = None, form: str = "openssh") -> str:
    """KEY in a file, encrypted where a passphrase is given."""
    if phrase and form == "openssh":
        KEY.write_private_key(str(path), form, passphrase=phrase, rounds=50)
    else:
        KEY.write_private_key(str(path), form, passphrase=phrase)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def agent(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real ssh-agent."""
    socket = str(home / "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", socket)
    while not os.path.exists(socket):
        assert process.poll() is None
    yield socket
    process.terminate()
    process.wait()


@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem"])
async def test_an_encrypted_key_is_asked_for_once(
    node: StartNode, pool: MakePool, at: At, home: Path, form: str
) -> None:
    one, two = await node(client_keys=[KEY]), await node(client_keys=[KEY])
    path = write_key(home / "key", "open sesame", form)
    admin = Admin(passphrases=("open sesame",))
    runner = pool(at(one, key_files=(path,)), at(two, "node2", key_files=(path,)), asker=admin)
    await asyncio.gather(runner.run("node1", [sh("true")]), runner.run("node2", [sh("true")]))
    assert admin.paths == [path]


async def test_a_wrong_passphrase_is_asked_for_again(node: StartNode, pool: MakePool, at: At, home: Path) -> None:
    path = write_key(home / "key", "right")
    admin = Admin(passphrases=("wrong", "right"))
    await pool(at(await node(client_keys=[KEY]), key_files=(path,)), asker=admin).run("node1", [sh("true")])
    assert admin.paths == [path, path]


async def test_a_passphrase_that_is_not_given_is_not_asked_for_again(
    node: StartNode, pool: MakePool, at: At, home: Path
) -> None:
    path = write_key(home / "key", "phrase")
    admin = Admin()
    runner = pool(at(await node(client_keys=[KEY]), key_files=(path,)), asker=admin, limits=AGAIN)
    error = await refusal(runner)
    assert isinstance(error, Denied)
    assert error.reason == f"the private key {path} is encrypted and its passphrase was not given"
    assert f"ssh-add {path}" in error.remedy
    await refusal(runner)
    assert admin.paths == [path]
    admin.phrases = ["phrase"]
    await runner.run("node1", [sh("true")], force=True)
    assert admin.paths == [path, path]


async def test_the_agent_stands_in_for_an_encrypted_key(
    node: StartNode, pool: MakePool, at: At, home: Path, agent: str
) -> None:
    plain = write_key(home / "plain")
    subprocess.run(["ssh-add", "-q", plain], check=True)
    path = write_key(home / "key", "phrase")
    KEY.write_public_key(path + ".pub")
    admin = Admin()
    server = await node(client_keys=[KEY])
    await pool(at(server, key_files=(path,)), asker=admin).run("node1", [sh("true")])
    await pool(at(server, key_files=(path + ".pub",)), asker=admin).run("node1", [sh("true")])
    await pool(at(server), asker=admin).run("node1", [sh("true")])
    assert admin.paths == []
    stranger = await node(client_keys=[asyncssh.generate_private_key("ssh-ed25519")])
    assert "tried 1 key of the SSH agent" in (await refusal(pool(at(stranger)))).reason


async def test_a_usual_key_that_is_encrypted_is_asked_for_when_nothing_else_helps(
    node: StartNode, pool: MakePool, at: At, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home / "dead-socket"))
    path = write_key(home / ".ssh" / "id_ed25519", "phrase")
    admin = Admin(passphrases=("phrase",))
    await pool(at(await node(client_keys=[KEY])), asker=admin).run("node1", [sh("true")])
    assert admin.paths == [path]
    open_to_all = Admin()
    await pool(at(await node()), asker=open_to_all).run("node1", [sh("true")])
    assert open_to_all.paths == []


async def test_a_key_file_that_is_missing_or_no_key_is_named(
    node: StartNode, pool: MakePool, at: At, home: Path
) -> None:
    server = await node(client_keys=[KEY])
    missing = await refusal(pool(at(server, key_files=("~/gone",))))
    assert missing.reason == f"the private key {home}/gone can't be read: No such file or directory"
    (home / "junk").write_text("hello")
    assert f"{home}/junk is not a private key" in (await refusal(pool(at(server, key_files=("~/junk",))))).reason


async def test_a_passphrase_is_in_no_error(node: StartNode, pool: MakePool, at: At, home: Path) -> None:
    path = write_key(home / "key", "right")
    admin = Admin(passphrases=("s3cret-1", "s3cret-2", "s3cret-3"))
    error = await refusal(pool(at(await node(client_keys=[KEY]), key_files=(path,)), asker=admin))
    assert len(admin.paths) == 3
    assert "s3cret" not in repr(error) + str(error) + error.remedy + repr(error.__context__) + repr(error.__cause__)
