"""What all wizards for objects of Kubernetes share: a form that says what is wrong with it, and the YAML behind it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.dialog import Dialog, plain
from screens.running import run_flow
from screens.words import BAD, DIM
from screens.yaml_view import Draft, YamlDialog
from tui.core.kube_tables import KubeTables
from tui.core.plan import Refused
from tui.widgets.form import Field, Form, Validate

if TYPE_CHECKING:
    from tui.site import Site

T = TypeVar("T")


class WizardDialog(Dialog[None]):
    """Enter goes on to the YAML; what stands in the way is said here, so that the form is not lost."""

    keys = (("Enter", "show the YAML"), ("Tab", "next field"), ("←→", "choose"), ("Esc", "back"))

    def __init__(self, site: "Site", tables: KubeTables) -> None:
        super().__init__()
        self.site, self.tables = site, tables
        self._was_refused = False

    def intro(self) -> str:
        """What it makes."""
        return ""

    def fields(self) -> list[Field]:
        """The questions."""
        return []

    def problems(self, values: dict[str, str]) -> list[str]:
        """What is wrong with the answers together, a sentence each."""
        return []

    async def draft(self, values: dict[str, str]) -> Draft | None:
        """What the answers come to, None where the admin did not wait for it. Raises Refused, OSError."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """The explanation, the form, what stands in the way."""
        yield Static(plain((self.intro(), DIM)), classes="body", markup=False)
        yield Form(self.fields(), classes="-tight")
        with VerticalScroll(id="why-not", can_focus=False):
            yield Static(markup=False)

    def on_mount(self) -> None:
        """The first question."""
        self.query_one(".box").add_class("-wide")
        self.query_one("#why-not").display = False
        form = self.query_one(Form)
        form.edit(next(iter(form.values)))

    @on(Form.Changed)
    def _changed(self, event: Form.Changed) -> None:
        if self._was_refused:
            self._say(self.problems(event.form.values))

    @on(Form.Submitted)
    def _submitted(self, event: Form.Submitted) -> None:
        found = self.problems(event.values)
        self._say(found)
        if not found:
            run_flow(self.app, self._go_on(event.values), "making it ready")

    async def _go_on(self, values: dict[str, str]) -> None:
        try:
            draft = await self.draft(values)
        except Refused as error:
            self._say([error.sentence, *error.details])
            return
        except OSError as error:
            self._say([f"{error.filename} can't be read: {error.strerror}."])
            return

        def begun() -> None:
            # before the operation comes up: only the screen on top can go
            self.dismiss(None)
            if draft is not None and draft.started is not None:
                draft.started()

        if draft is not None:
            self.app.push_screen(YamlDialog(replace(draft, started=begun)))

    def _say(self, sentences: list[str]) -> None:
        self._was_refused = self._was_refused or bool(sentences)
        why = self.query_one("#why-not", VerticalScroll)
        why.query_one(Static).update(plain(("\n".join(f"✗ {one}" for one in sentences), BAD)))
        why.display = bool(sentences)


def first(problems: Callable[[str], list[str]]) -> Validate:
    """A validator that says the first of the problems."""
    return lambda value: next(iter(problems(value.strip())), "")


def ready(value: T) -> Callable[[], Awaitable[T]]:
    """What is there already, for who awaits it."""

    async def give() -> T:
        return value

    return give


def words(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def yes(flag: bool) -> str:
    """As forms write it."""
    return "yes" if flag else "no"


def quantity(size: int | None) -> str:
    """Bytes in the largest unit that they are a whole number of: "20Gi"; "" for None."""
    if not size:
        return ""
    for power, unit in ((5, "Pi"), (4, "Ti"), (3, "Gi"), (2, "Mi"), (1, "Ki")):
        if size % 1024**power == 0:
            return f"{size // 1024**power}{unit}"
    return str(size)
