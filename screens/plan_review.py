"""A plan before it runs: what, where, with which commands, and what is left out and why."""

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from screens.dialog import Dialog, plain
from screens.words import ACCENT, BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Danger, Plan, Skipped, Step


class PlanReviewDialog(Dialog[bool]):
    """True when the admin confirmed: with a key, or by typing the name where something is destroyed."""

    BINDINGS = [
        Binding("y", "confirm", "Run it", show=False),
        Binding("down", "scroll_plan(0.25)", "Down", show=False),
        Binding("up", "scroll_plan(-0.25)", "Up", show=False),
        Binding("pagedown", "scroll_plan(1)", "Page down", show=False),
        Binding("pageup", "scroll_plan(-1)", "Page up", show=False),
    ]

    def __init__(self, plan: Plan, *, read_only: bool = False) -> None:
        super().__init__()
        self.plan, self._read_only = plan, read_only
        self.heading = one_line(plan.title)
        self.keys = (("Esc", "back, nothing is changed"), ("↑↓", "scroll"))
        if self._can_run and not plan.confirm:
            self.keys = (("y", "run it"), *self.keys)

    @property
    def _can_run(self) -> bool:
        return bool(self.plan.steps) and not self._read_only

    def compose_body(self) -> ComposeResult:
        """The plan; below it the field for the name, where one must be typed."""
        yield Static(plain(*summary(self.plan)), markup=False)
        if self._read_only:
            yield Static(plain(("Read-only: this plan can be looked at, not run.", WARN)), markup=False)
        with VerticalScroll(classes="body") as body:
            body.can_focus = True
            yield WrappedText(plan_lines(self.plan))
        if self._can_run and self.plan.confirm:
            yield Static(plain("Type ", (self.plan.confirm, f"bold {BAD}"), " and Enter to run it:"), markup=False)
            yield Input(placeholder=self.plan.confirm, id="confirm")
            yield Static(" ", id="wrong", markup=False)

    def on_mount(self) -> None:
        """The plan is read first; it takes the whole height."""
        self.query_one(".box").add_class("-wide")
        if self._can_run and self.plan.confirm:
            self.query_one("#confirm").focus()

    def action_confirm(self) -> None:
        """The key: only where no name must be typed."""
        if self._can_run and not self.plan.confirm:
            self.dismiss(True)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value.strip() == self.plan.confirm:
            self.dismiss(True)
        else:
            said = f"That is not '{self.plan.confirm}'. Nothing was changed."
            self.query_one("#wrong", Static).update(plain((said, BAD)))

    def action_scroll_plan(self, pages: float) -> None:
        """The plan scrolls from the field too."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_relative(y=pages * body.size.height if abs(pages) >= 1 else 4 * pages, animate=False)


def summary(plan: Plan) -> list[tuple[str, str]]:
    """ "24 steps on 6 nodes · 3 destroy data · 2 refused · 1 nothing to do"."""
    nodes = {step.node for step in plan.steps}
    destroys = sum(step.danger is Danger.DESTROYS for step in plan.steps)
    refused = sum(skip.is_fault for skip in plan.skipped)
    parts: list[tuple[str, str]] = [
        (f"{_count(len(plan.steps), 'step')} on {_count(len(nodes), 'node')}", "bold")
        if plan.steps
        else ("nothing to run", "bold")
    ]
    if destroys:
        parts.append((f" · {destroys} destroy{'s' * (destroys == 1)} data", f"bold {BAD}"))
    if refused:
        parts.append((f" · {refused} refused", BAD))
    if len(plan.skipped) > refused:
        parts.append((f" · {len(plan.skipped) - refused} with nothing to do", DIM))
    return parts


def plan_lines(plan: Plan) -> list[Indented]:
    """All of the plan: warnings and refusals first, since they are what a tired admin must not miss."""
    lines: list[Indented] = [(0, plain((f"▲ {one_line(warning)}", WARN))) for warning in plan.warnings]
    for skip in plan.skipped:
        if skip.is_fault:
            lines += skipped_lines("✗ refused", BAD, skip)
    lines += [(0, Content(""))] if lines else []
    number = 0
    for node, steps in _by_node(plan.steps):
        lines.append((0, plain((node, f"bold {ACCENT}"), (f"  {_count(len(steps), 'step')}", DIM))))
        for step in steps:
            number += 1
            lines += _step(number, step)
        lines.append((0, Content("")))
    for skip in plan.skipped:
        if not skip.is_fault:
            lines += skipped_lines("· nothing to do", DIM, skip)
    return lines


def _by_node(steps: tuple[Step, ...]) -> Iterator[tuple[str, list[Step]]]:
    nodes = dict.fromkeys(step.node for step in steps)
    for node in nodes:
        yield node, [step for step in steps if step.node == node]


def _step(number: int, step: Step) -> Iterator[Indented]:
    destroys = step.danger is Danger.DESTROYS
    title = (one_line(step.title), f"bold {BAD}" if destroys else PLAIN)
    mark = ("  ✖ DESTROYS DATA" if destroys else "", f"bold {BAD}")
    yield 0, plain((f"{number:>4}  ", DIM), title, mark)
    for command in step.commands:
        yield 6, plain((f"$ {one_line(str(command))}", DIM))
    if step.no_undo and not step.undo:
        yield 6, plain((f"no way back: {one_line(step.no_undo)}", WARN))


def skipped_lines(word: str, tone: str, skip: Skipped) -> Iterator[Indented]:
    """What is left out of a plan, why, and what to do."""
    yield 0, plain((f"{word}: ", tone), (one_line(skip.subject), "bold"), (f": {one_line(skip.reason)}", tone))
    if skip.remedy:
        yield 4, plain((f"what to do: {one_line(skip.remedy)}", GOOD))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
