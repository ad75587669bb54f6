"""Forms for dialogs, declared as a list of fields."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import DescendantBlur
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from tui.widgets.cells import clean
from tui.widgets.choice import Choice

Validate = Callable[[str], str]
"""Says in a sentence what is wrong with a value, "" when nothing is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `hint` stands behind it (a unit, what is meant) until `validate` has something to say."""

    key: str
    label: str
    kind: Literal["text", "number", "choice", "yesno"] = "text"
    value: str = ""
    hint: str = ""
    options: Sequence[str] = ()
    required: bool = True
    validate: Validate | None = None
    password: bool = False

    def problem(self, value: str) -> str:
        """What is wrong with this answer, "" when nothing is."""
        if not value.strip():
            return "needed" if self.required else ""
        if self.kind == "number" and self.validate is None:
            try:
                float(value)
            except ValueError:
                return f"'{value}' is no number"
        return self.validate(value) if self.validate else ""


SLIM: Final = 56
"""Narrower rows have no hints; what is wrong is said all the same."""


class FieldRow(Widget):
    """The label, the editor, and the hint or what is wrong."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.touched = False
        self._editor = self._make_editor()

    def compose(self) -> ComposeResult:
        yield Label(clean(self.field.label), markup=False)
        yield self._editor
        note = Static(clean(self.field.hint), classes="form--note", markup=False)
        # where nothing will ever stand behind it, what is chosen has all the room
        if not self.field.hint and self.field.kind in ("choice", "yesno"):
            note.display = False
        yield note

    def on_resize(self) -> None:
        """Where it is narrow what is typed needs the room of the hint."""
        self.set_class(self.size.width < SLIM, "-slim")

    @property
    def value(self) -> str:
        """The answer as typed; "yes" or "no" of a yes/no question."""
        return self._editor.value

    @value.setter
    def value(self, value: str) -> None:
        self._editor.value = value

    def check(self) -> str:
        """Say what is wrong beside the field; returns it."""
        problem = clean(self.field.problem(self.value))
        note = self.query_one(".form--note", Static)
        note.update(f"! {problem}" if problem else clean(self.field.hint))
        note.set_class(bool(problem), "-wrong")
        return problem

    def edit(self) -> None:
        """Put the focus here."""
        self._editor.focus()

    def _make_editor(self) -> Input | Choice:
        field = self.field
        if field.kind == "yesno":
            return Choice(("yes", "no"), field.value or "no")
        if field.kind == "choice":
            return Choice(field.options, field.value)
        return Input(field.value, password=field.password, select_on_focus=False)


class Form(VerticalScroll, can_focus=False):
    """Tab goes from field to field, Enter submits when nothing is wrong, else it goes to the first wrong field."""

    DEFAULT_CSS = """
    Form {
        height: auto; max-height: 1fr;
        & FieldRow { layout: horizontal; height: auto; margin-bottom: 1; }
        & FieldRow > Label { width: 22; max-width: 40%; text-align: right; padding-right: 1; }
        & FieldRow > Input, & FieldRow > Input:focus { width: 1fr; height: 1; border: none; padding: 0 1; }
        & FieldRow > Choice { padding: 0 1; background: $surface; }
        & .form--note { width: 1fr; padding-left: 1; color: $text-muted; }
        & .form--note.-wrong { color: $text-error; text-style: bold; }
        & FieldRow.-slim > .form--note { display: none; }
        & FieldRow.-slim > .form--note.-wrong { display: block; }
        &.-tight FieldRow { margin-bottom: 0; }
    }
    """

    @dataclass
    class Changed(Message):
        """An answer changed."""

        form: "Form"
        key: str
        value: str

        @property
        def control(self) -> "Form":
            return self.form

    @dataclass
    class Submitted(Message):
        """Enter, and nothing is wrong."""

        form: "Form"
        values: dict[str, str]

        @property
        def control(self) -> "Form":
            return self.form

    def __init__(self, fields: Sequence[Field], *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._fields = tuple(fields)
        self._lines: dict[str, FieldRow] = {}

    def compose(self) -> ComposeResult:
        self._lines = {field.key: FieldRow(field) for field in self._fields}
        yield from self._lines.values()

    @property
    def values(self) -> dict[str, str]:
        """The answers by key of the field, as typed."""
        return {key: line.value for key, line in self._lines.items()}

    def set_value(self, key: str, value: str) -> None:
        """Put an answer into a field."""
        self._lines[key].value = value

    def show_problem(self, key: str, sentence: str) -> None:
        """Say beside a field what only the owner can know is wrong with it."""
        note = self._lines[key].query_one(".form--note", Static)
        note.display = True
        note.update("! " + clean(sentence))
        note.add_class("-wrong")

    def edit(self, key: str) -> None:
        """Put the focus on a field."""
        self._lines[key].edit()

    def check(self) -> dict[str, str]:
        """Say beside each field what is wrong; returns the sentences by key."""
        return {key: problem for key, line in self._lines.items() if (problem := line.check())}

    def submit(self) -> None:
        """As Enter does."""
        wrong = self.check()
        if wrong:
            self._lines[next(iter(wrong))].edit()
        else:
            self.post_message(self.Submitted(self, self.values))

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _enter(self, event: Input.Submitted | Choice.Submitted) -> None:
        event.stop()
        self.submit()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        line = event.control.query_ancestor(FieldRow)
        if line.touched:
            line.check()
        self.post_message(self.Changed(self, line.field.key, line.value))

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """A field is judged once the admin has been in it, not before."""
        line = event.widget.query_ancestor(FieldRow)
        line.touched = True
        line.check()
