"""The Secrets that StorageClasses name, each asked for by its name: the right to list all of them is rarely given.

Of an answer only the type and the names of the keys are kept.
"""

import asyncio
import contextlib
import json
import logging
from http import HTTPStatus
from urllib.parse import quote

from tui.core.kube import Key
from tui.dialects.kube import parse
from tui.remote.errors import Denied, RemoteError
from tui.sync.kube_desk import Desk
from tui.sync.kube_kinds import CLASSES, SECRETS
from tui.sync.kube_pace import jitter

log = logging.getLogger(__name__)


class SecretsFollower:
    """A `tui.sync.kube_desk.Follower` of the Secrets; reads them when StorageClasses change, and now and then."""

    def __init__(self, desk: Desk, classes: asyncio.Event) -> None:
        self._desk, self._classes = desk, classes
        self.settled = asyncio.Event()
        self._is_reading = False

    @property
    def is_behind(self) -> bool:
        """Whether StorageClasses may name Secrets that were not asked for yet: they only seem to be missing."""
        return self._is_reading or self._desk.classes_changed.is_set()

    async def run(self) -> None:
        """For ever."""
        await self._classes.wait()
        while True:
            self._is_reading = self._desk.classes_changed.is_set()
            self._desk.classes_changed.clear()
            try:
                await self._read()
            except Exception as error:
                log.exception("reading secrets")
                self._desk.failed(SECRETS, f"its answer was not understood: {error!r}")
            self._is_reading = False
            self.settled.set()
            self._desk.changed()
            # wait_for swallows a cancellation that comes in the same moment as its timeout
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(jitter(self._desk.pace.poll)):
                    await self._desk.classes_changed.wait()

    async def _read(self) -> None:
        tables = self._desk.tables
        if not tables.is_listed(CLASSES.name):
            # which ones to ask for is not known
            part = tables.parts[CLASSES.name]
            self._desk.note(SECRETS, part.state, part.reason)
            return
        wanted = {key for one in tables.classes.values() for key in one.secrets}
        denied: list[Key] = []
        for key in sorted(wanted):
            try:
                if not await self._get(key):
                    denied.append(key)
            except RemoteError as error:
                if isinstance(error, Denied):
                    self._desk.note(SECRETS, "denied", error.reason)
                else:
                    self._desk.failed(SECRETS, error.reason)
                return
        for key in tables.secrets.keys() - wanted:
            tables.drop(SECRETS, key)
        tables.mark_listed(SECRETS)
        if denied:
            names = ", ".join("/".join(key) for key in denied)
            self._desk.note(SECRETS, "denied", f"cannot get secrets {names}")
        else:
            self._desk.note(SECRETS, "live")

    async def _get(self, key: Key) -> bool:
        """Read one Secret; False where the right is missing. Raises RemoteError."""
        path = f"/api/v1/namespaces/{quote(key[0], safe='')}/secrets/{quote(key[1], safe='')}"
        answer = await self._desk.client.request("GET", path, timeout=self._desk.pace.request)
        if answer.status in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED):
            return False
        if answer.status == HTTPStatus.NOT_FOUND:
            self._desk.tables.drop(SECRETS, key)
            return True
        try:
            secret = parse(SECRETS, json.loads(answer.text)) if answer.is_ok else None
        except ValueError:
            secret = None
        if secret is None or secret.key != key:
            raise RemoteError("kubernetes", f"secret {'/'.join(key)} can't be read: {answer.message or answer.status}")
        self._desk.tables.put(SECRETS, secret)
        return True
