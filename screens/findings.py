"""What was found on the nodes, how we know, and what can be done about it."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.all_remedies import all_remedies, runnable
from screens.dialog import Dialog, plain
from screens.plan_review import summary
from screens.running import review
from screens.words import ACCENT, BAD, DIM, GOOD, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.finding import Finding, Severity
from tui.core.plan import Plan
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

COLUMNS: Final = (
    Column("severity", "", 9),
    Column("subject", "WHERE", least=12),
    Column("sentence", "WHAT WAS FOUND", grow=1, least=24),
    Column("fix", "FIX", 3, priority=1),
)
_LOOKS: Final = {Severity.ERROR: ("✗", BAD), Severity.WARNING: ("▲", WARN), Severity.INFO: ("·", DIM)}
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class FindingsDialog(Dialog[bool]):
    """Enter (or 1-9) opens the review of a remedy, A of all of them. True: look again; None: back.

    With the `plan` that the findings were made for: False goes on to it.
    """

    BINDINGS = [
        Binding("y", "go_on", "On to the plan", show=False),
        Binding("r", "again", "Look again", show=False),
        Binding("A", "all", "All remedies", show=False),
        *(Binding(str(number), f"remedy({number})", f"Remedy {number}", show=False) for number in range(1, 10)),
    ]

    def __init__(self, findings: Sequence[Finding], *, plan: Plan | None = None) -> None:
        super().__init__()
        self._plan = plan
        self._findings = sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
        self.heading = "What was found on the nodes"
        self.keys = (("1-9", "run a remedy"), ("A", "all"), ("r", "look again"), ("Esc", "back"))
        if plan is not None:
            self.keys = (("y", "on to the plan"), *self.keys)

    def compose_body(self) -> ComposeResult:
        """What the plan comes to, the list, the selected finding in full."""
        if self._plan is not None:
            yield Static(plain(("the plan as it is now: ", DIM), *summary(self._plan)), markup=False)
        nothing = "Nothing was found: no leftovers, nothing half-done, on the nodes that answer."
        yield VirtualTable[Finding](COLUMNS, cells, id, empty=nothing)
        with VerticalScroll(id="finding-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one(VirtualTable).set_rows(self._findings)

    def on_virtual_table_row_highlighted(self) -> None:
        """Show all of the selected finding."""
        finding = self._finding
        if finding is not None:
            self.query_one(WrappedText).show(full_text(finding))

    def on_virtual_table_row_selected(self) -> None:
        """Enter runs the first remedy that can be run."""
        self.action_remedy(1)

    @property
    def _finding(self) -> Finding | None:
        return self.query_one(VirtualTable).cursor_item

    def action_remedy(self, number: int) -> None:
        """Review the plan of a remedy; after it one looks again."""
        remedies = runnable(self._finding)
        if number <= len(remedies):
            self._review(remedies[number - 1].plan)
        else:
            self.app.notify("There is nothing that can be run for this finding.", markup=False)

    def action_all(self) -> None:
        """Review the first remedy of every finding as one plan."""
        plan = all_remedies(self._findings)
        if plan is None:
            self.app.notify("There is nothing that can be run for these findings.", markup=False)
        self._review(plan)

    def _review(self, plan: Plan | None) -> None:
        if plan is not None:
            review(self.app, plan)

    def action_go_on(self) -> None:
        """To the plan: what is refused there says so."""
        if self._plan is not None:
            self.dismiss(False)

    def action_again(self) -> None:
        """Look at the nodes again."""
        self.dismiss(True)


def cells(finding: Finding) -> tuple[Cell, ...]:
    """A finding as a row."""
    glyph, tone = _LOOKS[finding.severity]
    return (
        (f"{glyph} {finding.severity}", tone),
        one_line(finding.subject),
        one_line(finding.sentence),
        ("yes" if runnable(finding) else "", GOOD),
    )


def full_text(finding: Finding) -> list[Indented]:
    """All of a finding, with its remedies numbered where they can be run."""
    glyph, tone = _LOOKS[finding.severity]
    lines: list[Indented] = [(0, plain((f"{glyph} {finding.subject}: ", tone), finding.sentence))]
    if finding.evidence:
        lines.append((2, plain((f"seen: {finding.evidence}", DIM))))
    number = 0
    for remedy in finding.remedies:
        number += remedy.plan is not None
        lead = (f"{number} ", ACCENT) if remedy.plan is not None else ("· ", DIM)
        lines.append((2, plain(lead, (remedy.title, GOOD), "" if remedy.plan is not None else "  (by hand)")))
    return lines
