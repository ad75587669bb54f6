"""Helpers to drive the real app in tests: wait for what is seen, not for time."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from screens.dashboard import DashboardScreen
from tui.widgets.tree_table import TreeTable
from tui.widgets.virtual_table import VirtualTable

S = TypeVar("S", bound=Screen[Any])


async def until(pilot: Pilot[None], seen: Callable[[], bool], what: str = "the expected") -> None:
    """Let the app work until this is seen."""
    for _ in range(500):
        if seen():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{what} was never seen; on screen: {type(pilot.app.screen).__name__}\n{text(pilot)}")


async def screen(pilot: Pilot[None], kind: type[S]) -> S:
    """Wait until a screen of this kind is on top."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)
    top = pilot.app.screen
    assert isinstance(top, kind)
    await pilot.pause()
    return top


def text(pilot: Pilot[None]) -> str:
    """What the terminal shows, line by line."""
    compositor = pilot.app.screen._compositor
    return "\n".join("".join(segment.text for segment in line) for line in compositor.render_strips())


def static(pilot: Pilot[None], selector: str) -> str:
    """The text of a Static of the top screen."""
    return str(pilot.app.screen.query_one(selector, Static).content)


async def shows(pilot: Pilot[None], words: str) -> None:
    """Wait until these words are on the terminal."""
    await until(pilot, lambda: words in text(pilot), repr(words))


def table_of(floor: DashboardScreen, pane: str) -> VirtualTable[Any]:
    """The table of a pane."""
    return floor.pane(pane).query_one(VirtualTable)


def tree_of(floor: DashboardScreen) -> TreeTable[Any]:
    """The topology."""
    return floor.pane("topology").query_one(TreeTable)
