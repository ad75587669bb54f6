"""Keys are pressed as fast as the app takes them."""

import asyncio

import pytest

TURNS = 30


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits twice after each key until the processor is idle for 20 ms; it is never idle here.

    What a key sets going is done after some turns of the event loop, and the pilot waits for the
    messages of all widgets besides. Tests wait for what they want to see (`driving.until`). A plan may
    be confirmed at once, too.
    """

    async def turns(min_sleep: float = 0.0, max_sleep: float = 0.0) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    monkeypatch.setattr("screens.plan_review.GRACE_SECONDS", 0.0)
    monkeypatch.setattr("textual.app.wait_for_idle", turns)
    monkeypatch.setattr("textual.pilot.wait_for_idle", turns)
