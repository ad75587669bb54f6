"""Directory quotas of a volume: how much of the limit of each folder is used. Sizes are bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.core.units import format_size


@dataclass(frozen=True, slots=True)
class Quota:
    """The hard limit of one folder, from the root of the volume ("/team/a"; "/" is all of it).

    `used` is None while nobody counted it. `is_reached`: nothing more can be written there.
    """

    path: str
    limit: int
    used: int | None = None
    is_reached: bool = False

    @property
    def words(self) -> str:
        """ "9.8 GiB of 10 GiB"."""
        used = "unknown" if self.used is None else format_size(self.used)
        return f"{used} of {format_size(self.limit)}"

    def concerns(self, folder: str) -> bool:
        """Whether who writes to this folder of the volume ("" or "/" is the root) can meet the limit."""
        mine, theirs = f"{self.path.rstrip('/')}/", f"{folder.rstrip('/')}/"
        return mine.startswith(theirs) or theirs.startswith(mine)


@dataclass(frozen=True, slots=True)
class QuotaFacts:
    """What a pool last said of the quotas of one volume, at `read_at`."""

    read_at: float
    quotas: tuple[Quota, ...] = ()


def quotas_on(options: Mapping[str, str]) -> bool:
    """Whether a volume with these options counts and limits its folders."""
    return options.get("features.quota", "").lower() in ("on", "enable", "yes", "true", "1")
