"""A strict JSON reader that keeps positions and says in words what is wrong (RFC 8259).

It takes exactly what `json.loads` takes, but for NaN, Infinity, numbers too long to be meant,
half surrogates and very deep nesting.
"""

import json
import re
from typing import Final, NoReturn

from tui.core.document_tree import MAX_DEPTH, MAX_VALUES, Member, Problem, Scalar, UnreadableError, Value, shown

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_STRING_START: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD: Final = re.compile(r"[^\s,:\[\]{}\"]+")
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}
_WRONG_WORDS: Final = {
    "True": "true", "TRUE": "true", "yes": "true", "on": "true", "False": "false", "FALSE": "false", "no": "false",
    "off": "false", "None": "null", "NULL": "null", "Null": "null", "nil": "null", "undefined": "null",
}  # fmt: skip
_MAX_DIGITS: Final = 400


def read_json(text: str, source: str) -> tuple[Value, list[Problem]]:
    """The tree of a JSON text and its problems (keys given twice). Raises UnreadableError."""
    reader = _Reader(text, source)
    value = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        reader.fail(f"nothing may follow the end of the first value, but here stands '{reader.near()}'")
    return value, reader.problems


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self.text, self.source, self.at = text, source, 0
        self.problems: list[Problem] = []
        self._values = 0
        # The last place that was turned into a line; places only grow but for rare errors.
        self._seen, self._line, self._line_start = 0, 1, 0

    def place(self, at: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        if at < self._seen:
            self._seen, self._line, self._line_start = 0, 1, 0
        self._line += self.text.count("\n", self._seen, at)
        newline = self.text.rfind("\n", self._seen, at)
        self._line_start = newline + 1 if newline >= 0 else self._line_start
        self._seen = at
        return self._line, at - self._line_start + 1

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        line, column = self.place(self.at if at is None else at)
        raise UnreadableError(line, column, message)

    def near(self) -> str:
        """What stands here, short enough to quote."""
        word = _WORD.match(self.text, self.at)
        return shown(word[0] if word else self.text[self.at : self.at + 1], 30)

    def skip(self) -> str:
        """Go over blanks; the character that follows, "" at the end."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        char = self.text[self.at : self.at + 1]
        if char == "#" or self.text.startswith(("//", "/*"), self.at):
            self.fail("JSON knows no comments; take this one out, or write the file as YAML")
        return char

    def value(self, depth: int) -> Value:
        char = self.skip()
        line, column = self.place(self.at)
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            self.fail(f"this is nested deeper than {MAX_DEPTH} levels" if depth > MAX_DEPTH else "too many values")
        if char == "{":
            return Value(line, column, self.object(depth))
        if char == "[":
            return Value(line, column, self.list(depth))
        if char == '"':
            return Value(line, column, self.string())
        return Value(line, column, self.word(char))

    def object(self, depth: int) -> dict[str, Member]:
        start, members = self.at, dict[str, Member]()
        self.at += 1
        while self.skip() != "}" or members:
            key_at = self.at
            key = self.key(start)
            line, column = self.place(key_at)
            if self.skip() != ":":
                self.fail(f'a colon is missing after the key "{shown(key)}"' + self.at_end(start, "{"))
            self.at += 1
            member = Member(key, line, column, self.value(depth + 1))
            first = members.setdefault(key, member)
            if first is not member:
                message = f'the key "{shown(key)}" is given twice in this object; the first is on line {first.line}'
                self.problems.append(Problem(self.source, line, column, "error", message))
            if not self.more(start, "}"):
                break
        self.at += 1
        return members

    def key(self, start: int) -> str:
        if self.text[self.at : self.at + 1] != '"':
            if self.at == len(self.text):
                self.fail("the file ends here" + self.at_end(start, "{"))
            self.fail(f'a key stands in double quotes ("), but here is {self.near()}')
        return self.string()

    def list(self, depth: int) -> tuple[Value, ...]:
        start, items = self.at, list[Value]()
        self.at += 1
        while self.skip() != "]" or items:
            if self.at == len(self.text):
                self.fail("the file ends here" + self.at_end(start, "["))
            items.append(self.value(depth + 1))
            if not self.more(start, "]"):
                break
        self.at += 1
        return tuple(items)

    def more(self, start: int, close: str) -> bool:
        """After an entry: whether a further one follows. Stands on its first character, or on `close`."""
        char = self.skip()
        if char == close:
            return False
        if char != ",":
            opened = self.text[start]
            if self.at == len(self.text):
                self.fail("the file ends here" + self.at_end(start, opened))
            if char in "]}":
                line, _ = self.place(start)
                self.fail(f"'{char}' does not close the '{opened}' of line {line}; '{close}' is expected")
            self.fail(f"a comma is missing before '{self.near()}'")
        comma = self.at
        self.at += 1
        if self.skip() == close:
            self.fail(f"the comma after the last entry, before '{close}', is one too many; take it out", comma)
        return True

    def at_end(self, start: int, opened: str) -> str:
        if self.at < len(self.text):
            return ""
        line, _ = self.place(start)
        self.place(self.at)
        return f", but the '{opened}' of line {line} is not closed"

    def string(self) -> str:
        start = self.at
        match = _STRING.match(self.text, start)
        if not match:
            self.bad_string(start)
        self.at = match.end()
        text = str(json.loads(match[0]))
        if any("\ud800" <= c <= "\udfff" for c in text):
            self.fail("this text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character", start)
        return text

    def bad_string(self, start: int) -> NoReturn:
        begun = _STRING_START.match(self.text, start)
        end = begun.end() if begun else start
        char = self.text[end : end + 1]
        if char in ("", "\n", "\r"):
            self.fail("this text is not closed: a double quote is missing on this line", start)
        if char == "\\":
            self.fail(
                f"'{shown(self.text[end : end + 2])}' is no escape that JSON knows; write \\\\ for a backslash", end
            )
        name = "a tab" if char == "\t" else "a control character"
        self.fail(f"{name} may not stand inside a text; write it as an escape", end)

    def word(self, char: str) -> Scalar:
        start = self.at
        found = _WORD.match(self.text, start)
        word = found[0] if found else char
        self.at = start + len(word)
        if word in _WORDS:
            return _WORDS[word]
        if not _NUMBER.fullmatch(word) or len(word) > _MAX_DIGITS:
            self.fail(_why_no_value(word), start)
        return int(word) if word.lstrip("-").isdigit() else float(word)


def _why_no_value(word: str) -> str:
    if not word:
        return "the file ends where a value is expected"
    if word in ",:]}":
        return f"a value is expected before '{word}'"
    if word in _WRONG_WORDS:
        return f"write {_WRONG_WORDS[word]}, JSON does not know '{word}'"
    if word[0] in "'`\u2018\u2019\u201c\u201d":
        return f'text stands in double quotes ("), not as {shown(word, 30)}'
    if word[0] in "+-.0123456789":
        return f"'{shown(word, 30)}' is no number that JSON knows"
    return f"'{shown(word, 30)}' is no value; text must stand in double quotes"
