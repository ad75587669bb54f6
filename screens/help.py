"""All keys, made from the registry of actions."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from screens.details import Line
from screens.details_panel import DetailsText
from screens.dialog import Dialog
from screens.words import ACCENT, BAD, PLAIN
from tui.actions import ANYWHERE, CONTEXTS, in_context, show_keys
from tui.core.plan import Danger


class HelpDialog(Dialog[None]):
    """Shows the keys; those of the screen below come first."""

    keys = (("↑↓", "scroll"), ("Esc", "close"))

    def __init__(self, contexts: Sequence[str]) -> None:
        super().__init__()
        self.heading = "Keys"
        rest = [context for context in CONTEXTS if context not in (*contexts, ANYWHERE)]
        self._contexts = (*contexts, ANYWHERE, *rest)

    def compose_body(self) -> ComposeResult:
        """One block a context."""
        with VerticalScroll(classes="body"):
            yield DetailsText(help_lines(self._contexts), ACCENT)


def help_lines(contexts: Sequence[str]) -> list[Line]:
    """The keys of these contexts, in this order."""
    lines: list[Line] = []
    for context in contexts:
        lines.append(("-", CONTEXTS[context], PLAIN))
        for action in in_context(context):
            text = f"{action.title}. {action.explain}".rstrip(" .") + "."
            lines.append((show_keys(action) or "palette", text, BAD if action.danger is Danger.DESTROYS else PLAIN))
    return lines
