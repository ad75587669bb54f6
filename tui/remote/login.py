"""One login: settings from the site and the ssh config, the host key, the keys; then a live connection.

asyncssh asks about host keys in a plain callback that can't wait for a human. So an unknown key
ends the first attempt, the admin is asked while nothing is open, and a second attempt follows.
The same goes for the passphrases of keys that nobody named for the site.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncssh
from asyncssh.public_key import get_default_public_key_algs

from tui.core.address import NodeAddress
from tui.core.asker import Asker
from tui.remote import refusals
from tui.remote.errors import Denied, HostKeyRefused, RemoteError
from tui.remote.hostkeys import HostKeys
from tui.remote.keys import KeyChoice, KeyRing, existing_keys
from tui.remote.limits import Limits
from tui.remote.resolve import Resolved
from tui.remote.trust import Trust, revoked

MOST_ATTEMPTS = 6


class Client(asyncssh.SSHClient):
    """Notes how far a login came, and which host key was shown and not accepted."""

    def __init__(self) -> None:
        self.connection: asyncssh.SSHClientConnection | None = None
        self.shown: tuple[str, str, int, asyncssh.SSHKey] | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """TCP works."""
        self.connection = conn

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Asked about a key that is in no file: never accepted here."""
        self.shown = (host, addr, port, key)
        return False


@dataclass(slots=True)
class _Way:
    """All that one login knows, from attempt to attempt."""

    address: NodeAddress
    resolved: Resolved
    files: HostKeys
    tunnel: asyncssh.SSHClientConnection | None
    via: str
    choice: KeyChoice
    named_keys_only: bool
    client: Client = field(default_factory=Client)
    asked_for_keys: bool = False
    dropped: bool = False


