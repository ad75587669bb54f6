"""YAML with positions, as YAML 1.2's core schema has it: `on`, `yes` and `0:30` are texts.

The tree is built from the parser's events, so deep nesting and aliases that multiply cost
nothing: both are refused where they pass the limit.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

import yaml

from tui.core.document_tree import MAX_DEPTH, MAX_VALUES, Member, Problem, Scalar, UnreadableError, Value, shown

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,40})")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TEXT_TAG: Final = "tag:yaml.org,2002:str"


def read_yaml(text: str, source: str) -> tuple[Value | None, list[Problem]]:
    """The tree of a YAML text (None: nothing but comments) and its problems. Raises UnreadableError."""
    builder = _Builder(source)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        raise _not_text(text, error.position) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, _reason(error)) from error
    return builder.root, builder.problems


@dataclass(slots=True)
class _Open:
    """A list or an object whose end was not seen yet, and the number of values before it."""

    line: int
    column: int
    anchor: str | None
    before: int
    items: list[Value] | None = None
    members: dict[str, Member] = field(default_factory=dict)
    key: Value | None = None


class _Builder:
    def __init__(self, source: str) -> None:
        self.source = source
        self.root: Value | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._values = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Put one event into the tree."""
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise UnreadableError(line, column, "a second document starts here; a file holds only one")
            case yaml.ScalarEvent():
                self._check_tag(event.tag, line, column)
                quoted = event.style is not None or event.tag is not None
                value = Value(line, column, event.value if quoted else _resolve(event.value, line, column))
                self._count(1, line, column)
                self._add(value, event.value, event.anchor, 1)
            case yaml.AliasEvent():
                self._alias(event.anchor or "", line, column)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check_tag(event.tag, line, column)
                if len(self._open) >= MAX_DEPTH:
                    raise UnreadableError(line, column, f"this is nested deeper than {MAX_DEPTH} levels")
                items = list[Value]() if isinstance(event, yaml.SequenceStartEvent) else None
                self._open.append(_Open(line, column, event.anchor, self._values, items))
                self._count(1, line, column)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self._open.pop()
                content = done.members if done.items is None else tuple(done.items)
                value = Value(done.line, done.column, content)
                self._add(value, None, done.anchor, self._values - done.before)

    def _alias(self, anchor: str, line: int, column: int) -> None:
        if anchor not in self._anchors:
            raise UnreadableError(line, column, f"no anchor &{shown(anchor)} stands before this alias")
        value, size = self._anchors[anchor]
        self._count(size, line, column)
        self._add(replace(value, line=line, column=column), None, None, size)

    def _count(self, size: int, line: int, column: int) -> None:
        self._values += size
        if self._values > MAX_VALUES:
            raise UnreadableError(line, column, f"with its aliases the file holds more than {MAX_VALUES} values")

    def _check_tag(self, tag: str | None, line: int, column: int) -> None:
        if tag not in (None, "!", _TEXT_TAG):
            name = str(tag).replace("tag:yaml.org,2002:", "!!")
            raise UnreadableError(line, column, f"the tag {shown(name)} is not read here; write a plain value")

    def _add(self, value: Value, as_written: str | None, anchor: str | None, size: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        if parent.items is not None:
            parent.items.append(value)
        elif parent.key is None:
            parent.key = self._key(value, as_written)
        else:
            self._add_member(parent, parent.key, value)
            parent.key = None

    def _key(self, value: Value, as_written: str | None) -> Value:
        if as_written is None and value.kind == "text":
            return value
        if as_written is None:
            raise UnreadableError(value.line, value.column, "a key must be a word, not a list or an object")
        if as_written == "<<":
            raise UnreadableError(value.line, value.column, "merge keys (<<) are not read here; write the keys out")
        return replace(value, content=as_written)

    def _add_member(self, parent: _Open, key: Value, value: Value) -> None:
        member = Member(str(key.content), key.line, key.column, value)
        first = parent.members.setdefault(member.key, member)
        if first is not member:
            message = f'the key "{shown(member.key)}" is given twice in this object; the first is on line {first.line}'
            self.problems.append(Problem(self.source, key.line, key.column, "error", message))


def _resolve(text: str, line: int, column: int) -> Scalar:
    """What a plain scalar means (YAML 1.2, core schema, without octal and hexadecimal)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    # A whole number with zeros before it ("010") is 8 to YAML 1.1 and 10 to 1.2: it stays a text.
    if _FLOAT.fullmatch(text) and not text.lstrip("+-").isdigit():
        return float(text)
    return text


def _not_text(text: str, position: int) -> UnreadableError:
    before = text[:position]
    code = ord(text[position]) if position < len(text) else 0
    column = position - (before.rfind("\n") + 1) + 1
    return UnreadableError(before.count("\n") + 1, column, f"the character U+{code:04X} may not stand in a text file")


_REASONS: Final = (
    ("found character '\\t'", "a tab stands here; YAML is indented with spaces only"),
    ("mapping values are not allowed here", "no colon may stand here; is the indentation right, or a quote missing?"),
    ("could not find expected ':'", "a colon is missing after the key of the line before"),
    ("expected <block end>", "this line is indented unlike the ones it belongs to, or a '-' or key is missing"),
    ("found unexpected end of stream", "a quote that was opened is not closed before the end of the file"),
    ("found duplicate anchor", "an anchor of this name stands further up"),
)  # fmt: skip


def _reason(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this is no YAML"
    for start, sentence in _REASONS:
        if problem.startswith(start):
            return sentence
    context = f" {error.context}" if error.context else ""
    return shown(f"{problem}{context}", 200)
