"""A host shows a key that nobody has seen yet."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from screens.considered import GRACE_SECONDS, Considered
from screens.dialog import plain
from screens.words import ACCENT, DIM, WARN
from tui.core.asker import HostKeyQuestion


class HostKeyDialog(Considered[bool]):
    """Asks whether to trust it. Escape refuses: a key is never trusted by accident."""

    BINDINGS = [Binding("y", "accept", "Trust it", show=False), Binding("n", "refuse", "Refuse", show=False)]
    keys = (("y", "trust it from now on"), ("n / Esc", "refuse"))

    def __init__(self, question: HostKeyQuestion) -> None:
        super().__init__()
        self.heading = "Unknown host key"
        self._question = question

    def compose_body(self) -> ComposeResult:
        """Who shows which key."""
        question = self._question
        where = question.host if question.port == 22 else f"{question.host}, port {question.port}"
        way = "" if question.host == question.node else f"  (on the way to {question.node})"
        yield Static(
            plain(
                (where, "bold"), way, " shows a key that no known_hosts file holds:\n\n",
                (f"  {question.algorithm}\n", DIM), (f"  {question.fingerprint}\n\n", ACCENT),
                "Compare it with what the host itself says:\n",
                ("  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n\n", DIM),
                ("If it differs, somebody stands between you and the host.", WARN),
            ),
            markup=False, classes="body",
        )  # fmt: skip

    def action_accept(self) -> None:
        """Trust, unless the key was meant for what was there before."""
        if not self.is_too_early(GRACE_SECONDS, "the question"):
            self.dismiss(True)

    def action_refuse(self) -> None:
        """Don't."""
        self.dismiss(False)

    def go_back(self) -> None:
        """Escape refuses."""
        self.dismiss(False)
