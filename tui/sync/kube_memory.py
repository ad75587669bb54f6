"""Keeps Python's garbage collector from walking through all objects of a large cluster again and again.

Tables hold hundreds of thousands of objects without a cycle among them; reference counts free them. A full
collection would still look at each: with 100,000 objects that took 0.3 s a time and more than half the CPU of
a first load. So what is there is taken out of its sight (`gc.freeze`) as it grows. The price: what else is alive at
such a moment and later becomes a cycle of garbage stays. Small clusters are left to the collector.
"""

import gc
from typing import Final

LEAST_OBJECTS: Final = 10_000
LIST_STEP: Final = 3_000
WATCH_STEP: Final = 4_000


class LongLived:
    """Counts objects that came into the tables; `close` lets the collector see everything again."""

    def __init__(self) -> None:
        self._whole = self._new = 0
        self._is_frozen = False

    def listed(self, count: int) -> None:
        """So many objects were read from a list."""
        self._add(count, LIST_STEP)

    def changed(self, count: int) -> None:
        """So many objects were replaced."""
        self._add(count, WATCH_STEP)

    def close(self) -> None:
        """The tables are not needed any more."""
        if self._is_frozen:
            gc.unfreeze()
            self._is_frozen = False

    def _add(self, count: int, step: int) -> None:
        self._whole += count
        self._new += count
        if self._whole >= LEAST_OBJECTS and self._new >= step:
            self._new = 0
            gc.collect(1)
            gc.freeze()
            self._is_frozen = True
