"""A titled part of a screen: one line of title with a summary, a body, and one line of state."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui.widgets.cells import clean, shorten
from tui.widgets.glyphs import glyphs

Kind = Literal["info", "warning", "error"]


class PaneTitle(Widget, can_focus=True):
    """The title line; Enter or a double click asks for the pane alone on the screen."""

    DEFAULT_CSS = """
    PaneTitle { height: 1; color: $foreground; }
    PaneTitle:focus { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "zoom", "Zoom", show=False, id="pane.zoom-title")]
    ALLOW_SELECT = False

    title: reactive[str] = reactive("")
    summary: reactive[str] = reactive("")
    active: reactive[bool] = reactive(False)

    def render(self) -> Text:
        """ "━━ Nodes ━━━━━━ 3 nodes, 1 unreachable ━━"; the summary is cut before the title is."""
        dash = glyphs().heavy_dash if self.active else glyphs().dash
        title = shorten(f"{dash} {self.title} ", self.size.width)
        room = self.size.width - cell_len(title)
        summary = f" {shorten(self.summary, room - 4)} {dash}" if self.summary and room > 8 else ""
        return Text(
            title + dash * (room - cell_len(summary)) + summary,
            "reverse" if self.has_focus else "",
            no_wrap=True,
            end="",
        )

    def watch_active(self, active: bool) -> None:
        self.set_class(active, "-active")

    def action_zoom(self) -> None:
        self.post_message(Pane.ZoomRequested(self.query_ancestor(Pane)))

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_zoom()


class Pane(Container):
    """Frames what is given (or what a subclass's `compose_body` yields). Nothing is parsed as markup."""

    DEFAULT_CSS = """
    Pane {
        height: 1fr;
        & > PaneTitle.-active { color: $text-accent; text-style: bold; }
        & > .pane--body { height: 1fr; }
        & > .pane--message { height: 1fr; padding: 1 2; overflow-y: auto; }
        & > .pane--message.warning { color: $text-warning; }
        & > .pane--message.error { color: $text-error; }
        & > .pane--footer { height: 1; color: $text-muted; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("z", "zoom", "Zoom", show=False, id="pane.zoom")]

    @dataclass
    class ZoomRequested(Message):
        """The admin wants this pane alone on the screen, or back among the others."""

        pane: "Pane"

        @property
        def control(self) -> "Pane":
            return self.pane

    title: reactive[str] = reactive("")
    summary: reactive[str] = reactive("")
    footer: reactive[str] = reactive("")

    def __init__(
        self,
        *children: Widget,
        title: str,
        summary: str = "",
        footer: str = "",
        pane_id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=pane_id, classes=classes)
        self._body = children
        self.set_reactive(Pane.title, title)
        self.set_reactive(Pane.summary, summary)
        self.set_reactive(Pane.footer, footer)

    def compose(self) -> ComposeResult:
        yield PaneTitle().data_bind(title=Pane.title, summary=Pane.summary)
        with Vertical(classes="pane--body"):
            yield from self.compose_body()
        message = Static(classes="pane--message", markup=False)
        message.display = False
        yield message
        footer = Static(self.footer, classes="pane--footer", markup=False)
        footer.display = bool(self.footer)
        yield footer

    def compose_body(self) -> ComposeResult:
        """What the pane frames."""
        yield from self._body

    def show_message(self, text: str, kind: Kind = "info") -> None:
        """Say this instead of showing the body: nothing is there, or why it can't be shown."""
        message = self.query_one(".pane--message", Static)
        message.set_classes(f"pane--message {kind}")
        message.update("\n".join(map(clean, text.split("\n"))))
        self._swap(True)

    def clear_message(self) -> None:
        """Show the body again."""
        self._swap(False)

    def watch_footer(self, footer: str) -> None:
        if self.is_mounted:
            line = self.query_one(".pane--footer", Static)
            line.update(clean(footer))
            line.display = bool(footer)

    def action_zoom(self) -> None:
        self.post_message(self.ZoomRequested(self))

    def on_descendant_focus(self) -> None:
        self.query_one(PaneTitle).active = True

    def on_descendant_blur(self) -> None:
        self.query_one(PaneTitle).active = False

    def _swap(self, message: bool) -> None:
        body = self.query_one(".pane--body")
        had_focus = message and body.has_focus_within
        body.display = not message
        self.query_one(".pane--message").display = message
        if had_focus:
            self.query_one(PaneTitle).focus()
