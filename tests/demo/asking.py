"""A real SSH client for the simulated nodes, with the real renderer of scripts."""

import json
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh

from tui.core.plan import Command, Result
from tui.demo.node import SimNode
from tui.demo.site import DemoSite
from tui.dialects.shell import render, split

CAPTURES = Path(__file__).parents[1] / "data" / "captures" / "node"
MASKS = (
    (r"[0-9A-Za-z]{6}(-[0-9A-Za-z]{4}){5}-[0-9A-Za-z]{6}", "LVMUUID"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"sh: \d+:", "sh: N:"),
    (r"char \d+,", "char N,"),
    (r"PTUUID=[0-9a-f]{8}\b", "PTUUID=DOS"),
)


def capture(name: str) -> list[dict[str, Any]]:
    """What real nodes answered."""
    found: list[dict[str, Any]] = json.loads((CAPTURES / name).read_text())
    return found


def masked(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, word in MASKS:
        text = re.sub(pattern, word, text)
    return text


@asynccontextmanager
async def connected(site: DemoSite, node: SimNode, **more: Any) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """An open connection to a node, as the app makes one."""
    known = {"known_hosts": str(site.known_hosts), "client_keys": [str(site.key_path)], "username": "root"}
    async with asyncssh.connect(node.address, node.port, config=None, **(known | more)) as connection:
        yield connection


async def ask(
    connection: asyncssh.SSHClientConnection, commands: Sequence[Command | tuple[str, ...]], **options: Any
) -> list[Result]:
    """Run a batch as the app does."""
    batch = [c if isinstance(c, Command) else Command(c) for c in commands]
    mark = secrets.token_hex(8)
    answer = await connection.run("sh -s", input=render(batch, mark, **options))
    return split(batch, mark, str(answer.stdout), str(answer.stderr))
