"""Writing a watch: its lines, bookmarks, its end, and the ways in which it can break."""

import asyncio
import json
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from tui.demo.kube_faults import KubeFault
from tui.demo.kube_list import version_of
from tui.demo.kube_request import Ask
from tui.demo.kube_status import Cause, Version, invalid
from tui.demo.kube_store import KubeStore, dump
from tui.demo.kube_table import table
from tui.demo.kube_watch import Watcher

_FOREVER: Final = 3600.0


class Stream:
    """One watch on its way to the client. `bookmarks` is seconds between two bookmarks."""

    def __init__(self, store: KubeStore, ask: Ask, version: Version, bookmarks: float) -> None:
        self._store, self._ask, self._version, self._bookmarks = store, ask, version, bookmarks
        self._watcher = Watcher(store, ask.resource, ask.selection)
        self._cut: KubeFault | None = None
        self._lines = self._bytes = 0
        self._named = False

    def begin(self, gone: bool, cut: KubeFault | None) -> None:
        """Take in what there is already. Raises ApiError for what the watch asks for in a wrong way."""
        self._cut = cut
        query = self._ask.query
        raw = query.get("resourceVersion", "")
        if "sendInitialEvents" in query:
            self._check_initial(query)
        asked = version_of(raw, self._version, watch=True) if raw not in ("", "0") else None
        if gone and asked is not None:
            self._watcher.fail(asked, self._store.version)
            return
        initial = self._ask.flag("sendInitialEvents")
        self._watcher.start(None if initial else asked)
        if initial:
            self._watcher.bookmark(self._version, initial=True)

    def _check_initial(self, query: Mapping[str, str]) -> None:
        if self._version < (1, 32):
            text = "Forbidden: resourceVersionMatch is forbidden for watch"
        elif query.get("resourceVersionMatch") != "NotOlderThan":
            text = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        else:
            return
        cause = Cause("resourceVersionMatch", "FieldValueForbidden", text)
        raise invalid("ListOptions", "", [cause], "meta.k8s.io")

    async def run(self, response: web.StreamResponse) -> bool:
        """Write until the watch ends; False when the connection shall be cut instead of closed in good order."""
        clock = asyncio.get_running_loop().time
        timeout = float(self._ask.query.get("timeoutSeconds") or 0) or _FOREVER
        end = clock() + timeout
        wanted = self._ask.flag("allowWatchBookmarks") and self._ask.resource.plural != "events"
        mark = end - 2 if timeout <= self._bookmarks else clock() + self._bookmarks
        try:
            while True:
                data = self._watcher.take()
                fine = await self._write(response, self._tables(data) if self._ask.as_table else data)
                if fine is not None:
                    return fine
                if self._watcher.ended or clock() >= end:
                    return True
                if wanted and clock() >= mark:
                    self._watcher.bookmark(self._version)
                    mark = clock() + self._bookmarks
                    continue
                await self._wait(min(end, mark if wanted else end) - clock())
        finally:
            self._watcher.stop()

    def _tables(self, data: bytes) -> bytes:
        """The same lines with tables in them, as `kubectl get -w` asks for; only the first names its columns."""
        found = []
        for raw in data.splitlines():
            line = json.loads(raw)
            if line["type"] in ("ADDED", "MODIFIED", "DELETED"):
                obj = line["object"]
                meta = {"resourceVersion": obj["metadata"]["resourceVersion"]}
                now = self._store.clock()
                line["object"] = table(self._ask.resource, [obj], meta, self._version, now, not self._named)
                self._named = True
            found.append(dump(line) + b"\n")
        return b"".join(found)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._watcher.wake.wait()
        except TimeoutError:
            return

    async def _write(self, response: web.StreamResponse, data: bytes) -> bool | None:
        """None to go on, True at a good end, False at a bad one."""
        if not data:
            return None
        cut, end = self._cut, None
        if cut and cut.kind == "bytes" and self._bytes + len(data) >= cut.number:
            data, end = data[: cut.number - self._bytes], False
        elif cut and cut.kind != "bytes":
            lines = data.split(b"\n")[:-1]
            if self._lines + len(lines) >= cut.number:
                lines = lines[: cut.number - self._lines]
                data, end = b"".join(line + b"\n" for line in lines), cut.kind == "end"
            self._lines += len(lines)
        self._bytes += len(data)
        if data:
            await response.write(data)
        if cut and cut.kind == "stall" and end is not None:
            await asyncio.Event().wait()
        return end
