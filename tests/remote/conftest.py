"""Servers, a home of our own, and admins who answer as told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.remote.server import Node
from tui.core.asker import Asker, HostKeyQuestion, RefusingAsker
from tui.core.plan import Command
from tui.remote.ssh import Limits, NodeAddress, SshPool

QUICK = Limits(login_timeout=5, backoff_first=0.001, backoff_most=0.002)


class Admin:
    """Answers questions and keeps them."""

    def __init__(
        self, trust: bool = True, passphrases: tuple[str | None, ...] = (), secrets: tuple[str | None, ...] = ()
    ) -> None:
        self.trust, self.phrases, self.secrets = trust, list(passphrases), list(secrets)
        self.questions: list[HostKeyQuestion] = []
        self.paths: list[str] = []
        self.asked: list[str] = []

    async def host_key(self, question: HostKeyQuestion) -> bool:
        self.questions.append(question)
        return self.trust

    async def passphrase(self, path: str) -> str | None:
        self.paths.append(path)
        return self.phrases.pop(0) if self.phrases else None

    async def secret(self, what: str) -> str | None:
        self.asked.append(what)
        return self.secrets.pop(0) if self.secrets else None


def sh(text: str, timeout: float = 20, ok: tuple[int, ...] = (0,), stdin: str = "") -> Command:
    """A command that a shell of its own runs."""
    return Command(("sh", "-c", text), timeout=timeout, ok=ok, stdin=stdin)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the ssh config, keys or agent of whoever runs it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / ".ssh").mkdir(mode=0o700)
    return tmp_path


StartNode = Callable[..., Awaitable[Node]]
MakePool = Callable[..., SshPool]
At = Callable[..., NodeAddress]


@pytest.fixture
async def node() -> AsyncIterator[StartNode]:
    """Starts servers; all are stopped in the end."""
    nodes: list[Node] = []

    async def start(**behaviour: object) -> Node:
        nodes.append(await Node(**behaviour).start())  # type: ignore[arg-type]
        return nodes[-1]

    yield start
    for one in nodes:
        await one.stop()


@pytest.fixture
async def pool() -> AsyncIterator[MakePool]:
    """Makes pools; all are closed in the end."""
    pools: list[SshPool] = []

    def make(*addresses: NodeAddress, asker: Asker | None = None, limits: Limits = QUICK) -> SshPool:
        made = SshPool(asker or RefusingAsker(), limits)
        for address in addresses:
            made.add(address)
        pools.append(made)
        return made

    yield make
    for one in pools:
        await one.close()


@pytest.fixture
def at(home: Path) -> At:
    """The address of a server that known_hosts trusts."""

    def address(node: Node, name: str = "node1", **more: object) -> NodeAddress:
        known = node.write_known_hosts(home / "known")
        fields = {"host": "127.0.0.1", "port": node.port, "user": "admin", "known_hosts": known, **more}
        return NodeAddress(name, **fields)  # type: ignore[arg-type]

    return address
