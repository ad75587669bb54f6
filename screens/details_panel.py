"""The details of the selected row: a panel at the side where there is room, else a dialog."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from screens.details import Line
from screens.dialog import Dialog, plain
from screens.words import ACCENT, DIM

LABEL = 14


class DetailsText(Static):
    """Labels at the left, what is known at the right, wrapped under itself.

    With `fills` it is at least as high as what it stands in.
    """

    def __init__(self, lines: list[Line] | None = None, label_style: str = DIM, *, fills: bool = False) -> None:
        super().__init__(markup=False)
        self._lines, self._label_style, self._fills = lines or [], label_style, fills
        self._height = self._width = -1
        if fills:
            self.styles.min_height = "100%"

    def show(self, lines: list[Line]) -> None:
        """Draw these lines, if they are others than before."""
        if lines != self._lines:
            self._lines = lines
            self._draw(self.size.width or 30)

    def on_resize(self) -> None:
        """Wrap anew."""
        if self.size.width != self._width:
            self._height = -1
        self._draw(self.size.width)

    def _draw(self, width: int) -> None:
        content = draw(self._lines, width, self._label_style)
        height = max(content.plain.count("\n") + 1, self.container_size.height if self._fills else 0)
        # laying out the whole screen costs more than all else that a key does
        self.update(content, layout=height != self._height)
        self._width, self._height = width, height

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as there is room."""
        return container.width


def draw(lines: list[Line], width: int, label_style: str = DIM) -> Content:
    """The lines as text of this width in cells."""
    room = max(10, width - LABEL)
    drawn: list[Content] = []
    for label, text, style in lines:
        if label == "-":
            drawn += [Content("")] if drawn else []
            drawn.append(plain((text, f"bold {ACCENT}")))
        elif not label or len(label) >= LABEL:
            drawn += [plain((label, label_style))] if label else []
            drawn += [_indent(part, 2 if label else 0) for part in plain((text, style)).wrap(width - 2)]
        else:
            parts = plain((text or "-", style)).wrap(room)
            drawn.append(Content.assemble((label.ljust(LABEL), label_style), parts[0]))
            drawn += [_indent(part, LABEL) for part in parts[1:]]
    return Content("\n").join(drawn)


def _indent(part: Content, cells: int) -> Content:
    return Content(" " * cells) + part


class DetailsPanel(VerticalScroll):
    """At the side of the dashboard."""

    def __init__(self) -> None:
        super().__init__(id="details")

    def compose(self) -> ComposeResult:
        """The lines."""
        yield DetailsText(fills=True)

    def show(self, title: str, lines: list[Line]) -> None:
        """Draw the details of another object."""
        self.query_one(DetailsText).show([("-", title, ""), *lines])


class DetailsDialog(Dialog[None]):
    """Over the dashboard, where there is no room beside it."""

    BINDINGS = [Binding("d,enter", "app.back", "Back", show=False)]
    keys = (("↑↓", "scroll"), ("Esc", "back"))

    def __init__(self, title: str, lines: list[Line]) -> None:
        super().__init__()
        self.heading, self._lines = title, lines

    def compose_body(self) -> ComposeResult:
        """The lines."""
        with VerticalScroll(classes="body"):
            yield DetailsText(self._lines)
