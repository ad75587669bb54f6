"""The lock on one node, shared by all operations of this process, and taken again after a broken connection."""

import asyncio
import contextlib
import os
import random
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tui.core.plan import Command, Refused, Result
from tui.core.runner import OnOutput
from tui.dialects import lock
from tui.dialects.failures import explain
from tui.remote.errors import RemoteError

if TYPE_CHECKING:
    from tui.remote.hold import Hold, Pulse


class Holder(Protocol):
    """Who runs batches and holds programs on nodes: `tui.remote.ssh.SshPool`."""

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """See `tui.core.runner.Runner`."""
        ...

    async def hold(self, node: str, command: Command, pulse: "Pulse | None" = None) -> "Hold":
        """Start a program that lives as long as we do. Raises NotHeld, or another RemoteError."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How locks are held. Seconds; `away` is how long a node that went away is waited for.

    A node frees a lock after `patience` without a heartbeat, so that `away` must be longer: our
    own lost channel may hold it until then.
    """

    interval: float = 10.0
    patience: float = 30.0
    away: float = 45.0
    path: str = lock.LOCK_FILE


class HolderIsDead(Refused):
    """The lock is held by a process of this machine that is there no more."""


class NodeLock:
    """One node's lock. The first user takes it, the last one frees it.

    `lost` is the sentence why it is lost for good: somebody else had the node meanwhile.
    `away` is set while the node did not come back in time. `settled` is clear while a lock whose
    connection broke is taken again.
    """

    def __init__(self, pool: Holder, node: str, who: str, terms: Terms) -> None:
        self.node, self.users, self.lost = node, 0, ""
        self.away: RemoteError | None = None
        self.settled = asyncio.Event()
        self.watchers: list[Callable[[], None]] = []
        self._pool, self._who, self._terms = pool, who, terms
        self._turn = asyncio.Lock()
        self._record = lock.LockRecord(who, 0, "", "")
        self._hold: Hold | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether the lock is ours for sure now."""
        return self._hold is not None and self._hold.alive

    async def join(self, what: str) -> None:
        """Use the lock. Raises Refused with the holder's name, or RemoteError where the node can't be reached."""
        async with self._turn:
            if self.lost:
                raise Refused(self.lost)
            if not self.users:
                process = os.getpid()
                self._record = lock.LockRecord(self._who, time.time(), what, secrets.token_hex(8), process)
                self._hold = await self._take_first()
                self._start_watch()
            self.users += 1

    async def leave(self) -> None:
        """Use it no longer."""
        async with self._turn:
            self.users -= 1
            if self.users:
                return
            if self._watch:
                self._watch.cancel()
                await asyncio.wait([self._watch])
            self.lost, self.away, self._watch = "", None, None
            hold, self._hold = self._hold, None
            if hold:
                await hold.release()

    async def come_back(self) -> None:
        """Try once more where the node did not come back in time. Raises RemoteError where it is still away."""
        async with self._turn:
            if self.away is None or self.lost or not self.users:
                return
            try:
                self._hold = await self._take(again=True)
            except Refused as taken:
                self._give_up(taken.sentence)
            else:
                self._start_watch()

    def _start_watch(self) -> None:
        self.away = None
        self.settled.set()
        self._watch = asyncio.create_task(self._keep(), name=f"lock {self.node}")

    async def _keep(self) -> None:
        """After a broken connection take the lock again, unless somebody else had it in between."""
        while self._hold is not None:
            await self._hold.lost.wait()
            self.settled.clear()
            try:
                self._hold = await self._regain()
            except Refused as taken:
                self._give_up(taken.sentence)
                return
            except RemoteError as away:
                self.away = away
                return
            finally:
                self.settled.set()

    def _give_up(self, reason: str) -> None:
        self.lost = f"the lock on {self.node} was lost: {reason}"
        for watcher in tuple(self.watchers):
            watcher()

    async def _regain(self) -> "Hold":
        """Raises Refused where another holder was there, RemoteError where the node stays away."""
        deadline = time.monotonic() + self._terms.away
        while True:
            try:
                return await self._take(again=True)
            except RemoteError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(random.uniform(0.2, 1.0))  # noqa: S311 - jitter, no secret

    async def _take_first(self) -> "Hold":
        """What a dead process of this machine holds is waited for: its node frees it in a moment."""
        deadline = time.monotonic() + self._terms.patience
        while True:
            try:
                return await self._take(again=False)
            except HolderIsDead:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(random.uniform(0.2, 0.6))  # noqa: S311 - jitter, no secret

    async def _take(self, *, again: bool) -> "Hold":
        from tui.remote.hold import NotHeld, Pulse  # it imports the SSH library

        terms = self._terms
        command = lock.take(self._record, terms.patience, again=again, path=terms.path)
        try:
            return await self._pool.hold(self.node, command, Pulse(terms.interval, terms.patience))
        except NotHeld as refused:
            if refused.code in (lock.BUSY, lock.TAKEN):
                holder = await self._holder()
                if again and holder and holder.token == self._record.token:
                    raise  # our own channel, which is broken and not yet ended by the node
                if refused.code == lock.TAKEN:
                    raise Refused(_taken(holder)) from refused
                is_dead = holder is not None and holder.who == self._who and not _lives(holder.process)
                kind = HolderIsDead if is_dead else Refused
                raise kind(lock.busy(holder, self.node, time.time(), self._who)) from refused
            why = explain(Result(command, refused.code, stderr=refused.said))
            raise Refused(
                f"{self.node} can't be locked: {why.reason}", (why.remedy,) if why.remedy else ()
            ) from refused

    async def _holder(self) -> lock.LockRecord | None:
        """Who holds the lock; asked again where the holder has not written its name yet."""
        record = None
        for _ in range(3):
            with contextlib.suppress(RemoteError):
                results = await self._pool.run(self.node, [lock.read_holder(self._terms.path)])
                record = lock.parse_record(results[0].stdout) if results else None
            if record:
                break
            await asyncio.sleep(0.1)
        return record


def _taken(holder: lock.LockRecord | None) -> str:
    name = f"{holder.who} ({holder.what})" if holder else "somebody else"
    return f"the connection broke, and {name} changed the cluster meanwhile"


def _lives(process: int) -> bool:
    """Whether a process is on this machine; 0 is one that is not known."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
