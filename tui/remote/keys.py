"""Private keys: which ones are offered to a node, and how an encrypted one is opened.

A passphrase is never kept: the opened key is, in memory, until the program ends.
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from tui.core.asker import Asker
from tui.remote.errors import Denied

DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
TRIES = 3
_NO_BCRYPT = "OpenSSH private key encryption requires bcrypt"

# A file that asyncssh reads by itself (it then finds FILE-cert.pub too), an opened key, one with its certificate,
# or a key that the agent holds.
KeyArgument = str | asyncssh.SSHKey | tuple[asyncssh.SSHKey, str] | asyncssh.SSHKeyPair


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What is offered at a login, and in words what that is. Empty: what asyncssh finds by itself."""

    keys: tuple[KeyArgument, ...] = ()
    tried: tuple[str, ...] = ()


class KeyRing:
    """Private keys from files. An encrypted one is asked for once, however many logins wait for it."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._opened: dict[str, asyncssh.SSHKey] = {}
        self._refused: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._agents: dict[str, asyncssh.SSHAgentClient] = {}

    async def choose(self, node: str, files: Sequence[str], agent: str) -> KeyChoice:
        """The keys named for a site: from the file, from the agent where it holds an encrypted one, else asked for.

        Raises Denied where a file is missing or is no key, or its passphrase is not given.
        """
        keys: list[KeyArgument] = []
        tried: list[str] = []
        for name in files:
            path = os.path.expanduser(name)  # noqa: ASYNC240  (looks at $HOME, not at a disk)
            public = await asyncio.to_thread(_public_data, path)
            kind = "public" if path.endswith(".pub") else await asyncio.to_thread(_kind, node, path)
            if kind == "plain":
                keys.append(path)
            elif public in (held := await self.agent_keys(agent)):
                keys.append(held[public])
            elif kind == "encrypted":
                keys.append(await self.open(node, path))
            tried.append(path)
        return KeyChoice(tuple(keys), tuple(tried))

    async def more(self, node: str, files: Sequence[str], agent: str) -> KeyChoice:
        """Encrypted keys of the ssh config, or the usual ones, that neither agent nor asyncssh could offer."""
        held = await self.agent_keys(agent)
        keys: list[KeyArgument] = []
        tried: list[str] = []
        for path in await asyncio.to_thread(existing_keys, files):
            if await asyncio.to_thread(_kind, node, path) != "encrypted":
                continue
            if await asyncio.to_thread(_public_data, path) in held or path in self._refused:
                continue
            keys.append(await self.open(node, path))
            tried.append(path)
        return KeyChoice(tuple(keys), tuple(tried))

    async def open(self, node: str, path: str) -> KeyArgument:
        """Decrypt a key, asking for its passphrase up to three times; raises Denied when it is not given."""
        async with self._locks.setdefault(path, asyncio.Lock()):
            if path not in self._opened:
                self._opened[path] = await self._ask(node, path)
        key = self._opened[path]
        certificate = path + "-cert.pub"
        return (key, certificate) if await asyncio.to_thread(os.path.exists, certificate) else key

    async def _ask(self, node: str, path: str) -> asyncssh.SSHKey:
        for _ in range(TRIES):
            phrase = None if path in self._refused else await self._asker.passphrase(path)
            if phrase is None:
                break
            try:
                return await asyncio.to_thread(asyncssh.read_private_key, path, phrase)
            except asyncssh.KeyEncryptionError as problem:
                if _NO_BCRYPT in str(problem):
                    raise _no_bcrypt(node, path) from None
            except asyncssh.KeyImportError as problem:
                if _NO_BCRYPT in str(problem):
                    raise _no_bcrypt(node, path) from None
        self._refused.add(path)
        raise Denied(
            node,
            f"the private key {path} is encrypted and its passphrase was not given",
            f"Load it into the agent with `ssh-add {path}`, or connect again and type the passphrase.",
        )

    async def agent_keys(self, path: str) -> dict[bytes, asyncssh.SSHKeyPair]:
        """The keys that the SSH agent holds, by public key; none where there is no agent."""
        if not path:
            return {}
        try:
            if path not in self._agents:
                self._agents[path] = await asyncssh.connect_agent(path)
            return {pair.public_data: pair for pair in await self._agents[path].get_keys()}
        except (OSError, ValueError):
            # a dead socket in SSH_AUTH_SOCK is common on bastions and stops nothing: files are used
            return {}

    async def close(self) -> None:
        """Let go of the agents."""
        for agent in self._agents.values():
            agent.close()
            await agent.wait_closed()

    def forget_refusals(self) -> None:
        """Ask again for passphrases that were not given."""
        self._refused.clear()


def existing_keys(files: Sequence[str]) -> list[str]:
    """Those of the files (or of the usual ones in ~/.ssh) that are there."""
    paths = [Path(name).expanduser() for name in files] or [Path("~/.ssh", name).expanduser() for name in DEFAULT_KEYS]
    return [str(path) for path in paths if path.is_file()]


def _public_data(path: str) -> bytes:
    """The public half of a key file without its passphrase: from FILE.pub, or from the file where it says it."""
    for name in (path, path + ".pub"):
        try:
            return asyncssh.read_public_key(name).public_data
        except (OSError, asyncssh.KeyImportError):
            continue
    return b""


def _kind(node: str, path: str) -> str:
    """Whether a private key file is "plain" or "encrypted"; raises Denied where it is neither."""
    try:
        asyncssh.read_private_key(path)
    except OSError as problem:
        raise Denied(
            node,
            f"the private key {path} can't be read: {problem.strerror or problem}",
            "Name the right file as `key` in the ssh settings of the site.",
        ) from None
    except asyncssh.KeyEncryptionError:
        return "encrypted"
    except asyncssh.KeyImportError as problem:
        if "assphrase" in str(problem):
            return "encrypted"
        raise Denied(
            node,
            f"{path} is not a private key that can be read: {problem}",
            "Name a private key in OpenSSH or PEM format as `key` in the ssh settings of the site.",
        ) from None
    return "plain"


def _no_bcrypt(node: str, path: str) -> Denied:
    return Denied(
        node,
        f"the private key {path} is encrypted in OpenSSH's format, which the Python package bcrypt decrypts",
        f"Install bcrypt beside brickyard, or load the key into the agent with `ssh-add {path}`.",
    )
