"""The whole chain of a claim as a tree with the first broken link marked, what is wrong, and what can be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll

from screens.claim_rows import look
from screens.diagnosis import finding_lines, numbered
from screens.diagnosis_page import ExplainDialog, Page
from screens.dialog import Dialog, plain
from screens.remedies import run_remedy
from screens.words import BAD, DIM, GOOD, PLAIN, WARN, one_line, state_text, state_tone
from screens.wrapped import WrappedText
from tui.core.finding import Finding
from tui.core.link import Link
from tui.core.model import State
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.tree_table import TreeTable

COLUMNS: Final = (
    Column("link", "LINK", least=30, grow=1),
    Column("state", "STATE", least=12, priority=1),
    Column("reason", "WHY", least=12, grow=2, priority=2),
)
_STORAGE: Final = ("Gluster volume", "brick", "device", "node")


@dataclass(frozen=True)
class Subject:
    """What a chain is shown of: how it is read now. `follow` is called when a repair of it has begun."""

    title: str
    links: Callable[[], list[Link]]
    findings: Callable[[], Sequence[Finding]]
    page: Page
    follow: Callable[[], object] | None = None


class ChainDialog(Dialog[None]):
    """Reads its subject again each second: what was repaired elsewhere is seen."""

    BINDINGS = [
        Binding("e", "explain", "Explain", show=False),
        *(Binding(str(number), f"remedy({number})", f"Remedy {number}", show=False) for number in range(1, 10)),
    ]

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self._subject = subject
        self._links: list[Link] = []
        self._findings: Sequence[Finding] | None = None
        self.heading = one_line(subject.title)

    def compose_body(self) -> ComposeResult:
        """The tree, what is wrong below it."""
        yield TreeTable[Link](COLUMNS, cells, lambda link: link.key, lambda link: link.depth)
        with VerticalScroll(id="finding-full"):
            yield WrappedText()

    def on_mount(self) -> None:
        """Read it, and go to where it breaks."""
        self.query_one(".box").add_class("-wide", "-tall")
        self._read()
        broken = next((link.key for link in self._links if link.is_first_broken), None)
        table = self.query_one(TreeTable)
        table.focus()
        if broken is not None:
            table.move_to_key(broken)
        self.set_interval(1.0, self._read)

    def _read(self) -> None:
        links, findings = self._subject.links(), self._subject.findings()
        if links != self._links:
            self._links = links
            self.query_one(TreeTable).set_rows(links)
        if findings != self._findings:
            self._findings = findings
            self._show_findings(findings)

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        lines = finding_lines(findings) or [(0, plain(("Nothing is wrong with it as far as can be seen.", GOOD)))]
        self.query_one(WrappedText).show(lines)
        count = len(numbered(findings))
        keys = [("1" if count == 1 else f"1-{count}", "run a remedy")] if count else []
        self.set_keys((*keys, *((("e", "explain"),) if findings else ()), ("↑↓", "move"), ("Tab", "to the text"),
                       ("Esc", "back")))  # fmt: skip

    def action_remedy(self, number: int) -> None:
        """Review the plan of a remedy."""
        remedies = numbered(self._findings or ())
        if number <= len(remedies):
            run_remedy(self.app, remedies[number - 1], self._started)
        else:
            self.app.notify("No remedy has this number.", markup=False)

    def _started(self) -> None:
        self.dismiss(None)
        if self._subject.follow is not None:
            self._subject.follow()

    def action_explain(self) -> None:
        """The pages behind the findings."""
        if self._findings:
            codes = [finding.code for finding in self._findings]
            self.app.push_screen(ExplainDialog(codes, self._subject.page))
        else:
            self.app.notify("Nothing was found that could be explained.", markup=False)


def cells(link: Link) -> tuple[Cell, ...]:
    """A link as a row."""
    name = f"{link.kind} {one_line(link.name)}" if link.kind != "pods" else link.name
    here = "  ◀ here" if link.is_first_broken else ""
    tone = BAD if link.severity == 2 else WARN if link.severity == 1 else PLAIN
    return (
        (name + here, tone if link.is_first_broken else PLAIN),
        _state(link),
        (one_line(link.reason), tone or DIM),
    )


def _state(link: Link) -> Cell:
    if not link.state:
        return ""
    if link.kind in _STORAGE and link.state in {state.value for state in State}:
        state = State(link.state)
        return state_text(state), state_tone(state)
    sign, tone = look(link.state, link.severity)
    return f"{sign} {link.state}", tone
