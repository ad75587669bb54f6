"""Something is asked of the nodes before a plan can be shown; asking changes nothing and can be given up."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.running import run_flow
from screens.words import ACCENT
from tui.core.units import format_age

T = TypeVar("T")


class WaitingDialog(Dialog[T]):
    """Awaits `ask` and ends with its answer; None when the admin gave up. What it raises is shown."""

    keys = (("Esc", "cancel; looking changes nothing"),)

    def __init__(self, heading: str, text: Content, ask: Callable[[], Awaitable[T]]) -> None:
        super().__init__()
        self.heading = heading
        self._text, self._ask = text, ask
        self._began = time.monotonic()
        self._asking: asyncio.Future[T] | None = None

    def compose_body(self) -> ComposeResult:
        """What is asked, and for how long."""
        yield Static(id="waiting", classes="body", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self._draw()
        self.set_interval(0.5, self._draw)
        run_flow(self.app, self._wait(), "looking at the nodes")

    async def _wait(self) -> None:
        asking = asyncio.ensure_future(self._ask())
        self._asking = asking
        try:
            answer = await asking
        except asyncio.CancelledError:
            return
        except BaseException:
            self._leave(None)
            raise
        self._leave(answer)

    def _leave(self, answer: T | None) -> None:
        if self.is_attached:
            self.dismiss(answer)

    def go_back(self) -> None:
        """Give up."""
        if self._asking is not None:
            self._asking.cancel()
        self.dismiss(None)

    def _draw(self) -> None:
        elapsed = format_age(time.monotonic() - self._began)
        self.query_one("#waiting", Static).update(self._text + plain("\n\n", (f"asking… {elapsed}", ACCENT)))
