"""One sentence that says what failed, and below it what to do."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.words import BAD, PLAIN


def as_sentence(text: str) -> str:
    """With a capital letter, unless it begins with a name (node1, anna@desk): a name stays as it is."""
    first, _, rest = text.partition(" ")
    return f"{first.capitalize()} {rest}" if rest and first.isalpha() and first.islower() else text


class ErrorDialog(Dialog[None]):
    """Shows an error until Escape or Enter."""

    BINDINGS = [Binding("enter", "app.back", "Close", show=False)]
    keys = (("Esc", "close"), ("↑↓", "scroll"))

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__()
        self.heading = "Not possible"
        self._sentence, self._details = sentence, details

    def compose_body(self) -> ComposeResult:
        """The sentence and the details."""
        sentence = as_sentence(self._sentence)
        details = ("\n\n" + self._details, PLAIN) if self._details else ("", PLAIN)
        with VerticalScroll(classes="body"):
            yield Static(plain((sentence, f"bold {BAD}"), details), markup=False)
