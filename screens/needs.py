"""What a plan still has to know is asked for: one of a list, a text, or a secret that nobody sees."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from screens.dialog import Dialog, plain
from screens.running import review, run_flow
from screens.waiting import WaitingDialog
from screens.words import BAD, DIM, one_line
from tui.app import BrickyardApp
from tui.core.finding import Fix
from tui.core.plan import Plan
from tui.plans.kube_asks import Needs, answered
from tui.widgets.columns import Column
from tui.widgets.query import parse_query, searchable
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.site import Site

COLUMNS: Final = (Column("choice", "", grow=1, least=20),)
FEW: Final = 8
"""So many choices are seen at a glance: a field to search in them would only stand in the way."""


class PickDialog(Dialog[str]):
    """One of `choices`; what is typed narrows them. Escape: None."""

    keys = (("Enter", "take it"), ("↑↓", "choose"), ("Esc", "back"))
    BINDINGS = [
        Binding("down", "step(1)", "Down", show=False),
        Binding("up", "step(-1)", "Up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
    ]

    def __init__(self, heading: str, sentence: str, choices: Sequence[str], empty: str = "Nothing fits.") -> None:
        super().__init__()
        self.heading = one_line(heading)
        self._sentence, self._choices, self._empty = sentence, tuple(choices), empty

    def compose_body(self) -> ComposeResult:
        """The question, the field, the list."""
        with VerticalScroll(classes="body", id="question", can_focus=False):
            yield Static(plain(self._sentence), markup=False)
        if len(self._choices) > FEW:
            yield Input(placeholder="type to narrow the list", select_on_focus=False)
        yield VirtualTable[str](COLUMNS, lambda choice: (one_line(choice),), lambda choice: choice, empty=self._empty)

    def on_mount(self) -> None:
        """Fill it."""
        if len(self._choices) > FEW:
            self.query_one(".box").add_class("-tall")
        table = self.query_one(VirtualTable)
        if len(self._choices) <= FEW:
            table.styles.height = len(self._choices) + 2
            table.styles.max_height = "1fr"
            table.focus()
        table.set_rows(self._choices)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        lines = [searchable({"choice": choice}) for choice in self._choices]
        places = parse_query(event.value, ("choice",)).select(lines)
        self.query_one(VirtualTable).set_rows([self._choices[place] for place in places])

    @on(Input.Submitted)
    @on(VirtualTable.RowSelected)
    def _taken(self) -> None:
        choice: str | None = self.query_one(VirtualTable).cursor_item
        if choice is not None:
            self.dismiss(choice)

    def action_step(self, step: int) -> None:
        """Up and down work from the field too."""
        self.query_one(VirtualTable).action_cursor(step)

    def action_page(self, pages: int) -> None:
        """By a page."""
        self.query_one(VirtualTable).action_page(pages)


class AskDialog(Dialog[str]):
    """A text; a secret is not seen while it is typed. Escape: None."""

    keys = (("Enter", "use it"), ("Esc", "back"))

    def __init__(self, heading: str, sentence: str, name: str, *, secret: bool = False) -> None:
        super().__init__()
        self.heading = one_line(heading)
        self._sentence, self._what, self._secret = sentence, name, secret

    def compose_body(self) -> ComposeResult:
        """The question and the field."""
        with VerticalScroll(classes="body", id="question", can_focus=False):
            yield Static(plain(self._sentence), markup=False)
        yield Input(placeholder=self._what, password=self._secret, select_on_focus=False)
        said = "It is kept in memory while brickyard runs; in plans, journal and log a placeholder stands for it."
        yield Static(plain((said if self._secret else " ", DIM)), id="wrong", markup=False)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        # blanks around a name are a slip of the hand, in a key they may be meant
        value = event.value if self._secret else event.value.strip()
        if value.strip():
            self.dismiss(value)
        else:
            self.query_one("#wrong", Static).update(plain(("Nothing was typed.", BAD)))


async def plan_with_answers(app: BrickyardApp, site: "Site", fix: Fix, title: str = "") -> Plan | None:
    """The plan of a repair; what it has to know is asked for, as often as it takes. None: the admin went back.

    Raises Refused where there is no plan.
    """
    heading = title or fix.name
    text = plain("The objects are read whole before a plan is made for them.\n\n", (one_line(heading), "bold"))
    while True:
        made = await app.push_screen_wait(WaitingDialog[Plan | Needs]("Repair", text, _asking(site, fix)))
        if made is None or isinstance(made, Plan):
            return made
        value = await _answer(app, heading, made)
        if value is None:
            return None
        fix = answered(fix, made.name, site.vault.put(value) if made.secret else value)


def _asking(site: "Site", fix: Fix) -> Callable[[], Awaitable[Plan | Needs]]:
    async def ask() -> Plan | Needs:
        try:
            return await site.fix_plan(fix)
        except Needs as needs:
            return needs

    return ask


async def _answer(app: BrickyardApp, heading: str, needs: Needs) -> str | None:
    if needs.choices:
        return await app.push_screen_wait(PickDialog(heading, needs.sentence, needs.choices))
    return await app.push_screen_wait(AskDialog(heading, needs.sentence, needs.name, secret=needs.secret))


def run_fix(app: BrickyardApp, fix: Fix, title: str = "", on_started: Callable[[], object] | None = None) -> None:
    """Make the plan of a repair, asking for what is missing, and show its review."""

    async def flow(site: "Site") -> None:
        plan = await plan_with_answers(app, site, fix, title)
        if plan is not None:
            review(app, plan, on_started)

    if app.site is not None:
        run_flow(app, flow(app.site), "planning the repair")
