"""A plan before it runs: what, where, with which commands, and what is left out and why."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from screens.considered import GRACE_SECONDS, Considered
from screens.dialog import plain
from screens.trial import trial_lines
from screens.words import ACCENT, BAD, DIM, GOOD, PLAIN, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Danger, Plan, Refused, Skipped, Step
from tui.core.runner import API_TARGETS, KUBERNETES

if TYPE_CHECKING:
    from tui.site import Site


class PlanReviewDialog(Considered[bool]):
    """True when the admin confirmed: with y, with Y where it costs others something, or by typing the name.

    No confirmation counts that comes within GRACE_SECONDS of the plan being shown, or of a
    confirmation that came too early: it was meant for something else.
    """

    BINDINGS = [
        Binding("y", "confirm('y')", "Run it", show=False),
        Binding("Y", "confirm('Y')", "Run it", show=False),
        Binding("down", "scroll_plan(0.25)", "Down", show=False),
        Binding("up", "scroll_plan(-0.25)", "Up", show=False),
        Binding("pagedown", "scroll_plan(1)", "Page down", show=False),
        Binding("pageup", "scroll_plan(-1)", "Page up", show=False),
        Binding("t,f8", "try_out", "Try it", show=False),
    ]

    def __init__(self, plan: Plan, *, read_only: bool = False, cuts_clients: bool = False) -> None:
        super().__init__()
        self.plan, self._read_only = plan, read_only
        self._key = "Y" if cuts_clients or plan.danger is Danger.DESTROYS else "y"
        self.heading = one_line(plan.title)
        self.keys = (("Esc", "back, nothing is changed"), ("↑↓", "scroll"))
        if self._can_be_tried:
            # where a name is typed, a letter is part of it
            self.keys = (*self.keys, ("F8" if self._can_run and plan.confirm else "t", "try it on the API server"))
        if self._can_run and not plan.confirm:
            self.keys = ((self._key, "run it (with Shift)" if self._key == "Y" else "run it"), *self.keys)

    @property
    def _can_run(self) -> bool:
        return bool(self.plan.steps) and not self._read_only

    @property
    def _can_be_tried(self) -> bool:
        return any(step.node == KUBERNETES for step in self.plan.steps)

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
            yield Input(id="confirm")
            yield Static(" ", id="wrong", markup=False)

    def on_mount(self) -> None:
        """The plan is read first; it takes the whole height."""
        self.query_one(".box").add_class("-wide")
        if self._can_run and self.plan.confirm:
            self.query_one("#confirm").focus()

    def _is_too_early(self) -> bool:
        return self.is_too_early(GRACE_SECONDS, "the plan")

    def action_confirm(self, key: str) -> None:
        """The key: only where no name must be typed, and only the one that this plan asks for."""
        if not self._can_run or self.plan.confirm:
            return
        if key == "y" and self._key == "Y":
            self.app.notify("This costs others something: Y (with Shift) runs it.", markup=False)
        elif not self._is_too_early():
            self.dismiss(True)

    def on_key(self, event: events.Key) -> None:
        """Escape and a key right after it reach us as Alt+key where tmux or screen stands between: it was Escape."""
        if event.key.startswith("alt+"):
            event.stop()
            event.prevent_default()
            self.go_back()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value.strip() != self.plan.confirm:
            said = f"That is not '{self.plan.confirm}'. Nothing was changed."
            self.query_one("#wrong", Static).update(plain((said, BAD)))
        elif not self._is_too_early():
            self.dismiss(True)

    def action_try_out(self) -> None:
        """Let the API server try what stands alone in the plan; it changes nothing."""
        if self._can_be_tried and self.app.site is not None:
            self._show_trial([(0, plain(("trying it on the API server, which changes nothing…", ACCENT)))])
            self.run_worker(self._try_out(self.app.site), group="trial", exclusive=True, exit_on_error=False)

    async def _try_out(self, site: "Site") -> None:
        try:
            lines = trial_lines(await site.rehearse(self.plan))
        except Refused as error:
            lines = [(0, plain((f"✗ it could not be tried: {one_line(error.sentence)}", BAD)))]
        self._show_trial(lines)

    def _show_trial(self, lines: list[Indented]) -> None:
        self.query_one(WrappedText).show([*lines, (0, Content("")), *plan_lines(self.plan)])
        self.query_one(".body", VerticalScroll).scroll_home(animate=False)

    def action_scroll_plan(self, pages: float) -> None:
        """The plan scrolls from the field too."""
        body = self.query_one(".body", VerticalScroll)
        body.scroll_relative(y=pages * body.size.height if abs(pages) >= 1 else 4 * pages, animate=False)


def summary(plan: Plan) -> list[tuple[str, str]]:
    """ "24 steps on 6 nodes · 3 destroy data · 2 refused · 1 nothing to do"."""
    nodes = {step.node for step in plan.steps}
    apis = sorted(nodes & API_TARGETS)
    places = [*([_count(len(nodes) - len(apis), "node")] if len(nodes) > len(apis) else []), *apis]
    destroys = sum(step.danger is Danger.DESTROYS for step in plan.steps)
    refused = sum(skip.is_fault for skip in plan.skipped)
    parts: list[tuple[str, str]] = [
        (f"{_count(len(plan.steps), 'step')} on {' and '.join(places)}", "bold")
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
