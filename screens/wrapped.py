"""Lines of text that are wrapped under their own indent, so that a long command stays one thing to the eye."""

from collections.abc import Iterable

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

Indented = tuple[int, Content]  # cells to the left, the text behind them


class WrappedText(Static):
    """Static text that wraps anew at each width."""

    def __init__(self, lines: Iterable[Indented] = ()) -> None:
        super().__init__(markup=False)
        self._lines = list(lines)
        self._drawn = (0, Content(""))

    def show(self, lines: Iterable[Indented]) -> None:
        """Other lines."""
        self._lines = list(lines)
        self._drawn = (0, Content(""))
        if self.size.width:
            self.update(self._wrapped(self.size.width))

    def on_resize(self) -> None:
        """Wrap anew; the height was asked for this width before."""
        if self.size.width:
            self.update(self._wrapped(self.size.width), layout=False)

    def _wrapped(self, width: int) -> Content:
        if self._drawn[0] != width:
            self._drawn = (width, wrap(self._lines, width))
        return self._drawn[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are at this width."""
        return self._wrapped(width).plain.count("\n") + 1 if width and self._lines else 0

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as there is room."""
        return container.width


def wrap(lines: Iterable[Indented], width: int) -> Content:
    """The lines wrapped to a width in cells; a wrapped line goes on two cells deeper than it began."""
    drawn: list[Content] = []
    for indent, content in lines:
        parts = content.wrap(max(10, width - indent - 2)) or [Content("")]
        drawn.append(Content(" " * indent) + parts[0])
        drawn += [Content(" " * (indent + 2)) + part for part in parts[1:]]
    return Content("\n").join(drawn)
