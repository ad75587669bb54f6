"""Keys typed faster than they are dealt with: none is lost, none answers what came up after it."""

import asyncio
from collections.abc import Callable

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tui.widgets import keys_in_order
from tui.widgets.keys_in_order import KeysInOrder


class Held(Widget, can_focus=True):
    """Keeps each key until the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.holds = False

    async def on_key(self) -> None:
        self.holds = True
        await self.gate.wait()
        self.holds = False


class Over(ModalScreen[None]):
    """Lies over the floor; a field or another widget deep in it has the focus."""

    BINDINGS = [Binding("escape", "app.back", "Back"), Binding("y", "app.note('answered')", "Yes")]

    def __init__(self, inner: Widget) -> None:
        super().__init__()
        self._inner = inner

    def compose(self) -> ComposeResult:
        with Vertical(), Vertical(), Vertical():
            yield self._inner


class Floor(KeysInOrder[None]):
    """Notes what its keys did."""

    BINDINGS = [
        Binding("F", "note('F')", "Note"),
        Binding("1", "note('1')", "Note"),
        Binding("y", "note('floor')", "Yes"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    async def action_back(self) -> None:
        self.pop_screen()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.noted.append(event.value)

    def type(self, *keys: str) -> None:
        """All of them at once, as they come from a terminal."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))


async def until(pilot: Pilot[None], seen: Callable[[], bool]) -> None:
    for _ in range(3000):
        if seen():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it was never seen")


async def over(pilot: Pilot[None], inner: Widget) -> Floor:
    """The app with a dialog over it whose widget has the focus."""
    app = pilot.app
    assert isinstance(app, Floor)
    await app.push_screen(Over(inner))
    inner.focus()
    await until(pilot, lambda: app.focused is inner)
    return app


@pytest.mark.parametrize("inner", [Input, Held])
async def test_a_key_behind_the_one_that_closes_a_dialog_acts_on_what_lies_under_it(inner: type[Widget]) -> None:
    app = Floor()
    async with app.run_test() as pilot:
        for turns in range(16):
            widget = inner()
            if isinstance(widget, Held):
                widget.gate.set()
            await over(pilot, widget)
            app.type("escape")
            for _ in range(turns):
                await asyncio.sleep(0)
            app.type("F")
            await until(pilot, lambda: len(app.screen_stack) == 1 and app.noted == ["F"])
            app.noted.clear()


async def test_text_and_what_follows_it_stay_in_order() -> None:
    async with Floor().run_test() as pilot:
        app = await over(pilot, Input())
        app.type("a", "b")
        app.post_message(events.Paste(" pasted "))
        app.type("c", "enter", "escape", "F")
        await until(pilot, lambda: len(app.noted) == 2)
        assert app.noted == ["ab pasted c", "F"]


async def test_escape_and_a_letter_that_came_as_one_key_are_two() -> None:
    async with Floor().run_test() as pilot:
        held = Held()
        held.gate.set()
        app = await over(pilot, held)
        app.post_message(events.Key("alt+shift+f", "F"))
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.noted == ["F"])
        held = Held()
        held.gate.set()
        app = await over(pilot, held)
        app.post_message(events.Key("inverted_exclamation_mark", "¡"))
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.noted == ["F", "1"])
        app = await over(pilot, Input())
        app.post_message(events.Key("alt+shift+f", "F"))
        app.type("enter")
        await until(pilot, lambda: app.noted == ["F", "1", "F"])
        assert len(app.screen_stack) == 2


async def test_a_key_does_not_answer_a_question_that_comes_up_while_it_is_under_way() -> None:
    async with Floor().run_test() as pilot:
        held = Held()
        app = await over(pilot, held)
        app.type("y")
        await until(pilot, lambda: held.holds)
        await app.push_screen(Over(Input()))
        held.gate.set()
        await until(pilot, lambda: app._under_way is None)
        assert app.noted == []
        app.type("escape")
        await until(pilot, lambda: app.screen.focused is held)
        app.type("y")
        await until(pilot, lambda: app.noted == ["answered"])


async def test_keys_that_only_move_wait_for_none_and_what_follows_them_stays_behind_them() -> None:
    async with Floor().run_test() as pilot:
        held = Held()
        app = await over(pilot, held)
        app.type(*["down"] * 9, "y", "escape")
        await until(pilot, lambda: held.holds and app._under_way is not None and bool(app._typed))
        # all nine and the y are on their way, Escape waits for the y
        assert [event.key for event in app._typed if isinstance(event, events.Key)] == ["escape"]
        assert app.noted == []
        held.gate.set()
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.noted == ["answered"]


async def test_what_swallows_a_key_for_ever_stops_no_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_in_order, "MOST_SECONDS", 0.2)
    async with Floor().run_test() as pilot:
        held = Held()
        app = await over(pilot, held)
        app.type("x")
        await until(pilot, lambda: held.holds)
        other = Input()
        await app.screen.query_one(Vertical).mount(other)
        other.focus()
        await until(pilot, lambda: app.focused is other)
        app.type("z", "enter")
        await until(pilot, lambda: app.noted == ["z"])
        held.gate.set()
