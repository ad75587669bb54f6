"""Deciding about a host key that asyncssh did not accept: ask the admin, or refuse loudly."""

import asyncio
from pathlib import Path

from asyncssh import SSHKey

from tui.core.asker import Asker, HostKeyQuestion
from tui.remote.errors import HostKeyChanged, HostKeyRefused
from tui.remote.hostkeys import Entry, HostKeys, host_pattern


class Trust:
    """The admin's answers about host keys. Each host is asked about once, however many wait for it."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._asking: dict[tuple[str, int, str], asyncio.Lock] = {}
        self._refused: set[tuple[str, int, str]] = set()
        self._files: dict[tuple[Path | None, tuple[Path, ...]], HostKeys] = {}

    def files(self, keep: Path | None, files: tuple[Path, ...]) -> HostKeys:
        """The known_hosts files, the same object for the same files: it may remember keys."""
        return self._files.setdefault((keep, files), HostKeys(files, keep))

    async def settle(self, node: str, host: str, addr: str, port: int, key: SSHKey, files: HostKeys) -> None:
        """Return when the key may be trusted now; else raise HostKeyRefused or HostKeyChanged.

        A no is kept until `forget_refusals`, so that reconnecting does not ask again and again.
        """
        question = (host, port, key.get_fingerprint())
        async with self._asking.setdefault(question, asyncio.Lock()):
            known = await asyncio.to_thread(files.lookup, host, addr, port)
            if key in known.trusted and key not in known.revoked:
                return
            if key in known.revoked:
                raise revoked(node, host, port)
            if known.own:
                raise changed(node, host, port, key, await asyncio.to_thread(files.entries, host, addr, port))
            if question in self._refused or not await self._asker.host_key(
                HostKeyQuestion(node, host, port, key.get_algorithm(), key.get_fingerprint())
            ):
                self._refused.add(question)
                raise unknown(node, host, port, key)
            try:
                await asyncio.to_thread(files.remember, host, port, key)
            except OSError as problem:
                raise unwritable(node, files, problem) from problem

    def forget_refusals(self) -> None:
        """Ask again about keys that were refused."""
        self._refused.clear()


def unknown(node: str, host: str, port: int, key: SSHKey) -> HostKeyRefused:
    """Nobody vouched for the key."""
    algorithm = key.get_algorithm()
    kind = algorithm.removeprefix("ssh-").split("-")[0]
    return HostKeyRefused(
        node,
        f"the host key of {host} port {port} is unknown and was not accepted: {algorithm} {key.get_fingerprint()}",
        f"On the node, `ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub` must print the same fingerprint. "
        f"Then accept it: open brickyard and say yes, or log in once with `ssh -p {port} {host}`.",
    )


def changed(node: str, host: str, port: int, key: SSHKey, entries: list[Entry]) -> HostKeyChanged:
    """Another key than the known one: never asked about, since a yes would be given in haste."""
    same = [entry for entry in entries if entry.algorithm == key.get_algorithm()]
    entry = next(iter(same or entries), None)
    expected, place, file = "another key", "known_hosts", "~/.ssh/known_hosts"
    if entry:
        expected, place = f"{entry.algorithm} {entry.fingerprint}", f"{entry.file}, line {entry.line}"
        file = str(entry.file)
    return HostKeyChanged(
        node,
        f"THE HOST KEY OF {host} port {port} HAS CHANGED: expected {expected} ({place}), "
        f"got {key.get_algorithm()} {key.get_fingerprint()}. Nothing was sent to it",
        "Somebody may be listening in between, or the node was installed anew. If you know that it was, remove the "
        f"old key with `ssh-keygen -R '{host_pattern(host, port)}' -f {file}` and connect again.",
    )


def revoked(node: str, host: str, port: int) -> HostKeyRefused:
    """The key stands behind @revoked."""
    return HostKeyRefused(
        node,
        f"{host} port {port} shows a host key that is marked @revoked in known_hosts",
        "Somebody declared this key stolen. Give the node a new host key, and tell those who revoked it.",
    )


def unwritable(node: str, files: HostKeys, problem: OSError) -> HostKeyRefused:
    """The answer could not be kept."""
    return HostKeyRefused(
        node,
        f"the accepted host key can't be written to {files.keep}: {problem.strerror or problem}",
        "Make the file writable, or name another one as known_hosts in the ssh settings of the site.",
    )
