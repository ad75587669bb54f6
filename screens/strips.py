"""The one-line strips of the dashboard: header, operations, keys. Each says what it knows and nothing else."""

import time
from typing import TYPE_CHECKING, Final

from textual import events
from textual.widgets import Static

from screens.dialog import plain
from screens.health import counts, data_age
from screens.words import ACCENT, BAD, DIM, GOOD, PLAIN, WARN, one_line
from tui.actions import Action, in_context, show_key
from tui.core.model import Snapshot
from tui.core.units import format_age
from tui.ops.events import Status
from tui.widgets.cells import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ops.history import Entry
    from tui.ops.operation import Operation

Part = tuple[str, str]
BAR = 16


class Strip(Static):
    """One line, whatever it says: it is drawn only when it says something else, and nothing is laid out for it."""

    def __init__(self, strip_id: str) -> None:
        super().__init__(id=strip_id, markup=False)
        self._parts: list[Part] = []

    def say(self, parts: "Sequence[Part]") -> None:
        """Show these parts, one after another."""
        if list(parts) != self._parts:
            self._parts = list(parts)
            self.update(plain(*parts), layout=False)


class Header(Strip):
    """ "brickyard  lab  READ-ONLY   1 cluster · 3 nodes …   data 3s old"."""

    def __init__(self) -> None:
        super().__init__("header")

    def show(self, name: str, read_only: bool, snapshot: Snapshot, now: float, *, faults_only: bool = False) -> None:
        """Draw it anew. Where it is narrow the counts go first, the age of the data never."""
        left: list[Part] = [("brickyard", f"bold {ACCENT}"), ("  ", PLAIN), (one_line(name) or "no site", "bold")]
        if read_only:
            left.append(("  READ-ONLY", f"bold {WARN}"))
        if faults_only:
            left += [("  faults only", WARN), (" (", DIM), ("f", ACCENT), (" shows all)", DIM)]
        right = data_age(snapshot, now)
        middle = counts(snapshot) if snapshot.nodes else ""
        room = self.size.width - width_of(left) - width_of([right])
        while middle and width_of([(middle, "")]) + 4 > room:
            middle = middle.rpartition(" · ")[0]
        gap = max(1, room - width_of([(middle, "")]) - 2)
        self.say([*left, ("  " + middle, DIM), (" " * gap, PLAIN), right])


class OperationStrip(Strip):
    """What runs, else what broke off and is not settled yet, else what came of the last one."""

    def __init__(self) -> None:
        super().__init__("operations")

    def show(self, operations: "list[Operation]", unfinished: "Sequence[Entry]" = ()) -> None:
        """Draw it anew."""
        running = [operation for operation in operations if operation.running]
        if running:
            self.say(running_line(running[-1], len(running) - 1))
        elif unfinished:
            self.say(unfinished_line(unfinished))
        elif operations:
            self.say(result_line(operations[-1]))
        else:
            self.say([("no operation in this session", DIM)])

    def on_click(self) -> None:
        """The same as the key."""
        self.app.call_later(self.app.run_action, "operations", self.screen)


def unfinished_line(unfinished: "Sequence[Entry]") -> list[Part]:
    """What broke off, and how it is settled."""
    newest, more = unfinished[0], len(unfinished) - 1
    return [
        ("⚡ ", BAD), ("broke off", BAD), (f" (+{more} more)" if more else "", WARN), (", ", DIM), ("o", ACCENT),
        (" settles it: ", DIM), (one_line(newest.title), PLAIN),
    ]  # fmt: skip


def running_line(operation: "Operation", others: int = 0) -> list[Part]:
    """Bar, count, title, the step that runs, and how long it has taken."""
    reports = operation.reports
    ended = sum(report.status not in (Status.WAITING, Status.RUNNING) for report in reports.values())
    filled = BAR * ended // max(1, len(reports))
    steps = {step.id: step for step in operation.plan.steps}
    now = [steps[step] for step, report in reports.items() if report.status is Status.RUNNING]
    doing = f"{now[0].node}: {one_line(now[0].title)}" if now else "waiting"
    more = f" +{len(now) - 1}" if len(now) > 1 else ""
    word = "stopping" if operation.cancelled else f"{ended}/{len(reports)}"
    return [
        ("▶ ", ACCENT), ("━" * filled, ACCENT), ("─" * (BAR - filled), DIM), (f" {word} ", PLAIN),
        (format_age(time.time() - operation.started_at), DIM), (f"  {doing}{more}", PLAIN),
        (f"  ({others} more run)" if others else "", WARN), (" · ", DIM), (one_line(operation.plan.title), DIM),
    ]  # fmt: skip


def result_line(operation: "Operation") -> list[Part]:
    """What came of an operation that ended, in one line: the outcome first, since titles can be long."""
    outcome = operation.outcome
    if outcome is None:
        return running_line(operation)
    if outcome.refused:
        said = (f"refused, nothing was begun: {one_line(outcome.refused)}", BAD)
        return [("⊘ ", BAD), said, (" · ", DIM), (one_line(operation.plan.title), PLAIN)]
    took = f" in {format_age(outcome.seconds)}"
    title: list[Part] = [(" · ", DIM), (one_line(operation.plan.title), PLAIN)]
    failed = outcome.failed
    if failed:
        count = f"{len(failed)} of {len(outcome.reports)} steps failed"
        return [("✗ ", BAD), (f"{count}{took}: {one_line(failed[0].reason)}", BAD), *title]
    if outcome.cancelled:
        return [("■ ", WARN), (f"cancelled{took}", WARN), *title]
    refused = sum(skip.is_fault for skip in operation.plan.skipped)
    if refused:
        return [("▲ ", WARN), (f"done{took}, {refused} refused before", WARN), *title]
    return [("✓ ", GOOD), (f"done{took}", GOOD), *title]


class KeyHints(Strip):
    """The keys that work now, as many as fit; a click does the same as the key."""

    def __init__(self) -> None:
        super().__init__("hints")
        self._actions: list[Action] = []
        self._places: list[tuple[range, str]] = []

    def show(self, *contexts: str) -> None:
        """Show the keys of these contexts; help and quit first: who knows `?` finds the others."""
        self._actions = [action for context in contexts for action in in_context(context) if action.hint]
        self._actions.sort(key=lambda action: _FIRST.get(action.id, len(_FIRST)))
        self._draw()

    def on_resize(self) -> None:
        """More or fewer fit."""
        self._draw()

    def _draw(self) -> None:
        parts: list[Part] = []
        self._places = []
        at = 0
        for action in self._actions:
            key = show_key(action.keys[0])
            end = at + len(key) + 1 + len(action.hint)
            if end > self.size.width:
                continue
            parts += [("  " if parts else "", PLAIN), (key, ACCENT), (f" {action.hint}", PLAIN)]
            self._places.append((range(at, end), action.handler))
            at = end + 2
        self.say(parts)

    async def on_click(self, event: events.Click) -> None:
        """The same as the key."""
        offset = event.get_content_offset(self)
        handler = next((h for place, h in self._places if offset is not None and offset.x in place), "")
        if handler:
            await self.app.run_action(handler, self.screen)


_FIRST: Final = {"help": 0, "quit": 1, "pane.filter": 2, "pane.faults": 3, "pane.zoom": 4}
