"""The tree that a JSON or YAML text becomes: every key and value knows its line and column."""

from dataclasses import dataclass
from typing import Final

Scalar = str | int | float | bool | None
Plain = Scalar | list["Plain"] | dict[str, "Plain"]

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 200_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, at a line and column that count from 1; columns are characters.

    What was typed has no lines: there `file` is the option, and both are 0.

    `severity` is "error" (the file can't be used) or "warning".
    """

    file: str
    line: int
    column: int
    severity: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity}: {self.message}"


class UnreadableError(Exception):
    """The text can't be read any further than this line and column (both from 1)."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message


@dataclass(frozen=True, slots=True)
class Value:
    """One value with the place where it starts. `content` is a scalar, a tuple or a dict.

    A dict maps each key to a `Member`, which also knows where the key stands; of a key that is
    given twice the first is kept (and `parse_document` tells of the second).
    """

    line: int
    column: int
    content: "Scalar | tuple[Value, ...] | dict[str, Member]"

    @property
    def members(self) -> "dict[str, Member]":
        """The members of an object, {} if this is none."""
        return self.content if isinstance(self.content, dict) else {}

    @property
    def items(self) -> "tuple[Value, ...]":
        """The items of a list, () if this is none."""
        return self.content if isinstance(self.content, tuple) else ()

    @property
    def scalar(self) -> Scalar:
        """The text, number, true, false or null; None for objects and lists as well."""
        return None if isinstance(self.content, (dict, tuple)) else self.content

    @property
    def kind(self) -> str:
        """ "object", "list", "text", "boolean", "integer", "number" or "null"."""
        content = self.content
        for kind, types in _KINDS:
            if isinstance(content, types):
                return kind
        return "null"

    def plain(self) -> Plain:
        """The same as nested dicts, lists and scalars, without positions."""
        if isinstance(self.content, dict):
            return {key: member.value.plain() for key, member in self.content.items()}
        if isinstance(self.content, tuple):
            return [item.plain() for item in self.content]
        return self.content


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object, the place of the key, and its value."""

    key: str
    line: int
    column: int
    value: Value


# bool is an int to Python, so it is asked for first.
_KINDS: Final[tuple[tuple[str, type | tuple[type, ...]], ...]] = (
    ("object", dict), ("list", tuple), ("text", str), ("boolean", bool), ("integer", int), ("number", float),
)  # fmt: skip


def shown(text: str, limit: int = 60) -> str:
    """`text` fit for a message: cut at `limit` characters, unprintable characters as escapes."""
    cut = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)


def describe(value: Value) -> str:
    """A value in words for messages: `the text "1"`, "the number 5", "a list", "true", "nothing (null)"."""
    match value.kind:
        case "text":
            return f'the text "{shown(str(value.content))}"'
        case "integer" | "number":
            return f"the number {value.content}"
        case "boolean":
            return "true" if value.content else "false"
        case "null":
            return "nothing (null)"
        case kind:
            return "an object" if kind == "object" else "a list"
