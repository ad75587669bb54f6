"""The feed of Kubernetes: 50,000 claims on 50,000 volumes in 5,000 namespaces, then 1,000 changes a second."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import aiohttp

from tests.bench import Figure, show
from tests.bench.bench_kube_tables import _resident
from tests.bench.kube_cluster import CLAIMS, VOLUMES, cluster
from tests.sync.kube_world import write_kubeconfig
from tui.checks.claim_case import ClaimWorld
from tui.core.finding import Finding
from tui.core.kube import Key
from tui.core.kube_settings import KubeSettings
from tui.core.kube_tables import KubeTables
from tui.remote.kube import KubeClient
from tui.sync.kube import KubeSource
from tui.sync.kube_feed import KubeFeed

COUNT, NAMESPACES = 50_000, 5_000
RATE, SECONDS = 1000, 60


class NoBook:
    """Finds nothing: what a diagnosis costs is measured by itself."""

    waiting = 0

    def mark(self, keys: Iterable[Key]) -> None:
        """Nothing."""

    def work(self, world: ClaimWorld, limit: int) -> set[Key]:
        """Nothing."""
        return set()

    def of(self, key: Key) -> tuple[Finding, ...]:
        """Nothing."""
        return ()

    def all(self) -> Iterator[Finding]:
        """Nothing."""
        return iter(())

    def keys(self) -> Iterable[Key]:
        """Nothing."""
        return ()


class Stalls:
    """The longest piece of work during which nothing else could run, CPU milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.all: list[float] = []

    async def watch(self) -> None:
        """Look as often as possible."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.all.append((time.thread_time() - before) * 1000)

    def take(self) -> float:
        """The longest since the last call."""
        found, self.all = max(self.all, default=0.0), []
        return found


def main(count: int = COUNT, seconds: float = SECONDS) -> list[Figure]:
    """Load, then changes, then compare with a fresh list."""
    with tempfile.TemporaryDirectory() as folder, cluster(count, NAMESPACES) as base:
        config = write_kubeconfig(Path(folder) / "kubeconfig", base)
        return asyncio.run(_measure(KubeSettings(config), base, count, seconds))


async def _measure(settings: KubeSettings, base: str, count: int, seconds: float) -> list[Figure]:
    source, stalls = KubeSource(settings, NoBook()), Stalls()
    ticker = asyncio.create_task(stalls.watch())
    await source.client.request("GET", "/version")
    stalls.take()
    first: list[float] = []
    started = time.process_time()
    source.subscribe(lambda: first.append(time.process_time()) if not first and source.tables.claims else None)
    source.start()
    await source.loaded()
    loaded = time.process_time() - started
    figures = [
        Figure("CPU until the first rows", (first[0] - started) * 1000, 1500),
        Figure("CPU until all is there", loaded * 1000, 12_000),
        Figure("longest piece of it", stalls.take(), 150),
        Figure("memory of the process", _resident(), 350, "MiB"),
    ]
    assert len(source.tables.claims) == len(source.tables.volumes) == count
    figures += await _changes(source, stalls, base, seconds)
    ticker.cancel()
    await source.close()
    return figures


async def _changes(source: KubeSource, stalls: Stalls, base: str, seconds: float) -> list[Figure]:
    reader = asyncio.create_task(_read(source))
    cpu, started = time.process_time(), time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None)) as session:
        answer = await session.get(f"{base}/change?rate={RATE}&seconds={seconds}")
        told = await answer.json()
    version = str(told["version"])
    while max(one.version for kind in (CLAIMS, VOLUMES) for one in source.tables.table(kind).values()) < version:
        await asyncio.sleep(0.1)
    spent, wall = time.process_time() - cpu, time.monotonic() - started
    longest = stalls.take()
    reader.cancel()
    return [
        Figure("changes told", told["made"] / told["seconds"], None, "/s"),
        Figure("CPU of these changes, of one core", 100 * spent / wall, None, "%"),
        Figure("CPU of one change", spent * 1_000_000 / told["made"], None, "µs"),
        Figure("longest piece of it", longest, 50),
        Figure("memory of the process", _resident(), 350, "MiB"),
        Figure("objects that differ from a fresh list", await _differing(source), 0, ""),
    ]


async def _read(source: KubeSource) -> None:
    mark = 0
    while True:
        mark, _ = source.changes_since(mark)
        await asyncio.sleep(0.1)


async def _differing(source: KubeSource) -> int:
    client, tables = KubeClient(source.client.settings), KubeTables()
    feed = KubeFeed(client, tables)
    feed.start()
    await feed.loaded()
    await feed.close()
    await client.close()
    kinds = (CLAIMS, VOLUMES, "storageclasses")
    return sum(
        source.tables.table(kind).get(key) != tables.table(kind).get(key)
        for kind in kinds
        for key in source.tables.table(kind).keys() | tables.table(kind).keys()
    )


if __name__ == "__main__":
    show((__doc__ or "").strip(), main(*(int(word) for word in sys.argv[1:])))
