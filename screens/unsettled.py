"""Which operations broke off and wait to be settled, as the strip shows it."""

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui.ops.history import Entry
    from tui.site import Site

LOOK_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class Unfinished:
    """Read from the journal seldom: at the start, when a dialog goes away, when an operation ends."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._running = 0
        self._next_look = 0.0

    def is_due(self, site: "Site", now: float) -> bool:
        """Whether it is time to look again, at `now` seconds since the epoch."""
        running = sum(operation.running for operation in site.operations)
        due = running != self._running or now >= self._next_look
        self._running = running
        if due:
            self._next_look = now + LOOK_SECONDS
        return due

    async def look(self, site: "Site") -> None:
        """Read the journal. Where it can't be read, what was known stays; the list of operations says why."""
        from tui.ops.journal_schema import JournalError

        try:
            self.entries = await site.unfinished()
        except JournalError as error:
            log.warning("journal: %s", error.reason)
