"""JSON and YAML read with the line and column of every key and value.

`parse_document` never raises: whatever is wrong with the text comes back as problems.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from tui.core.document_json import read_json
from tui.core.document_tree import Member, Plain, Problem, Scalar, UnreadableError, Value, describe, shown
from tui.core.document_yaml import read_yaml

__all__ = ["Member", "Plain", "Problem", "Scalar", "Value", "describe", "nearest", "parse_document", "shown"]

MAX_CHARACTERS: Final = 4 * 1024 * 1024


def parse_document(text: str | bytes, source: str) -> tuple[Value | None, list[Problem]]:
    """The tree of a JSON or YAML text, and all problems found in it.

    `source` is the file's name: it stands in the problems, and its ending decides the language
    (.json, .yaml, .yml; any other: JSON if the text starts with "{" or "["). Bytes are UTF-8.
    The tree is None when the text can't be read or is empty; then there is a problem.
    """
    try:
        ready = _clean(text)
        value, problems = _read(ready, source)
    except UnreadableError as error:
        return None, [Problem(source, error.line, error.column, "error", error.message)]
    if value is None:
        problems.append(Problem(source, 1, 1, "error", "the file holds nothing but comments"))
    return value, problems


def nearest(word: str, known: Iterable[str]) -> str:
    """The word of `known` that `word` was most likely meant to be, "" if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else ""


def _clean(text: str | bytes) -> str:
    """Without byte order mark and with "\\n" as the only line end. Raises UnreadableError."""
    if isinstance(text, bytes):
        text = _decode(text)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(1, 1, f"the file has more than {MAX_CHARACTERS} characters; this is no file to read")
    if not text.strip():
        raise UnreadableError(1, 1, "the file is empty")
    for number, line in enumerate(text.split("\n"), 1):
        for column, char in enumerate(line, 1) if not line.isascii() or "\0" in line else ():
            if char == "\0" or "\ud800" <= char <= "\udfff":
                raise UnreadableError(number, column, "the file is no UTF-8 text from here on")
    return text


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(1, 1, "the file is UTF-16 text; save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").replace("\r\n", "\n").removeprefix("\ufeff")
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise UnreadableError(before.count("\n") + 1, column, "the file is no UTF-8 text from here on") from error


def _read(text: str, source: str) -> tuple[Value | None, list[Problem]]:
    name = source.lower()
    looks_json = text.lstrip()[0] in "{["
    if name.endswith((".yaml", ".yml")):
        # YAML holds nearly all of JSON, but not its tabs; what is JSON is read as such.
        if looks_json:
            try:
                return read_json(text, source)
            except UnreadableError:
                pass
        return read_yaml(text, source)
    if name.endswith(".json") and not looks_json:
        return _read_misnamed(text, source)
    return read_json(text, source) if looks_json else read_yaml(text, source)


def _read_misnamed(text: str, source: str) -> tuple[Value | None, list[Problem]]:
    """A .json file that starts like no object or list: say so if it is YAML."""
    try:
        return read_json(text, source)
    except UnreadableError as error:
        message = error.message
        try:
            value, _ = read_yaml(text, source)
        except UnreadableError:
            value = None
        if value is not None and value.kind in ("object", "list"):
            message = "this is YAML in a file that is named .json; rename it to .yaml, or write it as JSON"
        raise UnreadableError(error.line, error.column, message) from error
