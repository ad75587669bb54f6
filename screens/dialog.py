"""What all dialogs share: the box, its title, its bottom line of keys, and the ways back."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.breakpoints import wear_width
from screens.living import LivingScreen
from screens.words import ACCENT
from tui.actions import ANYWHERE, DIALOG, SAY_HOW_TO_QUIT, bindings
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


class KeyLine(Static):
    """The keys of a dialog: as many as fit, and always what leads back."""

    def __init__(self, keys: Keys) -> None:
        super().__init__(key_line(keys), classes="keys", markup=False)
        self._keys = keys

    def show(self, keys: Keys) -> None:
        """Other keys."""
        self._keys = keys
        self.on_resize()

    def on_resize(self) -> None:
        """More or fewer fit."""
        self.update(key_line(fitting(self._keys, self.size.width or 999)), layout=False)


class Dialog(LivingScreen[T], ModalScreen[T]):
    """A box over the dashboard. Escape (or q outside a field) goes back with None."""

    CSS_PATH = "dialog.tcss"
    action_contexts: ClassVar[tuple[str, ...]] = (DIALOG,)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(binding for binding in bindings(ANYWHERE) if binding.action != "app.quit"),
        Binding("q", "app.back", "Back", show=False),
        SAY_HOW_TO_QUIT,
    ]
    app = getters.app(BrickyardApp)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-side")]
    heading: str = ""
    keys: Keys = (("Esc", "back"),)

    def compose(self) -> ComposeResult:
        """The frame; `compose_body` fills it."""
        wear_width(self)
        with Vertical(classes="box") as box:
            box.border_title = Content(self.heading)
            yield from self.compose_body()
            yield KeyLine(self.keys)

    def compose_body(self) -> ComposeResult:
        """What stands in the box."""
        yield from ()

    def on_resize(self) -> None:
        """A box that asks for more height than there is gets all of it, so that its bottom line stays on screen."""
        for below in self.app.screen_stack[:-1]:
            wear_width(below)
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
        self.query_one(KeyLine).show(keys)

    def go_back(self) -> None:
        """Escape was pressed."""
        self.dismiss(None)


def fitting(keys: Keys, width: int) -> Keys:
    """The first key and Escape, then as many of the others as there is room for in `width` cells; their order stays.

    Where even these two are too long, what stands behind a comma goes.
    """
    if _long(keys) <= width:
        return keys
    must = [one for one in keys if one == keys[0] or one[0].endswith("Esc")]
    if _long(must) > width:
        must = [(key, word.partition(",")[0]) for key, word in must]
    kept = dict(must)
    for key, word in keys:
        if key not in kept and _long([*kept.items(), (key, word)]) <= width:
            kept[key] = word
    return tuple((key, kept[key]) for key, _ in keys if key in kept)


def _long(keys: Iterable[tuple[str, str]]) -> int:
    return sum(len(key) + len(word) + 4 for key, word in keys) - 3


def key_line(keys: Keys) -> Content:
    """ "y run it   Esc back", keys in the accent colour."""
    parts: list[tuple[str, str] | str] = []
    for key, word in keys:
        parts += [(key, ACCENT), f" {word}   "]
    return plain(*parts).rstrip()
