"""The YAML of what is to be made: on to the plan, tried on the API server, or saved into a file instead."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from screens.dialog import Dialog, plain
from screens.export import SaveDialog
from screens.running import review, run_flow
from screens.trial import Tried, trial_lines
from screens.waiting import WaitingDialog
from screens.words import ACCENT, WARN, one_line
from screens.wrapped import Indented, WrappedText
from tui.core.plan import Plan
from tui.dialects.kube_write import Manifest, to_yaml


@dataclass(frozen=True, slots=True)
class Draft:
    """What a wizard ends with: `manifests` to look at and to save, and how its plan is made.

    `notes` are sentences above the YAML; `comment` is written on top of a saved file. `try_out` lets the API server
    try a plan. `started` is called when the plan has begun to run and the YAML is gone.
    """

    title: str
    manifests: tuple[Manifest, ...]
    plan: Callable[[], Awaitable[Plan]]
    try_out: Callable[[Plan], Awaitable[Tried]]
    notes: tuple[str, ...] = ()
    comment: str = ""
    started: Callable[[], object] | None = None

    @property
    def text(self) -> str:
        """The YAML, for `kubectl apply -f`."""
        return to_yaml(*self.manifests)


class YamlDialog(Dialog[None]):
    """Goes when the plan was started; Escape goes back to the wizard."""

    keys = (("y", "on to the plan"), ("s", "save it instead"), ("t", "try it"), ("Esc", "back"))
    BINDINGS = [
        Binding("y", "go_on", "On to the plan", show=False),
        Binding("s", "save", "Save it", show=False),
        Binding("t", "try_out", "Try it", show=False),
    ]

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._tried: list[Indented] = []
        self.heading = one_line(draft.title)

    def compose_body(self) -> ComposeResult:
        """What is to be known of it, what came of a trial, the YAML."""
        with VerticalScroll(classes="body") as body:
            body.can_focus = True
            yield WrappedText(self._lines())

    def on_mount(self) -> None:
        """It takes what room there is."""
        self.query_one(".box").add_class("-wide")
        self.query_one(VerticalScroll).focus()

    def _lines(self) -> Iterable[Indented]:
        lines: list[Indented] = [(0, plain((f"▲ {one_line(note)}", WARN))) for note in self._draft.notes]
        lines += self._tried
        lines += [(0, Content(""))] if lines else []
        return lines + yaml_lines(self._draft.text)

    def action_go_on(self) -> None:
        """The review of the plan."""
        run_flow(self.app, self._go_on(), "planning it")

    async def _go_on(self) -> None:
        plan = await self._plan()
        if plan is not None:
            review(self.app, plan, self._started)

    async def _plan(self) -> Plan | None:
        text = plain("What is there already is read before a plan is made.\n\n", (self.heading, "bold"))
        return await self.app.push_screen_wait(WaitingDialog[Plan]("Plan", text, self._draft.plan))

    def _started(self) -> None:
        self.dismiss(None)
        if self._draft.started is not None:
            self._draft.started()

    def action_save(self) -> None:
        """Into a file; nothing is sent."""
        run_flow(self.app, self._save(), "saving it")

    async def _save(self) -> None:
        comment = "".join(f"# {line}\n" for line in self._draft.comment.splitlines())
        name = str(self._draft.manifests[0]["metadata"]["name"])
        note = "What kubectl apply -f takes. Nothing is sent to the cluster."
        dialog = SaveDialog("Save the YAML", note, f"~/{name}.yaml", lambda _: comment + self._draft.text)
        path: Path | None = await self.app.push_screen_wait(dialog)
        if path is not None:
            self.app.notify(f"Written to {path}", markup=False)

    def action_try_out(self) -> None:
        """Let the API server try it; it changes nothing."""
        run_flow(self.app, self._try_out(), "trying it")

    async def _try_out(self) -> None:
        plan = await self._plan()
        if plan is None:
            return
        text = plain("The API server checks each request and changes nothing (dryRun=All).")
        tried = await self.app.push_screen_wait(WaitingDialog[Any]("Try it", text, lambda: self._draft.try_out(plan)))
        if tried is not None:
            self._tried = trial_lines(tried)
            self.query_one(WrappedText).show(self._lines())
            self.query_one(VerticalScroll).scroll_home(animate=False)


def yaml_lines(text: str) -> list[Indented]:
    """YAML with its keys in the accent colour; a long line goes on under its own indent."""
    return [_yaml_line(line) for line in text.splitlines()]


def _yaml_line(line: str) -> Indented:
    body = line.lstrip(" ")
    key, sign, value = body.partition(": ")
    if not sign and body.endswith(":"):
        key, sign = body[:-1], ":"
    parts = ((key + sign, ACCENT), value) if sign else (body,)
    return len(line) - len(body), plain(*parts)
