"""Asks the heketi behind each StorageClass of kubernetes.io/glusterfs, as its provisioner would."""

import asyncio
import base64
import binascii
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from tui.checks.claim_gluster_words import wants_auth
from tui.core.heketi_probe import HeketiProbe
from tui.core.kube import HIDDEN, StorageClass
from tui.core.kube_policy import GLUSTERFS
from tui.core.kube_tables import KubeTables
from tui.remote.errors import RemoteError
from tui.remote.kube import KubeClient
from tui.sync.heketi_probe import SECONDS, probe

PAUSE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


class HeketiClasses:
    """What each heketi answered, by StorageClass: `probes`. Only classes that a claim waits for are asked.

    The key is read from the Secret (or the class) right before and held no longer than the probe lasts.
    `on_change` is told the name of each class whose answer is another one than before.
    """

    def __init__(self, client: KubeClient, tables: KubeTables, on_change: Callable[[str], None]) -> None:
        self.probes: dict[str, HeketiProbe] = {}
        self._client, self._tables, self._on_change = client, tables, on_change
        self._task: asyncio.Task[None] | None = None
        self._asked_anew = 0.0
        self._hurry = asyncio.Event()

    def hurry(self) -> None:
        """What was answered so far may be over: a key was written, a class made anew."""
        self._asked_anew = time.time()
        self._hurry.set()

    def start(self) -> None:
        """Ask again and again."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="heketi of classes")

    async def close(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self, seconds: float = SECONDS) -> None:
        """Ask all that is due now, each for `seconds` at most; a look that fails leaves the class without an answer.

        Raises nothing.
        """
        due = [one for one in self._tables.classes.values() if self._is_due(one)]
        for one, failed in zip(
            due, await asyncio.gather(*(self._ask(one, seconds) for one in due), return_exceptions=True), strict=True
        ):
            if isinstance(failed, Exception):
                log.error("asking heketi for class %s", one.name, exc_info=failed)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("asking heketi")
            # wait_for swallows a cancellation that comes in the same moment as its timeout
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._hurry.wait()
            self._hurry.clear()

    def _is_due(self, one: StorageClass) -> bool:
        if one.provisioner != GLUSTERFS or not one.parameter("resturl"):
            return False
        if next(self._tables.pending_of_class(one.name), None) is None:
            return False
        known = self.probes.get(one.name)
        if known is None or known.url != one.parameter("resturl"):
            return True
        return known.read_at < max(self._asked_anew, time.time() - PAUSE_SECONDS)

    async def _ask(self, one: StorageClass, seconds: float) -> None:
        # where the class turns authentication off the provisioner sends neither user nor key, whatever stands there
        with_auth = wants_auth(one.parameters)
        key = await self._key(one) if with_auth else ""
        url, user = one.parameter("resturl") or "", (one.parameter("restuser") or "") if with_auth else ""
        if key is None:
            return
        found = await probe(url, user, key, seconds=seconds)
        before = self.probes.get(one.name)
        self.probes[one.name] = found
        if before is None or _told(before) != _told(found):
            self._on_change(one.name)

    async def _key(self, one: StorageClass) -> str | None:
        """The key that the provisioner would use, "" for none; None where it can't be had: another finding says so."""
        hidden = one.parameter("restuserkey")
        if hidden and hidden != HIDDEN:
            return hidden
        namespace, name = one.parameter("secretnamespace") or "", one.parameter("secretname") or ""
        try:
            if hidden:
                raw = await self._client.get_json(f"/apis/storage.k8s.io/v1/storageclasses/{one.name}")
                given = raw.get("parameters", {})
                return next((str(v) for k, v in given.items() if k.lower() == "restuserkey"), "")
            if not (namespace and name):
                return ""
            secret = await self._client.get_json(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        except RemoteError as error:
            log.info("the key of class %s: %s", one.name, error.reason)
            return None
        return _value(secret)


def _value(secret: dict[str, Any]) -> str | None:
    """The value under "key", else any of them, as the in-tree provisioner takes it (parseSecret)."""
    data = secret.get("data") or {}
    value = data.get("key") or next(iter(data.values()), None)
    try:
        return None if value is None else base64.b64decode(value).decode()
    except (binascii.Error, UnicodeDecodeError, TypeError):
        return None


def _told(found: HeketiProbe) -> tuple[object, ...]:
    """What of a probe a diagnosis looks at; clocks and times differ each time."""
    skew = None if found.skew is None else round(found.skew / 30)
    return (
        found.url, found.user, found.stage, found.status, found.text, skew, found.clusters, found.nodes,
        tuple(sorted(found.volumes.items())), found.stale, found.failed, found.mode,
    )  # fmt: skip
