"""What a heketi said when it was last asked, and how fresh that is."""

from dataclasses import dataclass

from tui.core.heketi_dump import HeketiCheck, HeketiDump
from tui.core.heketi_model import HeketiSite
from tui.core.model import Freshness, Source


@dataclass(frozen=True, slots=True)
class HeketiFacts:
    """`site` is None before the first answer; `source.name` is heketi's address.

    `mode` is that of the server ("normal", "read-only", "local-client", "" where it does not tell). `dump` and
    `check` are its database and its own look at that; None where they could not be read.
    """

    source: Source
    site: HeketiSite | None = None
    mode: str = ""
    dump: HeketiDump | None = None
    check: HeketiCheck | None = None

    @property
    def is_live(self) -> bool:
        """Whether it answered when it was last asked."""
        return self.site is not None and self.source.freshness is Freshness.LIVE

    @property
    def stuck(self) -> int:
        """How many operations nobody works on any more: stale and failed ones."""
        return sum(operation.is_stuck for operation in self.site.operations) if self.site else 0

    @property
    def under_way(self) -> int:
        """How many operations heketi works on."""
        return len(self.site.operations) - self.stuck if self.site else 0
