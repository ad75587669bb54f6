"""Leaving while an operation runs."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.strips import Part, running_line
from screens.words import WARN

if TYPE_CHECKING:
    from tui.site import Site


class QuitDialog(Dialog[bool]):
    """Stops what runs at a safe point and then leaves, or stays."""

    BINDINGS = [Binding("y", "stop", "Stop and quit", show=False)]
    keys = (("y", "stop at a safe point, then quit"), ("Esc", "stay"))

    def __init__(self, site: "Site") -> None:
        super().__init__()
        self.heading = "An operation runs"
        self._site = site
        self._stopping = False

    def compose_body(self) -> ComposeResult:
        """What runs."""
        with Vertical(classes="body"):
            yield Static(id="quit-what", markup=False)

    def on_mount(self) -> None:
        """Keep it true."""
        self._draw()
        self.set_interval(0.5, self._draw)

    def _draw(self) -> None:
        running = [operation for operation in self._site.operations if operation.running]
        if not running:
            self.dismiss(self._stopping)
            return
        text = "\n\nSteps that run come to their end first, so that nothing is left half done."
        if self._stopping:
            text = "\n\nStopping: waiting for the steps that run."
        parts: list[Part] = []
        for operation in running:
            parts += [*running_line(operation), ("\n", "")]
        self.query_one("#quit-what", Static).update(plain(*parts[:-1], (text, WARN if self._stopping else "")))

    def action_stop(self) -> None:
        """Stop, then leave."""
        self._stopping = True
        for operation in self._site.operations:
            if operation.running:
                operation.cancel()
        self.set_keys((("Esc", "stay here; what was stopped stays stopped"),))
        self._draw()

    def go_back(self) -> None:
        """Stay."""
        self.dismiss(False)
