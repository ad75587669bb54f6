"""At the start: operations that broke off. What they were, how far they came, and what shall become of them."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.load import load_topology
from screens.running import resume, run_flow, undo
from screens.words import ACCENT, BAD, DIM, GOOD, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.app import BrickyardApp
from tui.core.plan import Step
from tui.core.units import format_age
from tui.ops.events import Status
from tui.ops.export import report_of
from tui.ops.history import Record

if TYPE_CHECKING:
    from tui.site import Site

DONE, FAILED, UNKNOWN, NOT_BEGUN = "done", "failed", "unknown", "not begun"
LOOKS: Final = {
    UNKNOWN: ("?", WARN, "begun, its end is not known"),
    FAILED: ("✗", BAD, "failed"),
    NOT_BEGUN: ("·", DIM, "not begun"),
    DONE: ("✓", GOOD, "done"),
}


def begin(app: BrickyardApp) -> None:
    """The site is open: settle what broke off, then load the topology that the command line names."""
    if app.site is not None:
        run_flow(app, _begin(app, app.site), "looking for operations that broke off")


async def _begin(app: BrickyardApp, site: "Site") -> None:
    try:
        unfinished = await site.unfinished()
        for number, entry in enumerate(unfinished):
            record = await site.record(entry.id)
            wish = await app.push_screen_wait(UnfinishedDialog(record, len(unfinished) - number - 1, time.time()))
            if wish is not None:
                (resume if wish == "resume" else undo)(app, entry.id)
                return
    finally:
        if app.topology is not None:
            load_topology(app, app.topology)


class UnfinishedDialog(Dialog[str]):
    """ "resume", "undo", or None: later."""

    BINDINGS = [Binding("R", "wish('resume')", "Resume", show=False), Binding("u", "wish('undo')", "Undo", show=False)]
    keys = (("R", "resume"), ("u", "undo"), ("Esc", "later"), ("↑↓", "scroll"))
    heading = "An operation broke off"

    def __init__(self, record: Record, more: int, now: float) -> None:
        super().__init__()
        self._record, self._more, self._now = record, more, now

    def compose_body(self) -> ComposeResult:
        """What, when, by whom, how far."""
        yield WrappedText(self._headline())
        with VerticalScroll(classes="body") as body:
            body.can_focus = True
            yield WrappedText(step_lines(self._record))
        yield Static(plain(("R and u show first what would be run.", DIM)), markup=False)

    def on_mount(self) -> None:
        """It takes the width."""
        self.query_one(".box").add_class("-wide")

    def _headline(self) -> list[Indented]:
        entry = self._record.entry
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.started))
        who = f"{one_line(entry.operator)}@{one_line(entry.host)}"
        age = format_age(self._now - entry.started)
        lines = [
            (0, plain((one_line(entry.title), "bold"))),
            (0, plain((f"begun {when}, {age} ago, by {who} · {entry.id[:8]}", DIM))),
            (0, plain("Brickyard or its machine went away before it came to its end.")),
        ]
        if self._more:
            lines.append((0, plain((f"{self._more} more broke off before it; o lists them.", WARN))))
        return lines

    def action_wish(self, wish: str) -> None:
        """What shall become of it."""
        self.dismiss(wish)


def progress_of(record: Record) -> dict[str, list[Step]]:
    """The steps by how they ended; what is not known first."""
    found: dict[str, list[Step]] = {word: [] for word in LOOKS}
    for step in record.plan.steps:
        status = report_of(record, step.id).status
        known = {Status.DONE: DONE, Status.PRESENT: DONE, Status.RUNNING: UNKNOWN, Status.FAILED: FAILED}
        found[known.get(status, NOT_BEGUN)].append(step)
    return found


def step_lines(record: Record) -> Iterator[Indented]:
    """The counts, then every step."""
    found = progress_of(record)
    counts = [(f"{len(steps)} {word}", LOOKS[word][1]) for word, steps in found.items() if steps]
    parts = [part for count in counts for part in (count, (" · ", DIM))]
    yield 0, plain(*parts[:-1])
    for word, steps in found.items():
        glyph, tone, meaning = LOOKS[word]
        for step in steps:
            where = (f"{one_line(step.node)}: ", ACCENT)
            yield 2, plain((f"{glyph} ", tone), where, one_line(step.title), (f"  {meaning}", DIM))
