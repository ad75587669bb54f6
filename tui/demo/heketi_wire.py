"""Questions and answers of the simulated heketi, before they become HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from tui.demo.heketi_decode import Shape, decode

JSON: Final = "application/json; charset=UTF-8"
TEXT: Final = "text/plain; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
_T = TypeVar("_T")


class Fail(Exception):
    """An answer that says no: heketi's errors are one text, not JSON."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def not_found() -> Fail:
    """The answer to an id that heketi does not know."""
    return Fail(404, "Id not found")


def known(table: Mapping[str, _T], ident: str) -> _T:
    """The object of an id. Raises Fail where heketi knows none."""
    found = table.get(ident)
    if found is None:
        raise not_found()
    return found


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `ids` are what the path holds, `user` the issuer of the token, `local` whether from this machine."""

    method: str
    path: str
    ids: tuple[str, ...] = ()
    body: bytes = b""
    user: str = "admin"
    local: bool = True

    @property
    def id(self) -> str:
        """The first id of the path."""
        return self.ids[0]

    def json(self, shape: Shape) -> dict[str, Any]:
        """The body as one of heketi's structs. Raises Fail as heketi does."""
        try:
            return decode(self.body, shape)
        except ValueError:
            raise Fail(422, "request unable to be parsed") from None

    def optional_json(self, shape: Shape) -> dict[str, Any]:
        """The same; without a body all of it is zero."""
        return self.json(shape) if self.body else decode(b"null", shape)

    def told_json(self, shape: Shape) -> dict[str, Any]:
        """The same, where heketi says why it can't read a body."""
        try:
            return decode(self.body, shape)
        except ValueError as error:
            raise Fail(400, f"request unable to be parsed: {error}") from None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def show(value: Any, status: int = 200) -> Reply:
    """An answer in JSON."""
    return Reply(status, json.dumps(value, separators=(",", ":")).encode(), {"Content-Type": JSON})


def done(status: int = 200) -> Reply:
    """An answer without words."""
    return Reply(status)


def refused(fail: Fail) -> Reply:
    """An error."""
    return Reply(fail.status, f"{fail.text}\n".encode(), {"Content-Type": TEXT, "X-Content-Type-Options": "nosniff"})


def leads(status: int, word: str, path: str, is_get: bool) -> Reply:
    """An answer that leads elsewhere; as Go writes it, a GET gets a page too."""
    if not is_get:
        return Reply(status, b"", {"Location": path})
    page = f'<a href="{path}">{word}</a>.\n\n'.encode()
    return Reply(status, page, {"Location": path, "Content-Type": HTML})
