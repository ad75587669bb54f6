"""Keys are pressed as fast as the app takes them, and nothing is painted that nobody sees."""

import asyncio
import gc
from collections.abc import Iterator

import pytest
from textual._compositor import Compositor

TURNS = 30
AT_ONCE = -3600.0
"""A test types before it looks whether the question was painted."""


@pytest.fixture(autouse=True, scope="package")
def seldom_collected() -> Iterator[None]:
    """A fifth of the time went into looking for garbage among the widgets of apps that live a second."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    yield
    gc.set_threshold(*before)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits twice after each key until the processor is idle for 20 ms; it is never idle here.

    What a key sets going is done after some turns of the event loop, and the pilot waits for the
    messages of all widgets besides. Tests wait for what they want to see (`driving.until`). A plan may
    be confirmed at once, and changes are drawn at once, too.
    """

    async def turns(min_sleep: float = 0.0, max_sleep: float = 0.0) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", AT_ONCE)
    monkeypatch.setattr("screens.host_key.GRACE_SECONDS", AT_ONCE)
    monkeypatch.setattr("screens.dashboard.REDRAW_SECONDS", 0.01)
    monkeypatch.setattr("screens.operation.REDRAW_SECONDS", 0.01)
    monkeypatch.setattr("textual.app.wait_for_idle", turns)
    monkeypatch.setattr("textual.pilot.wait_for_idle", turns)


@pytest.fixture(autouse=True)
def painted_when_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal Textual paints all the same and throws it away; `driving.text` paints what a test looks at."""

    def nothing(
        compositor: Compositor, full: bool = False, screen_stack: object = None, simplify: bool = False
    ) -> None:
        compositor._dirty_regions.clear()

    monkeypatch.setattr(Compositor, "render_update", nothing)
