"""What the contract between us and a node is made of.

A scenario is a list of items that happen in order on nodes that were clean before: things that
are simply so (`Given`), commands that are asked and whose answers are compared (`Ask`), and
conditions that take a moment to become true (`Wait`). Nodes are numbered from 1; each has the
blank disks /dev/vdb to /dev/vde of 4 GiB and is 10.77.0.(10+number) for the others.
"""

import re
from dataclasses import dataclass
from typing import Final

from tui.core.plan import Check, Command
from tui.core.units import GIB
from tui.dialects import gluster

NODES: Final = (1, 2, 3)
DISKS: Final = ("/dev/vdb", "/dev/vdc", "/dev/vdd", "/dev/vde")
DISK_SIZE: Final = 4 * GIB


def host(node: int) -> str:
    """The name of a node in the trusted pool."""
    return f"10.77.0.{10 + node}"


@dataclass(frozen=True, slots=True)
class Given:
    """Something that an admin or an accident did before: a word of `real.HOW`, a device or folder."""

    node: int
    what: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A command under test. A word "@VG/LV@" in its arguments stands for the uuid of that logical volume.

    `ignore` names what can't be compared: "stdout" or "stderr".
    """

    name: str
    node: int
    command: Command
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on when the check is a yes; what it asks is not compared. Seconds."""

    node: int
    check: Check
    seconds: float = 60


Item = Given | Ask | Wait


@dataclass(frozen=True, slots=True)
class Scenario:
    """A run of items under one name, on clean nodes."""

    name: str
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        names = [ask.name for ask in self.asks]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: two commands have the same name")

    @property
    def asks(self) -> tuple[Ask, ...]:
        """The commands under test."""
        return tuple(item for item in self.items if isinstance(item, Ask))


def peer_away(node: int) -> Check:
    """Whether another node knows this one as disconnected."""
    name = rf"<hostname>{re.escape(host(node))}</hostname>"
    return Check(gluster.pool_list(), matches=rf"{name}(?:(?!</peer>).)*<connected>0</connected>")


def plain(*argv: str, ok: tuple[int, ...] = (0,)) -> Command:
    """A command that the dialects have no builder for."""
    return Command(argv, ok=ok)
