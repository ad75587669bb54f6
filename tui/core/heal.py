"""How far the copies of a volume are apart: what its bricks counted, and all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrickHeal:
    """What one brick counts: entries (files and folders) that it knows to differ on other bricks.

    None is unknown and never 0; then `reason` says why nobody counted ("Transport endpoint is not connected").
    `pending` wait to be healed, `healing` are locked by somebody: by a heal, or by a client that writes.
    """

    host: str
    path: str
    pending: int | None = None
    split_brain: int | None = None
    healing: int | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """As Gluster names the brick."""
        return f"{self.host}:{self.path}"


@dataclass(frozen=True, slots=True)
class HealFacts:
    """What a pool last said of one volume's copies; `read_at` is None while nothing was said.

    `unread` says why the last try failed; the bricks are then those of the time before. `files` are in split-brain,
    the first of them, as paths from the root of the volume or as "gfid:..." where nobody knew the path.
    """

    read_at: float | None
    read_from: str
    bricks: tuple[BrickHeal, ...] = ()
    unread: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heal:
    """The copies of a volume. Each good copy counts the same entries, so of a set its greatest count is taken.

    The sums are thus the least that there are; None where no brick could be asked.
    """

    pending: int | None = None
    split_brain: int | None = None
    healing: int | None = None
    bricks: tuple[BrickHeal, ...] = ()
    unread: str = ""
    files: tuple[str, ...] = ()

    @property
    def is_apart(self) -> bool:
        """Whether some copies are known to differ from the others."""
        return bool(self.pending or self.split_brain or self.healing)

    @property
    def unknown(self) -> tuple[BrickHeal, ...]:
        """The bricks that nobody could ask."""
        return tuple(brick for brick in self.bricks if brick.split_brain is None)


def heal_of(facts: HealFacts, sets: Sequence[Sequence[tuple[str, str]]]) -> Heal:
    """What the bricks said, together; `sets` are the bricks (host, path) of each replica or disperse set."""
    said = {(brick.host, brick.path): brick for brick in facts.bricks}
    known = [[said[key] for key in members if key in said] for members in sets]
    return Heal(
        _sum([[brick.pending for brick in members] for members in known]),
        _sum([[brick.split_brain for brick in members] for members in known]),
        _sum([[brick.healing for brick in members] for members in known]),
        tuple(brick for members in known for brick in members),
        facts.unread,
        facts.files,
    )


def _sum(sets: Sequence[Sequence[int | None]]) -> int | None:
    """The greatest of each set, all sets together; None where nothing is known."""
    most = [max(known) for members in sets if (known := [count for count in members if count is not None])]
    return sum(most) if most else None


def entries(count: int) -> str:
    """ "1 entry", "12 entries"."""
    return f"{count} {'entry' if count == 1 else 'entries'}"


def split_brain_words(heal: Heal | None) -> str:
    """ "SPLIT-BRAIN: 3 entries", "" where there is none."""
    return f"SPLIT-BRAIN: {entries(heal.split_brain)}" if heal is not None and heal.split_brain else ""


def pending_words(heal: Heal | None) -> str:
    """ "heal: 12 entries pending on 2 bricks", "" where nothing waits; what is being healed is told too."""
    if heal is None or not (heal.pending or heal.healing):
        return ""
    parts = []
    if heal.pending:
        count = sum(bool(brick.pending) for brick in heal.bricks)
        parts.append(f"{entries(heal.pending)} pending on {count} brick{'s' * (count != 1)}")
    if heal.healing:
        parts.append(f"{entries(heal.healing)} being healed")
    return f"heal: {', '.join(parts)}"
