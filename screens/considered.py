"""Questions whose answer counts only after they could be read: a key may have been meant for what was there before."""

import math
import time
from typing import Final, TypeVar

from screens.dialog import Dialog

T = TypeVar("T")

GRACE_SECONDS: Final = 0.4


class Considered(Dialog[T]):
    """Knows since when it is seen without a key that came too early.

    What counts is when a key was typed: it may have waited long behind others until it was its turn.
    """

    def __init__(self) -> None:
        super().__init__()
        self._quiet_since = float("inf")

    def on_screen_resume(self) -> None:
        """It is on top now; what is seen counts from the paint that follows."""
        self.call_after_refresh(self._was_seen)

    def _was_seen(self) -> None:
        self._quiet_since = time.monotonic()

    def is_too_early(self, grace: float, what: str) -> bool:
        """Whether less than `grace` seconds had gone by; then `what` could not be read yet, and that is said."""
        typed = min(time.monotonic(), self.app.typed_at)
        early = typed - self._quiet_since < grace
        if early:
            self._quiet_since = typed if math.isinf(self._quiet_since) else max(typed, self._quiet_since)
            self.app.notify(f"That came before {what} could be read; once more if you mean it.", markup=False)
        return early
