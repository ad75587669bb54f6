"""What the followers of all kinds share: the client, the tables, the pace, and whom to tell of changes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Protocol

from tui.core.kube_tables import KubeTables, PartState
from tui.remote.kube import KubeClient
from tui.sync.kube_memory import LongLived
from tui.sync.kube_pace import Contact, KubePace

State = Literal["live", "loading", "stale", "denied", "unreachable"]


class Follower(Protocol):
    """Keeps one kind true for as long as it runs."""

    settled: asyncio.Event
    """Set once it was read, or could not be read, for the first time."""

    async def run(self) -> None: ...


class Desk:
    """Shared by the followers of one cluster; it and they are the tables' only writers."""

    def __init__(
        self, client: KubeClient, tables: KubeTables, pace: KubePace, on_change: Callable[[], None],
        on_contact: Callable[[], None],
    ) -> None:  # fmt: skip
        self.client, self.tables, self.pace = client, tables, pace
        self.contact = Contact()
        self.memory = LongLived()
        self.watches = True
        """Whether what was read is followed; else it is read once."""
        self.lists = asyncio.Semaphore(pace.lists)
        self.classes_changed = asyncio.Event()
        self._on_change, self._on_contact = on_change, on_contact
        self._revision = tables.revision

    def reached(self) -> None:
        """The server answered."""
        if self.contact.made():
            self._on_contact()

    def changed(self) -> None:
        """Tell of changes, if there were any since the last time."""
        if self.tables.revision != self._revision:
            self._revision = self.tables.revision
            self._on_change()

    def note(self, kind: str, state: State, reason: str = "", only: str = "") -> None:
        """How well a kind is known from now on; while that stays the same, so does since when."""
        before = self.tables.parts.get(kind)
        part = PartState(state, time.time(), reason, only)
        if before is not None and before == replace(part, since=before.since):
            return
        if before is not None and before.state == state and state != "loading":
            part = replace(part, since=before.since)
        self.tables.set_part(kind, part)
        self.changed()

    def failed(self, kind: str, reason: str) -> None:
        """A kind can't be read now: old objects stay and are marked as old."""
        self.note(kind, "stale" if self.tables.is_listed(kind) else "unreachable", reason)


class Slices:
    """Lets others run every now and then: no piece of work may hold the screen up."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether it is time for `rest`."""
        return time.monotonic() >= self._end

    async def rest(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)
        self._end = time.monotonic() + self._seconds
