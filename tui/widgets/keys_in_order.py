"""Keys act in the order in which they are typed, each on what the one before it has left on the screen."""

from collections import deque
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from textual import events, on
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

R = TypeVar("R")

LOOK_SECONDS: Final = 0.05
MOST_SECONDS: Final = 1.0
"""So long a key may be under way before the next one is handed out all the same."""

_DIGITS: Final = dict(zip("¡™£¢∞§¶•ªº", "1234567890", strict=True))
"""What Textual takes Escape and a digit for."""

_MOVES: Final = frozenset({"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "j", "k", "backspace"})


class Arrived(Message, bubble=True):
    """Goes the same way as a key, right behind it: where it comes out, the key has been dealt with."""


class KeysInOrder(App[R], Generic[R]):
    """Hands out one key after another.

    Textual hands out a key at once to the widget that has the focus then, and looks what it is bound to after it has
    come up through all parents. A key typed right behind one that closes a dialog would go to that dialog, and be lost
    with it or typed into its field; one under way while a question comes up would answer the question.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: deque[events.Event] = deque()
        self._under_way: Arrived | None = None
        self._typed_on: Screen[object] | None = None
        self._since = 0.0
        self.typed_at = float("inf")
        """When the key was typed that is being dealt with now, by the monotonic clock; infinite where none is."""

    async def on_event(self, event: events.Event) -> None:
        """A key or a pasted text waits until the one before it has arrived."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._is_lost():
            self._under_way = None
        if self._under_way is not None:
            if len(self._typed) == 1:
                self.set_timer(LOOK_SECONDS, self._look)
            return
        await self._hand_out()

    async def _hand_out(self) -> None:
        while self._typed and self._under_way is None:
            event = self._unfolded(self._typed.popleft())
            self._typed_on = self.screen
            target = self.focused or self.screen
            moves = self._only_moves(event)
            await super().on_event(event)
            if moves:
                continue
            behind = Arrived()
            # what a binding with priority has taken goes no further
            if event.is_forwarded and target.post_message(behind):
                self._under_way, self._since = behind, monotonic()

    def _only_moves(self, event: events.Event) -> bool:
        """Whether a key leaves screen and focus as they are: many of its kind may be under way at once.

        Who holds such a key down gets one picture for many of them where the machine is slow.
        """
        if not isinstance(event, events.Key):
            return False
        return event.key in _MOVES or (event.is_printable and isinstance(self.focused, Input))

    def _unfolded(self, event: events.Event) -> events.Event:
        """Escape, with the letter or digit put back: where tmux or screen stands between, both come as one key.

        Terminals that tell a real Alt apart name no character with it. In a field Alt has a meaning of its own.
        """
        if not isinstance(event, events.Key) or isinstance(self.focused, Input):
            return event
        folded = event.character or ""
        letter = folded if event.key.startswith("alt+") else _DIGITS.get(folded, "")
        if not letter:
            return event
        first, second = events.Key("escape", "\x1b"), events.Key(letter, letter)
        first.time = second.time = event.time
        self._typed.appendleft(second)
        return first

    @on(Arrived)
    async def _arrived(self, message: Arrived) -> None:
        self.typed_at = float("inf")
        if message is self._under_way:
            self._under_way = None
            await self._hand_out()

    def _is_lost(self) -> bool:
        """Whether nothing will come out any more: its screen is gone, or it took too long."""
        late = monotonic() - self._since > MOST_SECONDS
        return self._under_way is not None and (late or self._typed_on not in self.screen_stack)

    async def _look(self) -> None:
        if self._is_lost():
            self._under_way = None
        if self._under_way is None:
            await self._hand_out()
        elif self._typed:
            self.set_timer(LOOK_SECONDS, self._look)

    def on_key(self, event: events.Key) -> None:
        """What came up from another screen than the one that is on top by now was not meant for this one."""
        self.typed_at = event.time
        if event.is_forwarded and self._typed_on is not None and self.screen is not self._typed_on:
            event.prevent_default()
