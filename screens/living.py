"""A screen that is being taken away draws no more: its widgets may be gone before its timers are."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from textual.screen import Screen
from textual.timer import Timer

T = TypeVar("T")
Work = Callable[[], Awaitable[Any]] | Callable[[], Any]


class LivingScreen(Screen[T]):
    """What a timer or the next refresh shall do is left undone once the screen goes."""

    def set_timer(
        self, delay: float, callback: Work | None = None, *, name: str | None = None, pause: bool = False
    ) -> Timer:
        """As Textual does, while the screen is there."""
        return super().set_timer(delay, self._while_there(callback), name=name, pause=pause)

    def set_interval(
        self, interval: float, callback: Work | None = None, *, name: str | None = None, repeat: int = 0,
        pause: bool = False,
    ) -> Timer:  # fmt: skip
        """As Textual does, while the screen is there."""
        return super().set_interval(interval, self._while_there(callback), name=name, repeat=repeat, pause=pause)

    def call_after_refresh(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """As Textual does, while the screen is there."""
        return super().call_after_refresh(self._while_there(partial(callback, *args, **kwargs)))

    def _while_there(self, work: Any) -> Any:
        return None if work is None else lambda: work() if self.display else None
