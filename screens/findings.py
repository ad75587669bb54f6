"""What was found on the nodes and in heketi, how we know, and what can be done about it."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.all_remedies import runnable
from screens.claim_findings import page
from screens.diagnosis import LOOKS, finding_lines, numbered
from screens.diagnosis_page import ExplainDialog
from screens.dialog import Dialog, Keys, plain
from screens.plan_review import summary
from screens.remedies import run_all, run_remedy
from screens.running import is_planning
from screens.words import DIM, GOOD, one_line
from screens.wrapped import WrappedText
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
_ORDER: Final = (Severity.ERROR, Severity.WARNING, Severity.INFO)
LOOK_SECONDS: Final = 0.25
NOTHING: Final = "Nothing was found: no leftovers, nothing half-done, on the nodes that answer."


class FindingsDialog(Dialog[bool]):
    """Enter (or 1-9) opens the review of a remedy, A of all of them. True: look again; None: back.

    With the `plan` that the findings were made for: False goes on to it. Once what was run from here has ended, and
    one is back here, it looks again by itself: what stands here was true before.
    """

    BINDINGS = [
        Binding("y", "go_on", "On to the plan", show=False),
        Binding("r", "again", "Look again", show=False),
        Binding("A", "all", "All remedies", show=False),
        Binding("e", "explain", "Explain", show=False),
        *(Binding(str(number), f"remedy({number})", f"Remedy {number}", show=False) for number in range(1, 10)),
    ]
    heading = "What was found on the nodes"

    def __init__(
        self, findings: Sequence[Finding], *, plan: Plan | None = None, heading: str = "", nothing: str = NOTHING
    ) -> None:
        super().__init__()
        self._plan, self._nothing = plan, nothing
        self._operations_before = 0
        self._findings = sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
        self.heading = heading or self.heading
        self.keys = self._keys(self._findings[0] if self._findings else None)

    def _keys(self, finding: Finding | None) -> Keys:
        """What can be done about this finding, about all of them, and about the list."""
        keys: list[tuple[str, str]] = []
        if self._plan is not None:
            keys.append(("y", "on to the plan"))
        if finding is not None and (count := len(numbered([finding]))):
            keys.append(("1" if count == 1 else f"1-{count}", "run a remedy"))
        if any(map(runnable, self._findings)):
            keys.append(("A", "all"))
        if finding is not None and _has_page(finding):
            keys.append(("e", "explain"))
        return (*keys, ("r", "look again"), ("Esc", "back"))

    def compose_body(self) -> ComposeResult:
        """What the plan comes to, the list, the selected finding in full."""
        if self._plan is not None:
            yield Static(plain(("the plan as it is now: ", DIM), *summary(self._plan)), markup=False)
        yield VirtualTable[Finding](COLUMNS, cells, id, empty=self._nothing)
        with VerticalScroll(id="finding-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(".box").add_class("-wide", "-tall")
        self.query_one(VirtualTable).set_rows(self._findings)
        self._operations_before = len(self.app.site.operations) if self.app.site is not None else 0
        self.set_interval(LOOK_SECONDS, self._look_again)

    def _look_again(self) -> None:
        """After a remedy was run, and perhaps taken back or gone on with."""
        ran = self.app.site.operations[self._operations_before :] if self.app.site is not None else []
        if not ran or self.app.screen is not self or is_planning(self.app):
            return
        if not any(operation.running for operation in ran):
            self.dismiss(True)

    def on_virtual_table_row_highlighted(self) -> None:
        """Show all of the selected finding, and what can be done about it."""
        finding = self._finding
        if finding is not None:
            self.query_one(WrappedText).show(finding_lines([finding], where=True))
            self.query_one("#finding-full").scroll_home(animate=False)
            self.set_keys(self._keys(finding))

    def on_virtual_table_row_selected(self) -> None:
        """Enter runs the first remedy that can be run."""
        self.action_remedy(1)

    @property
    def _finding(self) -> Finding | None:
        return self.query_one(VirtualTable).cursor_item

    def action_remedy(self, number: int) -> None:
        """Review the plan of a remedy; after it one looks again."""
        remedies = numbered([self._finding]) if self._finding is not None else []
        if number <= len(remedies):
            run_remedy(self.app, remedies[number - 1])
        else:
            self.app.notify("There is nothing that can be run for this finding.", markup=False)

    def action_all(self) -> None:
        """Review the first remedy of every finding as one plan."""
        if not run_all(self.app, self._findings):
            self.app.notify("There is nothing that can be run for these findings.", markup=False)

    def action_explain(self) -> None:
        """The page behind the selected finding."""
        finding = self._finding
        if finding is not None and _has_page(finding):
            self.app.push_screen(ExplainDialog([finding.code], page))
        elif finding is not None:
            self.app.notify("All that is known of it is said here.", markup=False)

    def action_go_on(self) -> None:
        """To the plan: what is refused there says so."""
        if self._plan is not None:
            self.dismiss(False)

    def action_again(self) -> None:
        """Look at the nodes again."""
        self.dismiss(True)


def _has_page(finding: Finding) -> bool:
    try:
        return bool(page(finding.code))
    except KeyError:
        return False


def cells(finding: Finding) -> tuple[Cell, ...]:
    """A finding as a row."""
    glyph, tone = LOOKS[finding.severity]
    return (
        (f"{glyph} {finding.severity}", tone),
        one_line(finding.subject),
        one_line(finding.sentence),
        ("yes" if runnable(finding) else "", GOOD),
    )
