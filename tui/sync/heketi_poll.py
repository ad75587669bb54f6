"""Keeps the store true about heketi: walks through its API again and again, and says how fresh that is."""

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from tui.core.heketi_facts import HeketiFacts
from tui.core.model import Freshness, Source
from tui.core.store import Store
from tui.dialects.heketi_answers import parse_mode
from tui.dialects.heketi_db import parse_check, parse_dump
from tui.remote.errors import Denied, RemoteError, Unreachable
from tui.remote.heketi import HeketiClient, read
from tui.remote.heketi_errors import HeketiRefused
from tui.sync.heketi_site import read_site

REST: Final = 9.0
"""heketi answers request by request: of all time at most a tenth goes into asking."""
DUMP_SECONDS: Final = 120.0
_SLOW: Final = "see what keeps its host busy; brickyard heketi info waits for as long as it takes"

log = logging.getLogger(__name__)
_T = TypeVar("_T")

Door = Callable[[], Awaitable[HeketiClient]]
"""The way to heketi; may ask the admin for a key. Raises RemoteError."""


class HeketiPoll:
    """Asks one heketi with the address `url`; `poll_seconds` is the pause between two looks, or more."""

    def __init__(self, store: Store, door: Door, url: str, poll_seconds: float) -> None:
        self._store, self._door, self._poll_seconds = store, door, poll_seconds
        self._task: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._mark = ""
        store.put_heketi(HeketiFacts(Source(url)))

    @property
    def started(self) -> bool:
        """Whether it is polled."""
        return self._task is not None

    def start(self) -> None:
        """Ask again and again from now on."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="poll heketi")

    async def close(self) -> None:
        """End it."""
        tasks = [task for task in (self._task, self._looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None

    async def refresh(self, seconds: float | None = None) -> None:
        """Ask now and wait for the answer: a look that was begun before may have seen an older world.

        A heketi that has not told all after `seconds` is left out, and the store says so; None waits for all of it.
        """
        if self._looking is not None:
            await asyncio.shield(self._looking)
        await self._once(seconds)

    async def _run(self) -> None:
        while True:
            began = time.monotonic()
            await self._once()
            pause = max(self._poll_seconds, REST * (time.monotonic() - began))
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - jitter, no secret
            self._store.tell_ages()

    async def _once(self, seconds: float | None = None) -> None:
        """Look; who comes while it is being done waits for that same end."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(seconds), name="look at heketi")
            self._looking.add_done_callback(self._looked)
        await asyncio.shield(self._looking)

    def _looked(self, _: "asyncio.Task[None]") -> None:
        self._looking = None

    async def _look(self, seconds: float | None) -> None:
        before = self._store.heketi
        assert before is not None
        away = Freshness.STALE if before.site else Freshness.UNREACHABLE
        try:
            # an admin who types a key may take his time
            client = await self._door()
            async with asyncio.timeout(seconds):
                facts, self._mark = await read_heketi(client, before, self._mark)
        except TimeoutError:
            reason = f"heketi is slow: it has not told all within {seconds:g} s and is left out"
            self._fail(before, away, Unreachable(before.source.name, reason, _SLOW))
        except Denied as error:
            self._fail(before, Freshness.DENIED, error)
        except Unreachable as error:
            self._fail(before, Freshness.UNREACHABLE, error)
        except RemoteError as error:
            self._fail(before, away, error)
        except Exception as error:
            log.exception("look at heketi")
            source = replace(
                before.source, freshness=Freshness.STALE, reason=f"its answer was not understood: {error!r}"
            )
            self._store.put_heketi(replace(before, source=source))
        else:
            self._store.put_heketi(facts)

    def _fail(self, before: HeketiFacts, freshness: Freshness, error: RemoteError) -> None:
        source = replace(before.source, freshness=freshness, reason=error.reason, remedy=error.remedy)
        self._store.put_heketi(replace(before, source=source))


async def read_heketi(client: HeketiClient, before: HeketiFacts, mark: str = "") -> tuple[HeketiFacts, str]:
    """All that a heketi says now, and a mark of its database. Raises RemoteError.

    Where the database is the one of `mark`, which was read with `before`, nothing else is asked for: a walk through
    its API takes a request for each node and volume. While operations are pending it is walked through every time.
    """
    mode = await _if_told(client, "/admin", parse_mode) or ""
    text = await _told(client, "/db/dump")
    now = hashlib.sha256(text.encode()).hexdigest() if text else ""
    source = Source(client.url, Freshness.LIVE, time.time())
    if now and now == mark and before.site is not None and not before.site.operations:
        return replace(before, source=source, mode=mode), mark
    site = await read_site(client)
    # a whole database is long: the screen goes on meanwhile
    dump = await asyncio.to_thread(read, parse_dump, text) if text else None
    check = await _if_told(client, "/db/check", parse_check)
    return HeketiFacts(source, site, mode, dump, check), now


async def _if_told(client: HeketiClient, path: str, parser: Callable[[str], _T]) -> _T | None:
    text = await _told(client, path)
    return read(parser, text) if text else None


async def _told(client: HeketiClient, path: str) -> str:
    """What an old heketi does not tell, or can't for the state of its database, is ""."""
    try:
        return await client.get(path, seconds=DUMP_SECONDS)
    except HeketiRefused as refused:
        log.info("heketi: %s", refused.reason)
        return ""
