"""Following the changes of one kind from a resourceVersion on, for as long as one watch lasts."""

import json
import random
import time
from http import HTTPStatus
from typing import Any

from tui.core.kube_settings import KUBERNETES
from tui.dialects.kube import identify, parse
from tui.remote.errors import ConnectionLost
from tui.remote.kube import KubeAnswer, KubeRefused
from tui.sync.kube_desk import Desk, Slices
from tui.sync.kube_kinds import CLASSES, Kind


class Expired(Exception):
    """The server no longer knows the changes since our resourceVersion: list again."""


class Watch:
    """One watch. `version` is the resourceVersion of the last change that is in the tables."""

    def __init__(self, desk: Desk, kind: Kind, namespace: str, version: str) -> None:
        self._desk, self._kind, self._namespace = desk, kind, namespace
        self.version = version
        self.lines = 0
        self._accepted: float | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts or lasted, from when the server accepted it."""
        return 0.0 if self._accepted is None else time.monotonic() - self._accepted

    async def follow(self) -> None:
        """Until the stream ends in order.

        Raises Expired, and RemoteError (KubeRefused among them) for anything else that ended it.
        """
        pace = self._desk.pace
        seconds = random.uniform(pace.watch_least, pace.watch_most)  # noqa: S311 - jitter, no secret
        path = self._kind.watch_path(self._namespace, self.version, seconds)
        async with self._desk.client.stream(path, quiet=pace.quiet) as found:
            if isinstance(found, KubeAnswer):
                if found.status == HTTPStatus.GONE:
                    raise Expired
                raise KubeRefused(found, path)
            self._accepted = time.monotonic()
            self._desk.reached()
            self._desk.note(self._kind.name, "live", only=self._namespace)
            slices = Slices(pace.slice)
            while (lines := await found.read()) is not None:
                await self._take_all(lines, slices)
                self._desk.memory.changed(len(lines))
                self._desk.changed()

    async def _take_all(self, lines: list[bytes], slices: Slices) -> None:
        for number, line in enumerate(lines):
            if line:
                self._take(line)
                self.lines += 1
            if number % 16 == 15 and slices.is_over:
                self._desk.changed()
                await slices.rest()

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            sort, raw = event["type"], event["object"]
        except (ValueError, TypeError, KeyError):
            raise _garbled(self._kind.name) from None
        if sort == "ERROR":
            raise _told(self._kind.name, raw)
        version = _version(raw)
        if version and _is_before(version, self.version):
            # etcd was restored from a backup: the server waits in silence until it has caught up with us
            raise Expired
        if sort in ("ADDED", "MODIFIED", "DELETED"):
            self._change(raw, is_gone=sort == "DELETED")
        if version:
            self.version = version

    def _change(self, raw: Any, *, is_gone: bool) -> None:
        tables, kind = self._desk.tables, self._kind.name
        key = identify(raw)
        if key is None:
            raise _garbled(kind)
        obj = None if is_gone else parse(kind, raw)
        if obj is None:
            tables.drop(kind, key)
        else:
            tables.put(kind, obj)
        if self._kind is CLASSES:
            self._desk.classes_changed.set()


def _version(raw: Any) -> str:
    meta = raw.get("metadata") if isinstance(raw, dict) else None
    return str(meta.get("resourceVersion") or "") if isinstance(meta, dict) else ""


def _is_before(version: str, other: str) -> bool:
    return version.isdigit() and other.isdigit() and int(version) < int(other)


def _told(kind: str, raw: Any) -> Exception:
    """What an ERROR line means: its object is a Status."""
    status = raw if isinstance(raw, dict) else {}
    if status.get("code") == HTTPStatus.GONE or status.get("reason") in ("Expired", "Gone"):
        return Expired()
    said = str(status.get("message") or "it does not say why")[:300]
    return ConnectionLost(KUBERNETES, f"the server ended the watch of {kind}: {said}", "It is begun anew.")


def _garbled(kind: str) -> ConnectionLost:
    return ConnectionLost(
        KUBERNETES, f"the watch of {kind} brought a line that is no event", "A proxy on the way may spoil it."
    )
