"""What all dialogs share: the box, its title, its bottom line of keys, and the ways back."""

from typing import ClassVar, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.living import LivingScreen
from screens.words import ACCENT
from tui.actions import ANYWHERE, DIALOG, bindings
from tui.app import BrickyardApp
from tui.widgets.cells import clean

T = TypeVar("T")

Keys = tuple[tuple[str, str], ...]  # key, what it does


def plain(*parts: tuple[str, str] | str) -> Content:
    """Text with styles, never parsed as markup: `plain("volume ", (name, GOOD))`."""
    return Content.assemble(
        *((clean_lines(part), "") if isinstance(part, str) else (clean_lines(part[0]), part[1]) for part in parts)
    )


def clean_lines(text: str) -> str:
    """Text from outside without escape sequences; its line breaks stay."""
    return "\n".join(clean(line) for line in text.split("\n"))


class Dialog(LivingScreen[T], ModalScreen[T]):
    """A box over the dashboard. Escape (or q outside a field) goes back with None."""

    CSS_PATH = "dialog.tcss"
    action_contexts: ClassVar[tuple[str, ...]] = (DIALOG,)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(binding for binding in bindings(ANYWHERE) if binding.action != "app.quit"),
        Binding("q", "app.back", "Back", show=False),
    ]
    app = getters.app(BrickyardApp)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-side")]
    heading: str = ""
    keys: Keys = (("Esc", "back"),)

    def compose(self) -> ComposeResult:
        """The frame; `compose_body` fills it."""
        with Vertical(classes="box") as box:
            box.border_title = Content(self.heading)
            yield from self.compose_body()
            yield Static(key_line(self.keys), classes="keys")

    def compose_body(self) -> ComposeResult:
        """What stands in the box."""
        yield from ()

    def on_resize(self) -> None:
        """A box that asks for more height than there is gets all of it, so that its bottom line stays on screen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        box = self.query_one(".box", Vertical)
        if self.query_one(".keys").region.bottom > box.content_region.bottom:
            box.add_class("-tall")

    def set_heading(self, text: str) -> None:
        """Another title."""
        self.query_one(".box", Vertical).border_title = Content(text)

    def set_keys(self, keys: Keys) -> None:
        """Another bottom line."""
        self.query_one(".keys", Static).update(key_line(keys))

    def go_back(self) -> None:
        """Escape was pressed."""
        self.dismiss(None)


def key_line(keys: Keys) -> Content:
    """ "y run it   Esc back", keys in the accent colour."""
    parts: list[tuple[str, str] | str] = []
    for key, word in keys:
        parts += [(key, ACCENT), f" {word}   "]
    return plain(*parts).rstrip()
