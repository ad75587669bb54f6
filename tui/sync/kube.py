"""One Kubernetes cluster as a screen or a command sees it: its tables, kept true, and what is wrong with each claim."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import state_words
from tui.core.finding import Finding
from tui.core.heketi_probe import HeketiProbe
from tui.core.kube import Key
from tui.core.kube_settings import KubeSettings
from tui.core.kube_tables import KubeTables, PartState
from tui.core.model import Snapshot
from tui.remote.kube import KubeClient
from tui.sync.kube_feed import KubeFeed, Listener
from tui.sync.kube_findings import Book, FindingsKeeper
from tui.sync.kube_pace import KubePace

__all__ = ["Book", "KubeFeed", "KubePace", "KubeSource"]


class KubeSource:
    """Owns the client, the feed, the tables and the findings of one cluster. `start` it, `close` it in the end.

    `storage` and `heketi` give the pictures of the storage nodes and of heketi that a diagnosis looks at too;
    whoever changes those calls `mark` with the claims concerned. Made in and used by one event loop.
    """

    def __init__(
        self,
        settings: KubeSettings | None = None,
        book: Book | None = None,
        *,
        storage: Callable[[], Snapshot] = Snapshot,
        heketi: Callable[[], Mapping[str, HeketiProbe]] = dict,
        pace: KubePace | None = None,
    ) -> None:
        self.client = KubeClient(settings)
        self.tables = KubeTables()
        self.feed = KubeFeed(self.client, self.tables, pace)
        self.book: Book = FindingsBook() if book is None else book
        self._storage, self._heketi = storage, heketi
        self._listeners: list[Listener] = []
        self._keeper = FindingsKeeper(
            self.tables, self.book, self.world, lambda: self.feed.is_even, self._tell, self.feed.memory
        )
        self._task: asyncio.Task[None] | None = None
        self._end = self.feed.subscribe(self._on_feed)

    def start(self, *, watch: bool = True) -> None:
        """Read and diagnose from now on; without `watch` everything is read once."""
        if self._task is None:
            self._keeper.is_patient = not watch
            self.feed.start(watch=watch)
            self._task = asyncio.create_task(self._keeper.run(), name="findings of claims")

    async def close(self) -> None:
        """End everything and the connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.feed.close()
        await self.client.close()

    async def loaded(self) -> None:
        """Wait until everything was read, or failed, once, and all claims that were read are diagnosed."""
        await self.feed.loaded()
        self._keeper.due()
        await self._keeper.settled()

    def retry(self) -> None:
        """Try again now whatever failed."""
        self.feed.retry()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after changes of tables or findings; the returned function ends that.

        It may be called very often: read `changes_since` no more than ten times a second.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def changes_since(self, mark: int) -> tuple[int, set[Key] | None]:
        """A mark for the next call (the first is 0), and the claims that changed; None: look at all of them."""
        return self._keeper.log.since(mark)

    def mark(self, keys: Iterable[Key] | None = None) -> None:
        """Storage nodes or heketi changed: diagnose these claims again (None: all of them)."""
        self._keeper.mark(list(self.tables.claims) if keys is None else keys)

    def findings(self, key: Key) -> tuple[Finding, ...]:
        """What is wrong with a claim, as far as it was diagnosed."""
        return self.book.of(key)

    def state_words(self, key: Key) -> tuple[str, str]:
        """The state of a claim as a word, and the reason for it ("" when all is well)."""
        return state_words(self.case(key), self.findings(key))

    def case(self, key: Key) -> ClaimCase:
        """A claim with all that a diagnosis may look at."""
        return ClaimCase(self.world(), key, self.tables.claims.get(key))

    def world(self) -> ClaimWorld:
        """All pictures as they are now."""
        return ClaimWorld(self.tables, time.time(), self._storage(), self._heketi())

    @property
    def status(self) -> PartState:
        """The worst state of any kind, with what is wrong with which."""
        return self.feed.status

    @property
    def server(self) -> str:
        """The address of the API server, "" until the kubeconfig was read."""
        return self.client.server

    @property
    def context(self) -> str:
        """The name of the context."""
        return self.client.context

    def _on_feed(self) -> None:
        self._keeper.due()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
