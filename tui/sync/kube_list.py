"""Reading a whole kind, page by page, into the tables.

Each page shows at once; what was there before and is in no page goes at the end, so that nothing is blanked.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from tui.core.kube import Key
from tui.core.kube_settings import KUBERNETES
from tui.dialects.kube import parse
from tui.remote.errors import ConnectionLost
from tui.remote.kube import KubeRefused
from tui.sync.kube_desk import Desk, Slices
from tui.sync.kube_kinds import Kind

_LEAST_PAGE: Final = 50
_MOST_RESTARTS: Final = 2


class Listing:
    """One reading of one kind, of all namespaces or of one."""

    def __init__(self, desk: Desk, kind: Kind, namespace: str = "") -> None:
        self._desk, self._kind, self._namespace = desk, kind, namespace
        self._seen: set[Key] = set()
        self._limit = desk.pace.page
        self._slices = Slices(desk.pace.slice)

    async def read(self) -> str:
        """Read it and return the resourceVersion to watch from. Raises RemoteError, KubeRefused among them."""
        token, restarts = "", 0
        while True:
            path = self._kind.list_path(self._namespace, self._limit, token)
            answer = await self._desk.client.request("GET", path, timeout=self._desk.pace.request)
            if answer.status == HTTPStatus.GONE and token:
                # the server no longer holds the moment that the pages are of: again from the first, at last in one
                restarts += 1
                self._limit = self._limit if restarts < _MOST_RESTARTS else 0
                self._seen.clear()
                token = ""
                continue
            if not answer.is_ok:
                raise KubeRefused(answer, path)
            self._desk.reached()
            meta = await self._take(answer.text, path)
            token = str(meta.get("continue") or "")
            if not token:
                await self._finish()
                return str(meta.get("resourceVersion") or "")

    async def _take(self, text: str, path: str) -> Mapping[str, Any]:
        items, meta = _page(text, path)
        if self._limit and len(text) > self._desk.pace.page_bytes:
            # reading one page must not hold the screen up
            self._limit = max(_LEAST_PAGE, self._limit * self._desk.pace.page_bytes // len(text))
        for number, raw in enumerate(items):
            self._put(raw)
            if number % 16 == 15 and self._slices.is_over:
                await self._slices.rest()
        if not self._desk.tables.is_listed(self._kind.name):
            self._desk.memory.listed(len(items))
            self._tell(meta)
        self._desk.changed()
        await self._slices.rest()
        return meta

    def _put(self, raw: Any) -> None:
        kind = self._kind.name
        obj = parse(kind, raw)
        if obj is not None:
            self._seen.add(obj.key)
            self._desk.tables.put(kind, obj)

    def _tell(self, meta: Mapping[str, Any]) -> None:
        """How far a first reading is."""
        more = meta.get("remainingItemCount")
        count = len(self._seen)
        of = f" of {count + more:,}" if type(more) is int and self._seen else ""
        self._desk.note(self._kind.name, "loading", f"{count:,}{of} read", self._namespace)

    async def _finish(self) -> None:
        """Drop what is no longer there."""
        tables, kind = self._desk.tables, self._kind.name
        if len(tables.table(kind)) != len(self._seen):
            for number, key in enumerate(tables.table(kind).keys() - self._seen):
                tables.drop(kind, key)
                if number % 16 == 15 and self._slices.is_over:
                    await self._slices.rest()
        tables.mark_listed(kind)


def _page(text: str, path: str) -> tuple[list[Any], Mapping[str, Any]]:
    """The items and the metadata of a list. Raises ConnectionLost where it is none."""
    try:
        raw = json.loads(text)
    except ValueError:
        raw = None
    items = raw["items"] or [] if isinstance(raw, dict) and "items" in raw else None
    meta = raw.get("metadata") or {} if isinstance(raw, dict) else None
    if not isinstance(items, list) or not isinstance(meta, dict):
        where = path.partition("?")[0]
        raise ConnectionLost(KUBERNETES, f"the answer to {where} is not a list", "A proxy may answer in its place.")
    return items, meta
