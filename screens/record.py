"""One operation of the past: its steps, and what was run for the selected one with what the node answered."""

import time
from typing import TYPE_CHECKING, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.export import export
from screens.operation_rows import state_cell
from screens.running import resume, undo
from screens.shell import open_shell
from screens.step_text import STATUS_TONES, command_lines, reason_lines
from screens.strips import Part
from screens.words import DIM, PLAIN, one_line
from screens.wrapped import Indented, WrappedText
from tui.actions import DIALOG, OPERATIONS, TABLE, bindings
from tui.core.plan import Step
from tui.core.units import format_age
from tui.ops.events import status_word
from tui.ops.export import duration, report_of
from tui.ops.history import Entry, Record
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.glyphs import glyphs
from tui.widgets.progress_list import LOOKS
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.site import Site

COLUMNS: Final = (
    Column("status", "STATUS", 15),
    Column("node", "NODE", least=6),
    Column("title", "STEP", grow=1, least=16),
    Column("began", "BEGAN", 8, align="right", priority=2),
    Column("took", "TOOK", 6, align="right", priority=1),
    Column("reason", "REASON", grow=1, least=12, priority=3),
)


class RecordDialog(Dialog[None]):
    """What the journal has of one operation. Read again when a dialog over it goes away."""

    action_contexts = (OPERATIONS, TABLE, DIALOG)
    BINDINGS = [*bindings(OPERATIONS), Binding("exclamation_mark", "shell", "Shell", show=False)]
    keys = (
        ("u", "undo"), ("R", "resume"), ("e", "export"), ("!", "shell"), ("Tab ↑↓", "scroll"),
        ("Esc", "back"),
    )  # fmt: skip

    def __init__(self, site: "Site", record: Record, now: float) -> None:
        super().__init__()
        self._site, self._record = site, record
        self.heading = one_line(record.entry.title)

    def compose_body(self) -> ComposeResult:
        """What it was, its steps, the selected step in full."""
        yield Static(id="operation-line", markup=False)
        yield VirtualTable[Step](COLUMNS, self._cells, lambda step: step.id)
        with VerticalScroll(id="step-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(".box").add_class("-wide", "-tall")
        self._fill()
        table = self.query_one(VirtualTable)
        failed = next((s.id for s in self._record.plan.steps if not report_of(self._record, s.id).status.is_good), None)
        if failed is not None:
            table.move_to_key(failed)
        table.focus()

    def on_screen_resume(self) -> None:
        """Perhaps it was undone or resumed."""
        self._read_again()

    @work(group="record", exclusive=True, exit_on_error=False)
    async def _read_again(self) -> None:
        self._record = await self._site.record(self._record.entry.id)
        self._fill()

    def _fill(self) -> None:
        self.query_one("#operation-line", Static).update(plain(*headline(self._record.entry)))
        self.query_one(VirtualTable).set_rows(list(self._record.plan.steps))
        self._show_step()

    @on(VirtualTable.RowHighlighted)
    def _show_step(self) -> None:
        step = self._step
        if step is not None:
            self.query_one(WrappedText).show(full_step(self._record, step))
            self.query_one("#step-full").scroll_home(animate=False)

    @property
    def _step(self) -> Step | None:
        return self.query_one(VirtualTable).cursor_item

    def _cells(self, step: Step) -> tuple[Cell, ...]:
        report = report_of(self._record, step.id)
        word = status_word(report.status, step.id)
        began = next((run.at - run.seconds for run in self._record.commands if run.step == step.id), None)
        return (
            (f"{getattr(glyphs(), LOOKS[word].counts)} {word}", STATUS_TONES[report.status]),
            one_line(step.node),
            one_line(step.title),
            ("" if began is None else time.strftime("%H:%M:%S", time.localtime(began)), DIM),
            (format_age(report.seconds) if report.seconds else "", DIM),
            (one_line(report.reason), STATUS_TONES[report.status]),
        )

    def action_undo(self) -> None:
        """Review what would be taken back."""
        undo(self.app, self._record.entry.id)

    def action_resume(self) -> None:
        """Go on with it."""
        resume(self.app, self._record.entry.id)

    def action_export(self) -> None:
        """Into a file."""
        export(self.app, self._site, self._record.entry.id)

    async def action_shell(self) -> None:
        """On the node of the selected step."""
        if self._step is not None:
            await open_shell(self.app, self._site, self._step.node)


def headline(entry: Entry) -> list[Part]:
    """State, when, how long, by whom, with what."""
    state = "undone" if entry.undone_by else entry.state
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.started))
    took = duration(entry)
    parts: list[Part] = [state_cell(state), (f" · {when}", PLAIN)]
    parts.append((f" · took {format_age(took)}" if took is not None else "", PLAIN))
    parts.append((f" · {one_line(entry.operator)}@{one_line(entry.host)} · {entry.id[:8]}", DIM))
    if entry.undoes:
        parts.append((f" · undo of {entry.undoes[:8]}", DIM))
    if entry.undone_by:
        parts.append((f" · taken back by {entry.undone_by[:8]}", DIM))
    return parts


def full_step(record: Record, step: Step) -> list[Indented]:
    """A step with its reason, what to do, and every command with its exit code and output."""
    report = report_of(record, step.id)
    lines = [*reason_lines(step, report)]
    runs = [run for run in record.commands if run.step == step.id]
    for run in runs:
        lines += command_lines(run)
    if not runs:
        why = "It was begun; what it answered is not known." if report.begun else "Nothing was run for it."
        lines.append((0, plain((why, DIM))))
    return lines
