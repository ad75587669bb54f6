"""Columns as data, and how they share the width of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.widgets.cells import Align, Cut


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; widths are terminal cells.

    `width` None takes the width of what is on the page. `least` is how far such a column shrinks.
    `grow` is its share of width left over. Where it is too narrow for all, columns of high `priority`
    are the first to be cut and then to vanish, the rightmost among equals. `kind` is for the owner
    of the table ("size", "age"...), who sorts. `cut` is where a text is cut that is too long: names that differ
    at their ends are cut in the middle.
    """

    key: str
    title: str
    width: int | None = None
    align: Align = "left"
    grow: int = 0
    priority: int = 0
    kind: str = "text"
    least: int = 8
    cut: Cut = "end"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown: their places in the list, their widths, and the gap between two."""

    places: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    gap: int = 2

    def column_at(self, x: int) -> int | None:
        """The place of the column at cell `x`, None beyond the last; a gap belongs to the column before it."""
        for place, width in zip(self.places, self.widths, strict=True):
            x -= width + self.gap
            if x < 0:
                return place
        return None


def lay_out(columns: Sequence[Column], natural: Sequence[int], width: int) -> Layout:
    """Share `width` among the columns; `natural` is what each would take if there was room."""
    wanted = [n if c.width is None else c.width for c, n in zip(columns, natural, strict=True)]
    least = [min(w, c.least) if c.width is None else w for c, w in zip(columns, wanted, strict=True)]
    places = list(range(len(columns)))
    while len(places) > 1 and sum(least[p] for p in places) + len(places) - 1 > width:
        places.remove(max(places, key=lambda p: (columns[p].priority, p)))
    gaps = max(0, len(places) - 1)
    gap = 2 if sum(wanted[p] for p in places) + 2 * gaps <= width else 1
    widths = {p: min(least[p], width) for p in places}
    room = width - gap * gaps - sum(widths.values())
    for level in sorted({columns[p].priority for p in places}):
        room = _fill(widths, wanted, [p for p in places if columns[p].priority == level], room)
    _spread(widths, columns, room)
    return Layout(tuple(places), tuple(widths[p] for p in places), gap)


def _fill(widths: dict[int, int], wanted: Sequence[int], places: Sequence[int], room: int) -> int:
    """Grow these columns fairly towards what they want; returns the room left over."""
    hungry = sorted((p for p in places if widths[p] < wanted[p]), key=lambda p: wanted[p] - widths[p])
    for count, place in enumerate(hungry):
        more = min(wanted[place] - widths[place], max(0, room) // (len(hungry) - count))
        widths[place] += more
        room -= more
    return room


def _spread(widths: dict[int, int], columns: Sequence[Column], room: int) -> None:
    growing = [p for p in widths if columns[p].grow]
    weight = sum(columns[p].grow for p in growing)
    for place in growing:
        share = max(0, room) * columns[place].grow // weight
        widths[place] += share
        room -= share
        weight -= columns[place].grow
