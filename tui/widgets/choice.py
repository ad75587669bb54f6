"""One of a few words, on one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.widgets.cells import clean
from tui.widgets.glyphs import glyphs


class Choice(Widget, can_focus=True):
    """Left and right (or space, or a click) go through the options, a letter goes to the next that begins with it."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice:focus { text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "Next", show=False, id="choice.next"),
        Binding("left", "step(-1)", "Previous", show=False, id="choice.previous"),
        Binding("enter", "submit", "Done", show=False, id="choice.submit"),
    ]
    ALLOW_SELECT = False

    place: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """Another option was chosen."""

        choice: "Choice"
        value: str

        @property
        def control(self) -> "Choice":
            return self.choice

    @dataclass
    class Submitted(Message):
        """Enter."""

        choice: "Choice"

        @property
        def control(self) -> "Choice":
            return self.choice

    def __init__(self, options: Sequence[str], value: str = "") -> None:
        super().__init__()
        self._options = tuple(options)
        self.value = value

    @property
    def value(self) -> str:
        """The option that is chosen, "" when there are none."""
        return self._options[self.place] if self._options else ""

    @value.setter
    def value(self, value: str) -> None:
        self.place = self._options.index(value) if value in self._options else 0

    def render(self) -> Text:
        """ "◂ replicate ▸  1/2"."""
        if not self._options:
            return Text("nothing to choose from")
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f"{glyphs().left} {clean(self.value)} {glyphs().right}", "reverse" if self.has_focus else "")
        return text.append(f"  {self.place + 1}/{len(self._options)}", style="dim")

    def action_step(self, step: int) -> None:
        if self._options:
            self.place = (self.place + step) % len(self._options)
            self.post_message(self.Changed(self, self.value))

    def action_submit(self) -> None:
        self.post_message(self.Submitted(self))

    def on_click(self) -> None:
        self.action_step(1)

    def on_key(self, event: events.Key) -> None:
        if event.character is None or not event.character.isalnum():
            return
        after = [*range(self.place + 1, len(self._options)), *range(self.place + 1)]
        for place in after:
            if self._options[place].casefold().startswith(event.character.casefold()):
                event.stop()
                self.action_step(place - self.place)
                return
