"""The steps of something long: where each stands, how long it took, and what it said last."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.core.units import format_age
from tui.widgets.cells import ERROR, GOOD, MUTED, WARNING, Cell
from tui.widgets.columns import Column
from tui.widgets.glyphs import glyphs
from tui.widgets.tree_table import TreeTable

Counts = Literal["waiting", "running", "good", "bad", "blocked"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a status word is shown, and what it counts as; the sign is the glyph of that name."""

    counts: Counts
    style: str = ""


LOOKS: Final[Mapping[str, Look]] = {
    "waiting": Look("waiting", MUTED),
    "running": Look("running", "bold"),
    "done": Look("good", GOOD),
    "already there": Look("good", GOOD),
    "gone already": Look("good", GOOD),
    "failed": Look("bad", f"bold {ERROR}"),
    "not tried": Look("blocked", WARNING),
    "cancelled": Look("blocked", WARNING),
    "skipped": Look("blocked", WARNING),
}
_UNKNOWN: Final = Look("waiting")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: its subject (`group`, "" for none), its status as a word, seconds so far, and its last output line."""

    key: Hashable
    group: str
    title: str
    status: str = "waiting"
    seconds: float | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The steps of one subject, counted."""

    name: str
    counts: Mapping[Counts, int]
    total: int


_COLUMNS: Final = (
    Column("step", "Step", grow=2, least=12),
    Column("status", "Status", width=15),
    Column("time", "Time", width=6, align="right", priority=1),
    Column("line", "Last output", grow=1, priority=2, least=12),
)


class ProgressList(Vertical):
    """Counts on top, below them the steps by subject. It follows what runs until the admin moves the cursor; f resumes.

    Keys of `TreeTable` messages are those of the steps, ("group", NAME) for a subject.
    """

    DEFAULT_CSS = """
    ProgressList > Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "follow", "Follow", show=False, id="progress.follow")]

    def __init__(self, looks: Mapping[str, Look] = LOOKS) -> None:
        super().__init__()
        self._looks = looks
        self._items: dict[Hashable, Progress] = {}
        self._followed: Hashable = None
        self._following = True
        self._waiting_to_show = False

    def compose(self) -> ComposeResult:
        yield Static(markup=False)
        yield TreeTable[Progress | Group](
            _COLUMNS, self._render_row, _key, lambda row: int(isinstance(row, Progress) and bool(row.group))
        )

    @property
    def items(self) -> Sequence[Progress]:
        """The steps in the order they came."""
        return tuple(self._items.values())

    def set_items(self, items: Iterable[Progress]) -> None:
        """Show these steps."""
        self._items = {item.key: item for item in items}
        self._following = True
        self._show_soon()

    def update_items(self, items: Iterable[Progress]) -> None:
        """Replace steps by key; a burst of calls costs one redraw."""
        self._items.update((item.key, item) for item in items)
        self._show_soon()

    def summary(self) -> str:
        """ "412/600 done, 3 failed, 2 running"."""
        return _summary(self._count(self._items.values()), len(self._items))

    def action_follow(self) -> None:
        self._following = True
        self._show()

    def on_mount(self) -> None:
        self._show()

    @on(TreeTable.RowHighlighted)
    def _moved(self, event: TreeTable.RowHighlighted) -> None:
        if event.table.has_focus and event.key != self._followed:
            self._following = False

    def _show_soon(self) -> None:
        if self.is_mounted and not self._waiting_to_show:
            self._waiting_to_show = True
            self.call_after_refresh(self._show)

    def _show(self) -> None:
        self._waiting_to_show = False
        if not self.query(TreeTable):
            # its dialog was closed before the screen was drawn
            return
        table: TreeTable[Progress | Group] = self.query_one(TreeTable)
        self.query_one(Static).update(Text(self.summary(), style=ERROR if self._failed() else ""))
        table.set_rows(self._rows())
        running = next((item.key for item in self._items.values() if self._look(item).counts == "running"), None)
        if self._following and running is not None:
            self._followed = running
            table.move_to_key(running)

    def _rows(self) -> list[Progress | Group]:
        groups: dict[str, list[Progress]] = {}
        for item in self._items.values():
            groups.setdefault(item.group, []).append(item)
        rows: list[Progress | Group] = []
        for name, items in groups.items():
            if name:
                rows.append(Group(name, self._count(items), len(items)))
            rows += items
        return rows

    def _count(self, items: Iterable[Progress]) -> Counter[Counts]:
        return Counter(self._look(item).counts for item in items)

    def _failed(self) -> bool:
        return any(self._look(item).counts == "bad" for item in self._items.values())

    def _look(self, item: Progress) -> Look:
        return self._looks.get(item.status, _UNKNOWN)

    def _render_row(self, row: Progress | Group) -> Sequence[Cell]:
        if isinstance(row, Group):
            style = f"bold {ERROR}" if row.counts.get("bad") else "bold"
            return (row.name, "bold"), (f"{row.counts.get('good', 0)}/{row.total} done", style), "", _rest(row.counts)
        look = self._look(row)
        status = (f"{getattr(glyphs(), look.counts)} {row.status}", look.style)
        return row.title, status, "" if row.seconds is None else format_age(row.seconds), (row.line, MUTED)


def _key(row: Progress | Group) -> Hashable:
    return ("group", row.name) if isinstance(row, Group) else row.key


def _summary(counts: Mapping[Counts, int], total: int) -> str:
    return ", ".join(filter(None, (f"{counts.get('good', 0)}/{total} done", _rest(counts))))


def _rest(counts: Mapping[Counts, int]) -> str:
    words: tuple[tuple[Counts, str], ...] = (("bad", "failed"), ("running", "running"), ("blocked", "not done"))
    return ", ".join(f"{counts[kind]} {word}" for kind, word in words if counts.get(kind))
