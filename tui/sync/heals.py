"""Compares the copies of all volumes and reads their quotas, slowly: one volume of a pool at a time.

`heal info` costs the node that is asked 1 to 2 seconds, so it has no place in the probe that comes every few seconds.
Quotas are asked for only where a volume has them switched on.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.core.heal import HealFacts
from tui.core.model import Cluster, Freshness, Node, Snapshot, State, Volume
from tui.core.plan import Result
from tui.core.quota import QuotaFacts
from tui.core.runner import Runner
from tui.core.store import Store
from tui.dialects.gluster_heal import file_names, heal_summary, parse_heal, parse_split_brain, split_brain_files
from tui.dialects.gluster_quota import parse_quotas, quota_list
from tui.remote.errors import CommandTimeout, RemoteError

# A volume that is well is looked at so often; one whose copies differ, or whose bricks came or went, more often.
HEAL_SECONDS: Final = 300.0
NEWS_SECONDS: Final = 60.0
# Between two volumes of one cluster: at least so long, and of all time at most a fifth goes there.
REST_SECONDS: Final = 5.0
REST: Final = 4.0
LOOK_SECONDS: Final = 10.0
# of files in split-brain so many are named
MOST_FILES: Final = 20

log = logging.getLogger(__name__)
Standing = tuple[str, ...]


@dataclass(slots=True)
class Asked:
    """When a volume was last asked about (monotonic seconds), and how its bricks were then."""

    at: float
    standing: Standing


class HealWatch:
    """Keeps what the store holds of heals true; `run` it. Times are seconds."""

    def __init__(
        self, store: Store, runner: Runner, *, look: float = LOOK_SECONDS, rest: float = REST_SECONDS,
        every: float = HEAL_SECONDS, news: float = NEWS_SECONDS,
    ) -> None:  # fmt: skip
        self._store, self._runner = store, runner
        self._look, self._rest, self._every, self._news = look, rest, every, news
        self._asked: dict[str, Asked] = {}
        self._free_at: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """For ever; ends its own work when it is cancelled."""
        try:
            while True:
                await asyncio.sleep(self._look)
                try:
                    self._begin()
                except Exception:
                    log.exception("heals")
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def read_all(self) -> None:
        """Ask about every volume once, clusters side by side."""
        snapshot = self._store.storage
        await asyncio.gather(*(self._read_cluster(snapshot, cluster) for cluster in snapshot.clusters))

    def hurry(self) -> None:
        """Something was done to the site: what is not well is due now."""
        for volume in self._store.storage.volumes.values():
            if volume.heal is not None and volume.heal.is_apart:
                self._asked.pop(volume.id, None)

    async def _read_cluster(self, snapshot: Snapshot, cluster: Cluster) -> None:
        for volume in _volumes(snapshot, cluster):
            await self._read(snapshot, cluster, volume)

    def _begin(self) -> None:
        """Begin with the volume that waits longest, in each cluster that is free."""
        snapshot, now = self._store.storage, time.monotonic()
        ids = {volume.id for volume in snapshot.volumes.values()}
        self._store.keep_details(ids)
        self._asked = {name: asked for name, asked in self._asked.items() if name in ids}
        for cluster in snapshot.clusters:
            if cluster.id in self._tasks or now < self._free_at.get(cluster.id, 0.0):
                continue
            due = [volume for volume in _volumes(snapshot, cluster) if self._is_due(snapshot, volume, now)]
            if due and _speakers(snapshot, cluster):
                first = min(due, key=lambda volume: self._asked[volume.id].at if volume.id in self._asked else 0.0)
                task = asyncio.create_task(self._visit(snapshot, cluster, first), name=f"heal of {first.name}")
                self._tasks[cluster.id] = task

    def _is_due(self, snapshot: Snapshot, volume: Volume, now: float) -> bool:
        asked = self._asked.get(volume.id)
        if asked is None:
            return True
        is_apart = volume.heal is not None and volume.heal.is_apart
        is_full = any(quota.is_reached for quota in volume.quotas)
        is_news = is_apart or is_full or asked.standing != _standing(snapshot, volume)
        return now - asked.at >= (self._news if is_news else self._every)

    async def _visit(self, snapshot: Snapshot, cluster: Cluster, volume: Volume) -> None:
        started = time.monotonic()
        try:
            await self._read(snapshot, cluster, volume)
        except Exception:
            log.exception("heal of %s", volume.name)
        finally:
            now = time.monotonic()
            self._free_at[cluster.id] = now + max(self._rest, REST * (now - started))
            del self._tasks[cluster.id]

    async def _read(self, snapshot: Snapshot, cluster: Cluster, volume: Volume) -> None:
        """From the first node that answers."""
        self._asked[volume.id] = Asked(time.monotonic(), _standing(snapshot, volume))
        commands = [heal_summary(volume.name)] if volume.keeps_copies else []
        commands += [quota_list(volume.name)] if volume.has_quotas else []
        for node in _speakers(snapshot, cluster):
            try:
                results = await self._runner.run(node.name, commands, stop=False)
            except CommandTimeout as error:
                # another node would wait for the same brick
                if volume.keeps_copies:
                    self._store.put_heal(volume.id, HealFacts(None, node.name, unread=error.reason))
                return
            except RemoteError as error:
                log.info("copies of %s from %s: %s", volume.name, node.name, error)
                continue
            await self._take(volume, node.name, results)
            return

    async def _take(self, volume: Volume, node: str, results: Sequence[Result]) -> None:
        """Put the answers into the store, as far as they can be read."""
        for result in results:
            if result.command == heal_summary(volume.name):
                facts = _heal(result, node)
                if any(brick.split_brain for brick in facts.bricks):
                    facts = replace(facts, files=await self._files(volume, node))
                self._store.put_heal(volume.id, facts)
                continue
            try:
                self._store.put_quotas(volume.id, QuotaFacts(time.time(), parse_quotas(result)))
            except ValueError as error:
                log.info("quotas of %s from %s: %s", volume.name, node, error)

    async def _files(self, volume: Volume, node: str) -> tuple[str, ...]:
        """Which files are in split-brain, the first of them; () where that can't be read."""
        try:
            [result] = await self._runner.run(node, [split_brain_files(volume.name)], stop=False)
            return file_names(parse_split_brain(result), MOST_FILES)
        except (RemoteError, ValueError) as error:
            log.info("files in split-brain of %s from %s: %s", volume.name, node, error)
            return ()


def _heal(result: Result, node: str) -> HealFacts:
    try:
        return HealFacts(time.time(), node, parse_heal(result))
    except ValueError as error:
        return HealFacts(None, node, unread=str(error))


def _volumes(snapshot: Snapshot, cluster: Cluster) -> list[Volume]:
    """The volumes of a cluster that have copies or quotas."""
    started = [
        volume
        for volume in snapshot.volumes.values()
        if volume.cluster == cluster.id and volume.id and volume.status == "Started"
    ]
    return [volume for volume in started if volume.keeps_copies or volume.has_quotas]


def _speakers(snapshot: Snapshot, cluster: Cluster) -> list[Node]:
    """The nodes that can be asked, the healthy ones first."""
    nodes = [snapshot.nodes[name] for name in cluster.nodes if name in snapshot.nodes]
    able = [node for node in nodes if node.source.freshness is Freshness.LIVE and node.glusterd == "active"]
    return sorted(able, key=lambda node: node.state is not State.ONLINE)


def _standing(snapshot: Snapshot, volume: Volume) -> Standing:
    return tuple(snapshot.bricks[key].state.value for key in volume.bricks if key in snapshot.bricks)
