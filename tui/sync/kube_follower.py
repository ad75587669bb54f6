"""Keeps one kind true: list, watch, watch on, list again when that is too late, and wait in between if it fails."""

import asyncio
import logging
import time
from http import HTTPStatus
from math import inf
from typing import Final

from tui.remote.errors import ConnectionLost, Denied, RemoteError
from tui.remote.kube import KubeAnswer, KubeRefused
from tui.sync.kube_desk import Desk, State
from tui.sync.kube_kinds import CLASSES, Kind
from tui.sync.kube_list import Listing
from tui.sync.kube_pace import Backoff, jitter
from tui.sync.kube_watch import Expired, Watch

# So many watches from one resourceVersion may fail before everything is read again.
MOST_FAILURES: Final = 3
SOON: Final = 10.0
"""Seconds that a first reading is waited for when the server asks for patience."""

log = logging.getLogger(__name__)


class KindFollower:
    """A `tui.sync.kube_desk.Follower` of a kind that is listed and watched."""

    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk, self.kind = desk, kind
        self.settled = asyncio.Event()
        self._backoff = Backoff(desk.pace)
        self._expired = Backoff(desk.pace)
        self._version = ""
        self._namespace = ""
        self._no_watch_until = inf if kind.is_polled or not desk.watches else 0.0

    async def run(self) -> None:
        """For ever."""
        while True:
            pause = await self._round()
            self._desk.changed()
            if pause:
                await self._desk.contact.pause(pause)

    async def _round(self) -> float:
        """One list or one watch; the seconds to wait before the next."""
        try:
            return await (self._watch() if self._version else self._list())
        except Expired:
            self._version = ""
            pause = self._expired.next()
            return pause if self._expired.failures > 1 else 0.0
        except KubeRefused as error:
            return self._refused(error.answer, error.reason)
        except Denied as error:
            self._note("denied", error.reason)
            return self._backoff.next()
        except RemoteError as error:
            return self._broke(error)
        except Exception as error:
            log.exception("following %s", self.kind.name)
            self._version = ""
            self._desk.failed(self.kind.name, f"its answer was not understood: {error!r}")
            self.settled.set()
            return self._backoff.next()

    async def _list(self) -> float:
        async with self._desk.lists:
            version = await self._read()
        if version and time.monotonic() >= self._no_watch_until:
            self._version = version
            self._note("live")
            return 0.0
        self._backoff.reset()
        if not self._desk.watches:
            self._note("live")
            return self._desk.pace.absent
        why = f"the right to watch {self.kind.name} is missing" if version else "it tells no resourceVersion"
        self._note("live", "" if self.kind.is_polled else f"read every {self._desk.pace.poll:g} s only: {why}")
        return jitter(self._desk.pace.poll)

    async def _read(self) -> str:
        """All namespaces, or where that is forbidden, the one that was asked for."""
        try:
            version = await Listing(self._desk, self.kind).read()
        except KubeRefused as error:
            namespace = self._desk.client.namespace
            if error.answer.status != HTTPStatus.FORBIDDEN or not (self.kind.is_namespaced and namespace):
                raise
            self._namespace = namespace
            return await Listing(self._desk, self.kind, namespace).read()
        self._namespace = ""
        return version

    async def _watch(self) -> float:
        watch = Watch(self._desk, self.kind, self._namespace, self._version)
        try:
            await watch.follow()
        finally:
            self._version = watch.version
            is_good = watch.lines > 0 or watch.seconds >= self._desk.pace.short
            if is_good:
                self._backoff.reset()
            if watch.lines:
                self._expired.reset()
        return 0.0 if is_good else self._backoff.next()

    def _broke(self, error: RemoteError) -> float:
        """The connection failed. A cut stream is nothing to speak of as long as the next one stands."""
        if not isinstance(error, ConnectionLost):
            self._desk.contact.lost()
        pause = self._backoff.next()
        self._tell_failure(error.reason, is_short=type(error) is ConnectionLost)
        return pause

    def _tell_failure(self, reason: str, *, is_short: bool) -> None:
        """Mark the kind as old, unless only one watch failed; read all of it again when several did.

        Whoever waits for the first reading waits on as long as that may still come soon.
        """
        if self._version and self._backoff.failures == 1:
            return
        if self._backoff.failures > MOST_FAILURES and not self._desk.contact.is_lost:
            self._version = ""
        self._desk.failed(self.kind.name, reason)
        if not is_short or self._backoff.failures > MOST_FAILURES:
            self.settled.set()

    def _refused(self, answer: KubeAnswer, reason: str) -> float:
        """The server answered, but not with what we asked for."""
        self._desk.reached()
        pace, tables, kind = self._desk.pace, self._desk.tables, self.kind.name
        match answer.status:
            case HTTPStatus.UNAUTHORIZED:
                self._note("denied", "the server does not accept our credentials")
                return self._backoff.next()
            case HTTPStatus.FORBIDDEN if self._version:
                self._version, self._no_watch_until = "", time.monotonic() + pace.absent
                return self._backoff.next()
            case HTTPStatus.FORBIDDEN:
                within = f" in namespace {self._namespace}" if self._namespace else ""
                self._note("denied", f"cannot list {kind}{within}")
                # a server that starts refuses everything for some seconds
                return self._backoff.next() if tables.is_listed(kind) else jitter(pace.denied)
            case HTTPStatus.NOT_FOUND if self.kind.is_optional:
                tables.mark_listed(kind)
                self._note("live", "this server does not have them")
                return jitter(pace.absent)
        pause = self._backoff.next(answer.retry_after)
        passes = answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS
        if not passes:
            # a resourceVersion that the server can't make sense of would fail for ever
            self._version = ""
        self._tell_failure(reason, is_short=passes and pause < SOON)
        return pause

    def _note(self, state: State, reason: str = "") -> None:
        self._desk.note(self.kind.name, state, reason, self._namespace)
        if self.kind is CLASSES:
            self._desk.classes_changed.set()
        self.settled.set()
