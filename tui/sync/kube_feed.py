"""Keeps the tables of one Kubernetes cluster true: one follower a kind, after the version of the server."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tui.core.kube import KINDS
from tui.core.kube_tables import KubeTables, PartState
from tui.dialects.kube import parse_version
from tui.remote.errors import ConnectionLost, Denied, RemoteError
from tui.remote.kube import KubeClient, KubeRefused
from tui.sync.kube_desk import Desk, Follower
from tui.sync.kube_follower import KindFollower
from tui.sync.kube_kinds import CLASSES, FOLLOWED
from tui.sync.kube_memory import LongLived
from tui.sync.kube_pace import Backoff, KubePace
from tui.sync.kube_secrets import SecretsFollower

# So many answers other than a version are waited for before everything else is asked without it.
VERSION_TRIES: Final = 3
_WORST: Final = ("unreachable", "denied", "stale", "loading", "live")

log = logging.getLogger(__name__)
Listener = Callable[[], None]


class KubeFeed:
    """Follows one cluster through a client (which it does not close) and is the only writer of the tables.

    Whatever fails is tried again for ever, and stands in `tables.parts` meanwhile.
    """

    def __init__(self, client: KubeClient, tables: KubeTables, pace: KubePace | None = None) -> None:
        self.client, self.tables = client, tables
        self._desk = Desk(client, tables, pace or KubePace(), self._tell, self._met_again)
        self._followers: list[Follower] = []
        self._secrets: SecretsFollower | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._first_try = asyncio.Event()
        self._listeners: list[Listener] = []

    @property
    def memory(self) -> LongLived:
        """Where it is told how many objects came that stay."""
        return self._desk.memory

    def start(self, *, watch: bool = True) -> None:
        """Follow from now on; without `watch` read everything once."""
        if not self._tasks:
            self._desk.watches = watch
            self._tasks.append(asyncio.create_task(self._begin(), name="kube feed"))

    async def close(self) -> None:
        """End it; what was read stays in the tables."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._followers.clear()
        self._desk.memory.close()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after changes (of many that come at once, once); the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def loaded(self) -> None:
        """Wait until everything was read, or could not be read, for the first time."""
        await self._first_try.wait()
        for follower in self._followers:
            await follower.settled.wait()

    @property
    def is_loaded(self) -> bool:
        """Whether `loaded` would return at once."""
        return self._first_try.is_set() and all(follower.settled.is_set() for follower in self._followers)

    @property
    def is_even(self) -> bool:
        """Whether what was read of different kinds fits together; else a diagnosis would see gaps that are none."""
        return self.is_loaded and (self._secrets is None or not self._secrets.is_behind)

    def retry(self) -> None:
        """Who waits because something failed, tries again now."""
        self._desk.contact.wake()
        self._desk.classes_changed.set()

    @property
    def status(self) -> PartState:
        """The worst of all kinds, and in its reason what is wrong with which: "cannot list nodes, pods"."""
        parts = [self.tables.parts[kind] for kind in KINDS]
        worst = min(parts, key=lambda part: _WORST.index(part.state)).state
        bad = [part for part in parts if part.state == worst]
        reasons = list(dict.fromkeys(part.reason for part in bad if part.reason))
        if worst == "denied" and all(reason.startswith("cannot list ") for reason in reasons):
            reasons = ["cannot list " + ", ".join(reason.removeprefix("cannot list ") for reason in reasons)]
        only = next((part.only for part in parts if part.only), "")
        if worst == "live" and only:
            reasons.append(f"only namespace {only}: the right to read all of them is missing")
        return PartState(worst, max(part.since for part in bad), "; ".join(reasons), only)

    async def _begin(self) -> None:
        backoff = Backoff(self._desk.pace)
        while True:
            try:
                await self._read_version()
                break
            except KubeRefused as error:
                if error.answer.status < 500 or backoff.failures >= VERSION_TRIES:
                    break
            except RemoteError as error:
                if type(error) is not ConnectionLost or backoff.failures >= VERSION_TRIES:
                    self._all_failed(error)
            await self._desk.contact.pause(backoff.next())
        self._desk.reached()
        self._follow()
        self._first_try.set()

    def _follow(self) -> None:
        kinds = [KindFollower(self._desk, kind) for kind in FOLLOWED]
        classes = next(one for one in kinds if one.kind is CLASSES)
        self._secrets = SecretsFollower(self._desk, classes.settled)
        self._followers = [*kinds, self._secrets]
        self._tasks += [asyncio.create_task(one.run(), name="kube follower") for one in self._followers]

    async def _read_version(self) -> None:
        raw = await self.client.get_json("/version")
        version = parse_version(raw)
        if any(version):
            self.tables.set_version(version)
            self._desk.changed()

    def _all_failed(self, error: RemoteError) -> None:
        for kind in KINDS:
            if isinstance(error, Denied):
                self._desk.note(kind, "denied", error.reason)
            else:
                self._desk.failed(kind, error.reason)
        self._first_try.set()

    def _met_again(self) -> None:
        """The server was away: it may be another version now."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(self._read_version_again(), name="kube version"))

    async def _read_version_again(self) -> None:
        try:
            await self._read_version()
        except RemoteError as error:
            log.info("version of kubernetes: %s", error.reason)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
