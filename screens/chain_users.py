"""From storage upwards: the claims and pods that hang on a volume, a brick, a device or a node."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult

from screens.dialog import Dialog
from screens.words import DIM, one_line
from tui.core.claim_users import VolumeUser
from tui.core.kube import Key
from tui.core.model import Brick, Device, Node, Volume
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

COLUMNS: Final = (
    Column("claim", "CLAIM", least=16, grow=2),
    Column("pods", "PODS", least=12, grow=2, priority=1),
    Column("gluster", "GLUSTER VOLUME", least=12, grow=1, priority=2),
    Column("volume", "PERSISTENTVOLUME", least=12, grow=1, priority=3),
)


class UsersDialog(Dialog[Key]):
    """Enter ends with the key of the claim, whose chain is shown then."""

    def __init__(self, where: str, users: Sequence[VolumeUser], why_none: str) -> None:
        super().__init__()
        claims = len({user.claim for user in users if user.claim})
        pods = len({pod for user in users for pod in user.pods})
        self.heading = f"{one_line(where)}: {_count(claims, 'claim')}, {_count(pods, 'pod')}"
        self.keys = (("Enter", "the chain of the claim"), ("Esc", "back"))
        self._users, self._why_none = users, why_none

    def compose_body(self) -> ComposeResult:
        """The list."""
        yield VirtualTable[VolumeUser](COLUMNS, cells, lambda user: (user.gluster, user.volume), empty=self._why_none)

    def on_mount(self) -> None:
        """Fill it: those that pods use first."""
        self.query_one(".box").add_class("-wide", "-tall")
        ordered = sorted(self._users, key=lambda user: (-len(user.pods), user.claim is None, user.claim or ("", "")))
        table = self.query_one(VirtualTable)
        table.set_rows(ordered)
        table.focus()

    def on_virtual_table_row_selected(self) -> None:
        """To the chain of the claim."""
        user: VolumeUser | None = self.query_one(VirtualTable).cursor_item
        if user is not None and user.claim is not None:
            self.dismiss(user.claim)
        elif user is not None:
            self.app.notify(f"No claim has {user.volume}.", markup=False)


def cells(user: VolumeUser) -> tuple[Cell, ...]:
    """One user as a row."""
    return (
        one_line("/".join(user.claim)) if user.claim else ("no claim", DIM),
        one_line(", ".join(pod[1] for pod in user.pods)) or ("none", DIM),
        one_line(user.gluster),
        (one_line(user.volume), DIM),
    )


def place_of(thing: Volume | Brick | Device | Node) -> str:
    """What hangs on what, in words."""
    match thing:
        case Volume():
            return f"volume {thing.name}"
        case Brick():
            return f"brick of {thing.volume} on {thing.node or thing.host}"
        case Device():
            return f"{thing.path} on {thing.node}"
        case Node():
            return f"node {thing.name}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