class Logins:
    """Logs in to hosts, at most `limits.logins` at once. Shares the admin's answers among them."""

    def __init__(self, asker: Asker, limits: Limits) -> None:
        self._limits = limits
        self.free = limits.logins
        self._slots = asyncio.Semaphore(limits.logins)
        self.trust = Trust(asker)
        self.keys = KeyRing(asker)

    async def login(
        self, address: NodeAddress, resolved: Resolved, tunnel: asyncssh.SSHClientConnection | None, via: str
    ) -> asyncssh.SSHClientConnection:
        """A live connection, through `tunnel` where one is given (`via` names it). Raises RemoteError."""
        files = self.trust.files(resolved.keep, resolved.known_hosts)
        choice = await self.keys.choose(address.name, address.key_files, resolved.agent)
        way = _Way(address, resolved, files, tunnel, via, choice, bool(address.key_files))
        for _ in range(MOST_ATTEMPTS):
            way.client = Client()
            try:
                return await self._attempt(way)
            except (asyncssh.Error, OSError, ValueError) as problem:
                await self._amend(way, problem)
        raise HostKeyRefused(
            address.name,
            f"{resolved.place} shows another host key at each login",
            "Several machines may share this address; give each node its own.",
        )

    def forget_refusals(self) -> None:
        """Ask again about host keys and passphrases that were refused."""
        self.trust.forget_refusals()
        self.keys.forget_refusals()

    async def close(self) -> None:
        """Let go of the SSH agents."""
        await self.keys.close()

    async def _attempt(self, way: _Way) -> asyncssh.SSHClientConnection:
        """One connection and login, within the login timeout."""
        arguments = await asyncio.to_thread(self._arguments, way)
        async with self._slots:
            self.free -= 1
            try:
                async with asyncio.timeout(self._limits.login_timeout) as clock:
                    return await asyncssh.connect(
                        way.address.target, tunnel=way.tunnel, client_factory=lambda: way.client, **arguments
                    )
            except TimeoutError as problem:
                seconds = self._limits.login_timeout if clock.expired() else 0
                place = way.resolved.place + (f" (through {way.via})" if way.via else "")
                reached = way.client.connection is not None
                raise refusals.timed_out(way.address.name, place, reached=reached, seconds=seconds) from problem
            finally:
                self.free += 1

    async def _amend(self, way: _Way, problem: Exception) -> None:
        """Change what made the attempt fail, so that another makes sense; else raise the reason."""
        if isinstance(problem, asyncssh.HostKeyNotVerifiable):
            await self._settle_host_key(way, problem)
        elif isinstance(problem, asyncssh.PermissionDenied):
            await self._find_more_keys(way)
        elif isinstance(problem, (asyncssh.ConnectionLost, ConnectionResetError)) and not way.dropped:
            way.dropped = True
            await asyncio.sleep(random.uniform(0.1, 0.5))  # noqa: S311  (spreads logins, keeps no secret)
        else:
            raise self._failure(way, problem) from problem

    async def _settle_host_key(self, way: _Way, problem: asyncssh.HostKeyNotVerifiable) -> None:
        if way.client.shown is None:
            raise self._failure(way, problem) from problem
        host, addr, port, key = way.client.shown
        if way.resolved.alias:
            addr, port = "", way.resolved.known_port
        await self.trust.settle(way.address.name, host, addr, port, key, way.files)

    async def _find_more_keys(self, way: _Way) -> None:
        """After a denial: other keys have their turn, and encrypted ones of the ssh config are worth a question."""
        address, resolved = way.address, way.resolved
        if way.named_keys_only and not address.only_keys:
            way.named_keys_only, way.choice = False, KeyChoice()
            return
        if not way.named_keys_only and not way.asked_for_keys:
            way.asked_for_keys = True
            more = await self.keys.more(address.name, resolved.identity_files, resolved.agent)
            if more.keys:
                way.choice = more
                return
        raise await self._denied(way)

    async def _denied(self, way: _Way) -> Denied:
        tried = way.choice.tried
        if not way.named_keys_only:
            tried = (*existing_keys(way.resolved.identity_files), *tried)
            held = len(await self.keys.agent_keys(way.resolved.agent))
            keys = "1 key" if held == 1 else f"{held} keys"
            tried = (f"{keys} of the SSH agent", *tried) if held else tried
        resolved = way.resolved
        return refusals.denied(
            way.address.name, resolved.user, resolved.host, resolved.port, tuple(dict.fromkeys(tried))
        )

    def _failure(self, way: _Way, problem: Exception) -> RemoteError:
        resolved = way.resolved
        if "revoked" in str(problem) and isinstance(problem, asyncssh.HostKeyNotVerifiable):
            return revoked(way.address.name, resolved.host, resolved.port)
        return refusals.login_failure(way.address.name, resolved.host, resolved.port, problem, way.via)

    def _arguments(self, way: _Way) -> dict[str, Any]:
        """What asyncssh.connect is called with; reads known_hosts and key files."""
        limits, resolved = self._limits, way.resolved
        arguments: dict[str, Any] = {
            **resolved.options,
            "known_hosts": _trusted(way),
            "keepalive_interval": limits.keepalive,
            "keepalive_count_max": limits.keepalive_count,
            "connect_timeout": None,
            "login_timeout": 0,
        }
        if way.choice.keys:
            arguments["client_keys"] = list(way.choice.keys)
            arguments["agent_path"] = None
        if not resolved.pins_algorithms:
            known = way.files.lookup(resolved.alias or resolved.host, "", resolved.known_port)
            if not known.authorities:
                arguments["server_host_key_algs"] = _algorithms(known.trusted)
        return arguments


def _trusted(way: _Way) -> Callable[[str, str, int | None], Sequence[Sequence[asyncssh.SSHKey]]]:
    """The lookup that asyncssh asks when the host shows its key."""
    resolved = way.resolved

    def lookup(host: str, addr: str, port: int | None) -> Sequence[Sequence[asyncssh.SSHKey]]:
        known = way.files.lookup(host, "" if resolved.alias else addr, resolved.known_port)
        return known.trusted, known.authorities, known.revoked

    return lookup


def _algorithms(trusted: Sequence[asyncssh.SSHKey]) -> list[str]:
    """Types of known keys first, then all others: a host that shows another type is told apart from one
    that can't talk to us. Certificates are left out where no authority is known to check them."""
    known = [name for key in trusted for name in key.sig_algorithms]
    return [name.decode() for name in dict.fromkeys([*known, *get_default_public_key_algs()])]
