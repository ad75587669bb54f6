"""Keeps the store true: polls every node, finds the other nodes of a pool, reads its volumes."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Final

from tui.core.facts import NodeFacts
from tui.core.model import Freshness
from tui.core.runner import Runner
from tui.core.store import Store
from tui.core.topology import TopologyNode
from tui.remote.errors import Denied, RemoteError, Unreachable
from tui.sync.discovery import find_new
from tui.sync.heals import HealWatch
from tui.sync.nodes import probe_node, read_volumes

# Where answers are the same as before, their new age is told this much later, for all nodes at once.
AGES_SECONDS: Final = 5.0
# Probes of all nodes together come no closer than this: the more nodes, the longer the pause of each.
PROBE_SPACING: Final = 0.6
# Who is asked together with others is asked this much after the one before, lest all answer in one moment.
ASK_SPACING: Final = 0.02
# `volume status` takes glusterd's lock in the whole pool: of all time at most a fifth goes there.
VOLUMES_REST: Final = 4.0

log = logging.getLogger(__name__)

OnDiscovered = Callable[[TopologyNode, str], None]
Detour = Callable[[str], bool]


class Supervisor:
    """Polls the nodes of one site and is the only writer of its store.

    `poll_seconds` is the pause between two probes of a node; it is longer where there are so many
    nodes that more than one probe in PROBE_SPACING seconds would come of it. `on_discovered` is told each node
    that a known node named as its peer, with the name of the node that named it, before it is
    asked for the first time. `detour` is asked for another way to a node that can't be reached;
    yes means that it is worth another try.
    """

    def __init__(
        self, store: Store, runner: Runner, poll_seconds: float, on_discovered: OnDiscovered, detour: Detour
    ) -> None:
        self._store, self._runner = store, runner
        self._poll_seconds, self._on_discovered, self._detour = poll_seconds, on_discovered, detour
        self._heals = HealWatch(store, runner)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._peers_seen: dict[str, tuple[object, ...]] = {}
        self._ages: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Poll all declared nodes from now on; call it again after nodes were declared."""
        for name in self._store.nodes:
            if name not in self._tasks:
                self._tasks[name] = asyncio.create_task(self._poll(name), name=f"poll {name}")
        if "volumes" not in self._tasks:
            self._tasks["volumes"] = asyncio.create_task(self._poll_volumes(), name="poll volumes")
            self._tasks["heals"] = asyncio.create_task(self._heals.run(), name="compare copies")

    @property
    def started(self) -> bool:
        """Whether nodes are polled."""
        return bool(self._tasks)

    async def close(self) -> None:
        """End all polling."""
        if self._ages is not None:
            self._ages.cancel()
        tasks = [*self._tasks.values(), *self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def refresh(self, nodes: Sequence[str] | None = None) -> None:
        """Ask these nodes (all of them by default) now, then read the volumes; waits for the answers.

        Nodes that turn up as peers meanwhile are asked as well.
        """
        asked: set[str] = set()
        todo = set(nodes if nodes is not None else self._store.nodes) & set(self._store.nodes)
        while todo:
            await asyncio.gather(*(self._ask_anew(name, place) for place, name in enumerate(sorted(todo))))
            asked |= todo
            todo = set() if nodes is not None else set(self._store.nodes) - asked
        await self._anew("volumes", self._read_pools)
        self._heals.hurry()
        self._tell_ages()

    async def compare_copies(self) -> None:
        """Ask how far the copies of every volume are apart: 1 to 2 seconds a volume, clusters side by side."""
        await self._heals.read_all()
        self._tell_ages()

    async def _poll(self, name: str) -> None:
        while True:
            await self._ask(name)
            await self._pause(max(self._poll_seconds, PROBE_SPACING * len(self._store.nodes)))

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * random.uniform(0.9, 1.1))  # noqa: S311 - jitter, no secret

    async def _ask(self, name: str) -> None:
        await self._once(f"node {name}", partial(self._probe, name))

    async def _ask_anew(self, name: str, place: int) -> None:
        await asyncio.sleep(place * ASK_SPACING)
        await self._anew(f"node {name}", partial(self._probe, name))

    async def _read_volumes(self) -> None:
        await self._once("volumes", self._read_pools)

    async def _anew(self, key: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do this work from now on: what was begun before may have seen an older world."""
        if key in self._running:
            await asyncio.shield(self._running[key])
        await self._once(key, work)

    async def _once(self, key: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do this work; who comes while it is being done waits for that same end."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work(), name=key)
            task.add_done_callback(lambda _: self._running.pop(key, None))
        await asyncio.shield(task)

    async def _probe(self, name: str) -> None:
        try:
            try:
                facts = await probe_node(self._runner, name)
            except Unreachable:
                if not self._detour(name):
                    raise
                facts = await probe_node(self._runner, name)
        except Denied as error:
            self._store.put_failure(name, Freshness.DENIED, error.reason, error.remedy)
        except RemoteError as error:
            self._store.put_failure(name, Freshness.UNREACHABLE, error.reason, error.remedy)
        except Exception as error:
            log.exception("probe of %s", name)
            self._store.put_failure(name, Freshness.STALE, f"its answer was not understood: {error!r}", "see the log")
        else:
            self._store.put_facts(name, facts)
            self._tell_ages_soon()
        self._discover(name)

    def _tell_ages_soon(self) -> None:
        if self._ages is None and self._store.has_untold_ages:
            self._ages = asyncio.get_running_loop().call_later(AGES_SECONDS, self._tell_ages)

    def _tell_ages(self) -> None:
        if self._ages is not None:
            self._ages.cancel()
            self._ages = None
        self._store.tell_ages()

    def _discover(self, name: str) -> None:
        entry = self._store.nodes.get(name)
        facts = entry.facts if entry else None
        seen = (facts.uuid, facts.peers, facts.volume_groups) if facts else ()
        if self._peers_seen.get(name) == seen and len(self._peers_seen) >= len(self._store.nodes):
            return
        self._peers_seen[name] = seen
        found = find_new(self._store.nodes)
        for node, named_by in found:
            self._on_discovered(node, named_by)
        if found:
            self._store.declare(node for node, _ in found)
            if self._tasks:
                self.start()

    async def _poll_volumes(self) -> None:
        while True:
            if not self._all_connecting():
                started = time.monotonic()
                await self._read_volumes()
                await self._pause(max(self._poll_seconds, VOLUMES_REST * (time.monotonic() - started)))
            else:
                await asyncio.sleep(0.2 if self._store.nodes else 2.0)

    def _all_connecting(self) -> bool:
        return all(entry.source.freshness is Freshness.CONNECTING for entry in self._store.nodes.values())

    async def _read_pools(self) -> None:
        pools = _pools((name, entry.facts) for name, entry in self._store.nodes.items() if entry.facts)
        await asyncio.gather(*(self._read_pool(key, members) for key, members in pools.items()))
        self._store.drop_clusters(pools)

    async def _read_pool(self, key: str, members: list[str]) -> None:
        """Read from the first node that answers; nodes whose glusterd runs come first."""
        for name in members:
            entry = self._store.nodes.get(name)
            if entry is None or entry.source.freshness is not Freshness.LIVE:
                continue
            if entry.facts is None or entry.facts.glusterd != "active":
                continue
            try:
                facts = await read_volumes(self._runner, name)
            except RemoteError as error:
                log.info("volumes from %s: %s", name, error)
                continue
            if "volumes" not in facts.unread:
                self._store.put_cluster(key, facts)
                return


def _pools(nodes: Iterable[tuple[str, NodeFacts | None]]) -> dict[str, list[str]]:
    """Node names by pool; the key is the smallest uuid of the pool, so it holds from any viewpoint."""
    pools: dict[str, list[str]] = {}
    for name, facts in nodes:
        if facts and facts.uuid:
            key = min([facts.uuid, *(peer.uuid for peer in facts.peers)])
            pools.setdefault(key, []).append(name)
    return pools
