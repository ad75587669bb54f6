"""The Kubernetes cluster of a site: opened, watched, and told of what changes on the storage nodes and in heketi."""

import asyncio
import importlib
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from tui.core.kube_settings import KUBERNETES, KubeSettings
from tui.core.model import Snapshot
from tui.site_kube import SiteKube
from tui.sync.storage_marks import claims_to_look_at

if TYPE_CHECKING:
    from tui.core.heketi_probe import HeketiProbe
    from tui.sync.heketi_classes import HeketiClasses


LOOK_AGAIN_SECONDS: Final = 60.0
LOOK_AGAIN_MOST: Final = 2000


class SiteClaims(SiteKube):
    """What a site does to know claims."""

    _heketis: "HeketiClasses | None" = None
    _clock: "asyncio.Task[None] | None" = None
    _storage_seen: Snapshot = Snapshot()

    async def open_kubernetes(self, settings: KubeSettings) -> None:
        """Get ready to ask the cluster; nothing is sent yet."""
        await asyncio.to_thread(importlib.import_module, "tui.sync.heketi_classes")
        from tui.remote.kube_runner import KubeRunner
        from tui.sync.heketi_classes import HeketiClasses
        from tui.sync.kube import KubeSource

        source = KubeSource(settings, storage=lambda: self.store.storage, heketi=lambda: self._probes())
        self.kube = source
        assert self.targets is not None
        self.targets.apis[KUBERNETES] = KubeRunner(source.client, self.vault.fill)
        self._heketis = HeketiClasses(source.client, source.tables, self._mark_class)
        self.store.subscribe(self._mark_storage)

    def start_claims(self) -> None:
        """Watch from now on, where there is a cluster to watch."""
        if self.kube is not None and self._heketis is not None:
            self.kube.start()
            self._heketis.start()
            self._clock = self._clock or asyncio.create_task(self._look_again(), name="diagnosis by the clock")

    async def look_at_claims(self) -> None:
        """Read all of the cluster once, ask heketi for the classes that claims wait for, and diagnose."""
        await self.read_claims()
        await self.ask_classes()

    async def read_claims(self) -> None:
        """Read all of the cluster once, and diagnose as far as that goes without heketi."""
        if self.kube is not None:
            self.kube.start(watch=False)
            await self.kube.loaded()

    async def ask_classes(self, seconds: float | None = None) -> None:
        """Ask heketi for the classes that claims wait for, and diagnose those; each has `seconds` (None: its own)."""
        if self.kube is None or self._heketis is None:
            return
        # what heketi answers marks the claims concerned
        await (self._heketis.look() if seconds is None else self._heketis.look(seconds))
        await self.kube.loaded()

    def look_at_keys(self) -> None:
        """Read the Secrets and ask heketi again now: something was changed in the cluster, and neither is watched."""
        if self.kube is not None and self._heketis is not None:
            self.kube.retry()
            self._heketis.hurry()

    async def know_users(self) -> None:
        """Wait until it was read which claims and pods there are, or that failed."""
        if self.kube is not None:
            await self.kube.feed.loaded()

    async def close_kubernetes(self) -> None:
        """End watching."""
        if self._clock is not None:
            self._clock.cancel()
            await asyncio.gather(self._clock, return_exceptions=True)
        if self._heketis is not None:
            await self._heketis.close()
        if self.kube is not None:
            await self.kube.close()

    async def _look_again(self) -> None:
        """Some causes show only by time: a provisioner that says nothing, an event that grew old."""
        while self.kube is not None:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            waiting = (claim.key for claim in self.kube.tables.claims.values() if not claim.is_bound or claim.deleted)
            self.kube.mark(list(islice(dict.fromkeys(chain(waiting, self.kube.book.keys())), LOOK_AGAIN_MOST)))

    def _probes(self) -> "dict[str, HeketiProbe]":
        return self._heketis.probes if self._heketis is not None else {}

    def _mark_class(self, name: str) -> None:
        if self.kube is not None:
            self.kube.mark([claim.key for claim in self.kube.tables.pending_of_class(name)])

    def _mark_storage(self) -> None:
        if self.kube is None:
            return
        before, self._storage_seen = self._storage_seen, self.store.snapshot
        if keys := claims_to_look_at(self.kube.tables, before, self._storage_seen):
            self.kube.mark(keys)
