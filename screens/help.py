"""All keys, made from the registry of actions."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.words import ACCENT, BAD, DIM, PLAIN
from tui.actions import ANYWHERE, CONTEXTS, in_context, show_keys
from tui.core.plan import Danger

KEYS_WIDTH = 12


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
            yield Static(help_text(self._contexts), markup=False)


def help_text(contexts: Sequence[str]) -> Content:
    """The keys of these contexts, in this order."""
    lines: list[Content] = []
    for context in contexts:
        actions = list(in_context(context))
        if not actions:
            continue
        lines += [plain((CONTEXTS[context], f"bold {ACCENT}"))]
        for action in actions:
            keys = show_keys(action) or "palette"
            tone = BAD if action.danger is Danger.DESTROYS else PLAIN
            lines.append(plain((f"  {keys:<{KEYS_WIDTH}} ", ACCENT), (action.title, tone)))
            if action.explain:
                lines.append(plain((" " * (KEYS_WIDTH + 3) + action.explain, DIM)))
        lines.append(Content(""))
    return Content("\n").join(lines[:-1])
