"""The virtual table with 8 columns on 160x48: milliseconds of CPU until the screen is still."""

import asyncio
from collections.abc import Callable, Sequence
from statistics import median
from time import process_time
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.bench import Figure, cpu_ms, show
from tui.widgets.bar import usage_bar
from tui.widgets.cells import Cell
from tui.widgets.columns import Column
from tui.widgets.query import parse_query, searchable
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable

Row = tuple[int, int]
TITLES = ("Brick", "Node", "State", "Used", "Size", "Volume", "Device", "Path")
COLUMNS = [Column(title.lower(), title, priority=place) for place, title in enumerate(TITLES)]


def render(row: Row) -> Sequence[Cell]:
    """The cells of a brick; `row` is its number and how often it changed."""
    number, change = row
    state = ("offline", "$text-error") if (number + change) % 9 == 0 else ("online", "$text-success")
    return (
        f"brick_{number:06}", f"storage-{number % 40}", state, usage_bar(number % 100 / 99, 16), f"{number % 900} GiB",
        f"vol_{number // 3}", f"/dev/vd{'bcdef'[number % 5]}", f"/var/lib/heketi/mounts/vg_{number % 97}/b_{number}",
    )  # fmt: skip


class Stage(App[None]):
    """Nothing but the table."""

    def __init__(self, table: VirtualTable[Row]) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        yield self.table


def main() -> list[Figure]:
    """Measure 10,000 and 50,000 rows, a tree, and the filter."""
    return [*asyncio.run(_table(10_000, 50)), *asyncio.run(_table(50_000, 150)), *asyncio.run(_tree()), *_filter()]


async def _table(count: int, wanted: float) -> list[Figure]:
    table = VirtualTable(COLUMNS, render, lambda row: row[0])
    async with Stage(table).run_test(size=(160, 48)) as pilot:
        figures = [Figure(f"{count:,} rows: fill", await _cost(pilot, lambda: table.set_rows(_rows(count))), wanted)]
        for key, first in (("down", ""), ("pagedown", ""), ("end", "home"), ("pageup", ""), ("home", "end")):
            costs = []
            for _ in range(9):
                await pilot.press(*filter(None, [first]))
                costs.append(await _key(pilot, key))
            figures.append(Figure(f"{count:,} rows: {key}", median(costs), 25))
        changed = [(number, int(number % (count // 1000) == 0)) for number in range(count)]
        cost = await _cost(pilot, lambda: table.set_rows(changed))
        figures.append(Figure(f"{count:,} rows: set_rows, 1,000 changed", cost, 30 if count <= 10_000 else 150))
        keys = [number for number, change in changed if change]
        cost = await _cost(pilot, lambda: table.refresh_rows(keys))
        figures.append(Figure(f"{count:,} rows: refresh_rows, 1,000", cost, 30))
    return figures


async def _tree() -> list[Figure]:
    tree = TreeTable(COLUMNS, render, lambda row: row[0], lambda row: 0 if row[0] % 100 == 0 else 1 + (row[0] % 10 > 0))
    async with Stage(tree).run_test(size=(160, 48)) as pilot:
        fill = await _cost(pilot, lambda: tree.set_rows(_rows(50_000)))
        return [
            Figure("tree of 50,000: fill", fill, 150),
            Figure("tree of 50,000: close", await _key(pilot, "left"), 150),
        ]


def _filter() -> list[Figure]:
    rows = [dict(zip(TITLES, (str(cell) for cell in render(row)), strict=True)) for row in _rows(50_000)]
    lines = [searchable(row) for row in rows]
    return [
        Figure(f"filter 50,000: {text}", cpu_ms(lambda text=text: parse_query(text, TITLES).select(lines)), 50)  # type: ignore[misc]
        for text in ("vol_12", "storage-3 !offline", "Node:storage-3", "vol_1 Device:vdb !State:off")
    ]


def _rows(count: int) -> list[Row]:
    return [(number, 0) for number in range(count)]


async def _cost(pilot: Pilot[Any], work: Callable[[], object]) -> float:
    await pilot.pause()
    started = process_time()
    work()
    await pilot.pause(0.05)
    return (process_time() - started) * 1000


async def _key(pilot: Pilot[Any], key: str) -> float:
    started = process_time()
    await pilot.press(key)
    await pilot.pause(0.05)
    return (process_time() - started) * 1000


if __name__ == "__main__":
    show(__doc__, main())
