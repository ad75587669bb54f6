"""Commands on nodes over SSH: one connection a node, a few channels on it, one batch a channel."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

import asyncssh

from tui.core.address import NodeAddress, jump_address, shell_argv
from tui.core.asker import Asker
from tui.core.plan import Command, Result
from tui.core.runner import OnOutput
from tui.remote.channel import Batch, Channel, stopped
from tui.remote.connection import Link, LinkState, Live, Phase
from tui.remote.errors import CommandTimeout, ConnectionLost, Denied, RemoteError, Unreachable
from tui.remote.hold import Hold, HoldChannel, Pulse
from tui.remote.limits import Limits
from tui.remote.login import Logins
from tui.remote.routes import Routes

__all__ = ["Limits", "LinkState", "NodeAddress", "Phase", "SshPool"]

# its messages on lower levels tell users, hosts and commands to whatever log the program has
logging.getLogger("asyncssh").setLevel(logging.WARNING)

ALONE_TRIES, ALONE_PAUSE = 6, 0.05
T_co = TypeVar("T_co", covariant=True)


class _Opening(Protocol[T_co]):
    """What is done on a channel once it is open."""

    async def open(self, connection: asyncssh.SSHClientConnection) -> None: ...

    async def run(self) -> T_co: ...


class SshPool:
    """Runs commands on nodes; a `tui.core.runner.Runner`.

    Nodes are told with `add`. Connections are made by the first command that needs them and kept.
    Belongs to one event loop.
    """

    def __init__(self, asker: Asker, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._logins = Logins(asker, self._limits)
        self._nodes: dict[str, NodeAddress] = {}
        self._links: dict[str, Link] = {}
        self._routes = Routes(self._logins, self._limits)

    def add(self, address: NodeAddress) -> None:
        """Make a node known. An address that differs from the one before replaces it and its connection.

        Raises ValueError where a jump host can't be read.
        """
        for spec in address.jump:
            jump_address(spec, address)
        if self._nodes.get(address.name) == address:
            return
        self.remove(address.name)
        self._nodes[address.name] = address
        self._links[address.name] = Link(address.name, lambda force: self._routes.connect(address, force), self._limits)

    def remove(self, node: str) -> None:
        """Forget a node and end its connection."""
        self._nodes.pop(node, None)
        if link := self._links.pop(node, None):
            link.abort()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes that are known."""
        return tuple(self._nodes)

    @property
    def free_logins(self) -> int:
        """How many more logins may start now."""
        return self._logins.free

    def state(self, node: str) -> LinkState:
        """Where the connection to a node stands; `str()` reads "connected", "waiting 12 s", "never"..."""
        link = self._links.get(node)
        return link.state if link else LinkState(Phase.NEVER)

    def shell_argv(self, node: str) -> list[str]:
        """The plain `ssh` command that opens a shell on the node for a human. Raises KeyError."""
        return shell_argv(self._nodes[node])

    async def run(
        self,
        node: str,
        commands: Sequence[Command],
        *,
        stop: bool = True,
        on_output: OnOutput | None = None,
        force: bool = False,
    ) -> list[Result]:
        """Run a batch on a node, as `tui.core.runner.Runner` says.

        With `force` (the admin pressed a key) a node that waits after a failure is tried at once,
        and a host key or passphrase that was refused is asked about again. Raises RemoteError.
        """
        link = self._link(node)
        if not commands:
            return []
        if force:
            self._logins.forget_refusals()
        batch = Batch(node, tuple(commands), stop, self._nodes[node].sudo, on_output)
        try:
            results = await self._on_channel(link, lambda live: self._channel(batch, live), force)
        except ConnectionLost as lost:
            if any(result.code is not None for result in lost.results):
                link.worked()
            elif not isinstance(lost, CommandTimeout):
                link.failed(lost)
            raise
        link.worked()
        return results

    async def close(self) -> None:
        """End all connections and logins, nodes before the jump hosts they stand behind."""
        await stopped()
        await asyncio.gather(*(link.close() for link in self._links.values()))
        await self._routes.close()
        await self._logins.close()

    async def hold(self, node: str, command: Command, pulse: Pulse | None = None) -> Hold:
        """Start a program that lives as long as we do (see `tui.remote.hold`) and wait for its first line.

        Its channel is one of the node's until it ends. Raises NotHeld with what the program said
        when it ended instead, or another RemoteError; nothing is held then.
        """
        link, beats = self._link(node), pulse or Pulse()

        def opening(live: Live) -> HoldChannel:
            if live.gate.held + 1 >= live.gate.limit:
                raise Denied(
                    node,
                    f"sshd allows {live.gate.limit} session(s) on a connection: none is left for a lock",
                    "Set MaxSessions in the node's sshd_config to 10, its default.",
                )
            sudo = self._nodes[node].sudo and not _is_root(live.connection)
            return HoldChannel(node, command, sudo, beats, self._limits, live.gate)

        held = await self._on_channel(link, opening, False)
        link.worked()
        return held

    def _link(self, node: str) -> Link:
        link = self._links.get(node)
        if link is None:
            raise Unreachable(node, "the node is not part of this site", "Add it to the configuration or the topology.")
        return link

    def _channel(self, batch: Batch, live: Live) -> Channel:
        """root needs no sudo; who we are may have been decided by the ssh config."""
        as_user = replace(batch, sudo=batch.sudo and not _is_root(live.connection))
        return Channel(as_user, self._limits, live.gate)

    async def _on_channel(self, link: Link, opening: Callable[[Live], _Opening[T_co]], force: bool) -> T_co:
        """Find a channel and do on it what is to be done.

        Until the script is handed over nothing was run, so that a refused channel or a connection
        that broke before is tried again.
        """
        alone, reconnected = 0, False
        while True:
            live = await link.live(force)
            async with live.gate.slot():
                channel = opening(live)
                try:
                    await channel.open(live.connection)
                except (asyncssh.Error, OSError) as problem:
                    if isinstance(problem, asyncssh.ChannelOpenError) and not live.connection.is_closed():
                        live.gate.refused()
                        alone = 0 if live.gate.opened > live.gate.held else alone + 1
                        _give_up(link.name, problem, alone, live.gate.held)
                    elif reconnected:
                        raise _broke_at_once(link, problem) from problem
                    else:
                        reconnected = True
                        link.broke_while_opening(live.gate.used)
                else:
                    return await channel.run()
            # alone on the connection nobody's end can be waited for: only time may help
            await asyncio.sleep(ALONE_PAUSE * 2**alone)


def _is_root(connection: asyncssh.SSHClientConnection) -> bool:
    return bool(connection.get_extra_info("username") == "root")


def _give_up(node: str, problem: asyncssh.ChannelOpenError, alone: int, held: int) -> None:
    """Raise where a refused channel is not worth another try."""
    if problem.code == asyncssh.OPEN_REQUEST_SESSION_FAILED:
        raise Denied(
            node,
            f"the node lets us log in, but runs no command: {problem.reason}",
            "Remove a forced command or ForceCommand for this user and key, or name another user.",
        )
    if alone > ALONE_TRIES:
        raise Unreachable(
            node,
            f"sshd opens no session on the connection: {problem.reason}",
            f"MaxSessions in the node's sshd_config must be at least {held + 1}; the node may also be out of memory.",
        )


def _broke_at_once(link: Link, problem: Exception) -> RemoteError:
    error = Unreachable(
        link.name,
        f"the connection broke twice before a command could start: {problem}",
        "Look at sshd's log on the node (journalctl -u ssh).",
    )
    link.failed(error)
    return error
