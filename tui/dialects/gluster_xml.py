"""The envelope of every answer in XML of the gluster command, and small readers for what is in it."""

import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET  # answers with a document type are refused: see read_answer

from tui.core.plan import Result

BUSY: Final = 30802  # another transaction holds the lock
_OP_RET: Final = re.compile(r"<opRet>\s*(-?\d+)\s*</opRet>")


@dataclass(frozen=True, slots=True)
class Answer:
    """What gluster said. `ret` is None where its answer is no XML; 0 alone is success.

    `error` is gluster's own text about a failure, or the plain text that came instead of XML.
    `errno` is 30802 when another transaction holds the lock.
    """

    ret: int | None
    errno: int = 0
    error: str = ""
    root: ET.Element | None = None

    @property
    def ok(self) -> bool:
        return self.ret == 0


def op_ret(stdout: str) -> int | None:
    """The opRet of an answer, even of one that was cut off; None where there is none."""
    match = _OP_RET.search(stdout)
    return int(match[1]) if match else None


def read_answer(result: Result) -> Answer:
    """Take the envelope off. Never raises: what is no XML becomes an answer with `ret` None."""
    text = result.stdout.strip()
    start = text.find("<?xml")
    if start < 0 or "<!DOCTYPE" in text:
        return Answer(None, error="\n".join(part for part in (text, result.stderr.strip()) if part))
    try:
        root = ET.fromstring(text[start:])  # noqa: S314 - no document type, so no entities to expand
    except ET.ParseError as error:
        return Answer(None, error=f"gluster's answer is no complete XML ({error})")
    ret = number(root, "opRet")
    if ret is None:
        return Answer(None, error="gluster's answer says not whether it worked (no opRet)")
    if ret == 0:
        return Answer(0, number(root, "opErrno") or 0, root=root)
    words = text_of(root, "opErrstr") or text_of(root, "output") or result.stderr.strip()
    return Answer(ret, number(root, "opErrno") or 0, words, root)


def text_of(element: ET.Element, path: str) -> str:
    """The text of a child, "" where it is absent or empty."""
    return (element.findtext(path) or "").strip()


def number(element: ET.Element, path: str) -> int | None:
    """A whole number in a child; None where it is absent or no number ("-", "N/A")."""
    try:
        return int(text_of(element, path))
    except ValueError:
        return None


def positive(element: ET.Element, path: str) -> int | None:
    """As `number`, but gluster's -1 and 0 for "there is none" are None too."""
    value = number(element, path)
    return value if value and value > 0 else None
