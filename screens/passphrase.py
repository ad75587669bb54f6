"""The passphrase of a private key, and other secrets that only the admin knows."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from screens.dialog import Dialog, plain


class PassphraseDialog(Dialog[str]):
    """Asks for it; it is kept in memory only. Escape: not given."""

    keys = (("Enter", "use it"), ("Esc", "not now"))

    def __init__(self, path: str) -> None:
        super().__init__()
        self.heading = "Passphrase"
        self._path = path

    def compose_body(self) -> ComposeResult:
        """The key's file and a hidden field."""
        yield Static(plain("The private key ", (self._path, "bold"), " is encrypted."), classes="body", markup=False)
        yield Input(password=True, placeholder="passphrase")
        yield Static("It is kept in memory while brickyard runs, and written nowhere.", classes="body", markup=False)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class SecretDialog(Dialog[str]):
    """A key or password; it is kept in memory only. Escape: not given."""

    keys = (("Enter", "use it"), ("Esc", "not now"))

    def __init__(self, what: str) -> None:
        super().__init__()
        self.heading = "Needed"
        self._what = what

    def compose_body(self) -> ComposeResult:
        """What it is, and a hidden field."""
        yield Static(plain((self._what, "bold")), classes="body", markup=False)
        yield Input(password=True, placeholder="not shown while it is typed")
        yield Static("It is kept in memory while brickyard runs, and written nowhere.", classes="body", markup=False)

    @on(Input.Submitted)
    def _given(self, event: Input.Submitted) -> None:
        self.dismiss(event.value or None)
