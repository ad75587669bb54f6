"""What heketi can do now, about the selected row and about itself: the choices, and the dialog that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from screens.columns_topology import TreeRow
from screens.dialog import Dialog, plain
from screens.words import ACCENT, DIM, PLAIN
from screens.wrapped import WrappedText
from tui.core.heketi_facts import HeketiFacts
from tui.core.heketi_links import links_of
from tui.core.heketi_model import FAILED, OFFLINE
from tui.core.model import Brick, Device, Node, Snapshot, Volume
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

KEYS: Final = "123456789abcdefghi"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do: `name` is the argument of the dashboard's action "heketi"."""

    name: str
    title: str
    explain: str


_MEMBER: Final = (
    Choice("enable", "Let heketi use it again", "New bricks may go there."),
    Choice("disable", "Disable it", "No new bricks go there; what is there goes on."),
    Choice("remove", "Remove it from use", "Its bricks move to other devices, then heketi uses it no more."),
    Choice("delete", "Take it out of heketi", "Its bricks move away first; its volume group is taken off the disk."),
    Choice("resync", "Read its space again", "heketi never looks again by itself at what LVM says."),
    Choice("tags", "Change its tags", "arbiter=required, and those that volumes ask for."),
)
_BRICK: Final = (Choice("evict", "Move the brick to another device", "heketi chooses where; the volume heals."),)
_VOLUME: Final = (
    Choice("expand", "Make the volume greater", "By whole GiB, with new bricks."),
    Choice("clone", "Clone the volume", "A copy as it is now, by a snapshot."),
)
_MAKE_BLOCK: Final = Choice("blockcreate", "Make a block volume", "In a volume that hosts such, or in a new one.")
_BLOCK: Final = Choice("blockdelete", "Delete the block volume", "With all its data; its name is typed.")
_CLUSTER: Final = (
    Choice("flags", "What the cluster takes", "Volumes, block volumes, both or nothing new."),
    Choice("leave", "Leave heketi", "Manage the cluster over SSH from now on, without moving a byte."),
    Choice("report", "What leaving it comes to", "What is adopted, and what in Kubernetes still points at heketi."),
)
_CLEANUP: Final = Choice("cleanup", "Clean up what broke off", "Stale and failed operations hold space.")
_ALWAYS: Final = (
    Choice("drift", "Where heketi and the nodes disagree", "Findings with their repairs."),
    Choice("mode", "The mode of the server", "normal, local-client or read-only."),
    Choice("loglevel", "How much heketi logs", ""),
)


def choices(snapshot: Snapshot, thing: object, facts: HeketiFacts) -> list[Choice]:
    """What can be done; states say what of a node or device makes sense."""
    found: list[Choice] = []
    if isinstance(thing, Node | Device):
        state = _state(thing, facts, snapshot)
        left_out = {"online": ("enable",), OFFLINE: ("disable",), FAILED: ("disable", "remove")}.get(state, ())
        found += [choice for choice in _MEMBER if choice.name not in left_out]
    elif isinstance(thing, Brick):
        found += _BRICK
    elif isinstance(thing, Volume):
        found += (_BLOCK,) if thing.name in snapshot.block_volumes else _VOLUME
        found.append(_MAKE_BLOCK)
    elif isinstance(thing, TreeRow) and thing.key[0] == "cluster" and thing.key[1]:
        found += (*_CLUSTER, _MAKE_BLOCK)
    if facts.stuck:
        found.append(_CLEANUP)
    return [*found, *_ALWAYS]


def _state(thing: Node | Device, facts: HeketiFacts, snapshot: Snapshot) -> str:
    links = links_of(facts.site) if facts.site is not None else None
    if links is None:
        return ""
    node = thing if isinstance(thing, Node) else snapshot.nodes.get(thing.node)
    known = links.node(thing) if isinstance(thing, Node) else links.device(thing, node)
    return known.state if known is not None else ""


class HeketiMenu(Dialog[str]):
    """Enter, a digit or a letter chooses."""

    keys = (("Enter", "choose"), ("1-9", "the same"), ("Esc", "back"))
    BINDINGS = [Binding(key, f"choose({place})", "Choose", show=False) for place, key in enumerate(KEYS)]

    def __init__(self, what: str, facts: HeketiFacts, offered: Sequence[Choice]) -> None:
        super().__init__()
        self.heading = f"heketi: {what}" if what else "heketi"
        self._facts, self._offered = facts, offered

    def compose_body(self) -> ComposeResult:
        """Which heketi, and the choices."""
        yield Static(plain((self._facts.source.name, DIM)), classes="body", markup=False)
        table = VirtualTable[tuple[int, Choice]](_COLUMNS, _cells, lambda row: row[1].name)
        table.styles.height = len(self._offered) + 1
        table.styles.max_height = "1fr"
        yield table
        yield WrappedText()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(".box").add_class("-wide")
        self.query_one(VirtualTable).set_rows(list(enumerate(self._offered)))
        self.query_one(VirtualTable).focus()

    def on_virtual_table_row_highlighted(self) -> None:
        """All that is said of the choice, however narrow the table is."""
        row = self.query_one(VirtualTable).cursor_item
        self.query_one(WrappedText).show([(0, plain((row[1].explain, DIM)))] if row is not None else [])

    def on_virtual_table_row_selected(self) -> None:
        """Enter."""
        row = self.query_one(VirtualTable).cursor_item
        if row is not None:
            self.dismiss(row[1].name)

    def action_choose(self, place: int) -> None:
        """By its key."""
        if place < len(self._offered):
            self.dismiss(self._offered[place].name)


_COLUMNS: Final = (
    Column("key", "", 2),
    Column("title", "", least=24),
    Column("explain", "", grow=1, least=20, priority=1),
)


def _cells(row: tuple[int, Choice]) -> tuple[Cell, ...]:
    place, choice = row
    return ((KEYS[place], ACCENT), (choice.title, PLAIN), (choice.explain, DIM))
