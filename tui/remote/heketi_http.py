"""One signed request to heketi over HTTP. Nothing is followed, waited for or tried again here."""

import base64
import hmac
import json
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import aiohttp
import jwt

from tui.dialects.heketi import claims
from tui.remote.heketi_errors import TARGET, NoHeketi, lost, no_answer, no_connection

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0
"""How long one answer may take. heketi answers at once and works on after, but placement and dumps take a while."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: HTTP status, the headers that matter, and the text."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> str:
        """Where it leads: a path as heketi knows it; "" for nowhere."""
        return self.headers.get("Location", "")

    @property
    def is_pending(self) -> bool:
        """Whether the operation behind a queue is still under way; no end of one is a 200."""
        return self.status == 200

    @property
    def is_good(self) -> bool:
        """Whether it is a success."""
        return 200 <= self.status < 300


class HeketiHttp:
    """Signs and sends requests to one heketi. The key is in no `repr` and in no error.

    `skew` is heketi's clock minus ours in seconds, as the last answer showed it (None: not yet known; heketi
    tells whole seconds, so that less than two means nothing).
    """

    def __init__(self, url: str, user: str, key: str, ca: str = "") -> None:
        """`ca` is a file with the CA's certificate, or the certificate itself (PEM); "" for the system's."""
        self.url, self.user = url.rstrip("/"), user
        self._key, self._ca = key, ca
        # behind a proxy that serves heketi under a folder, heketi's own client signs the folder too
        self._folder = _folder_of(self.url)
        self.skew: float | None = None
        self.clock_offset = 0.0
        """Seconds added to our clock when a token is signed."""
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r}, user={self.user!r})"

    async def send(self, method: str, path: str, body: str = "", seconds: float = ANSWER_SECONDS) -> Answer:
        """One request and its answer.

        Raises Unreachable (nothing was asked), ConnectionLost (whether it was carried out is not known),
        NoHeketi.
        """
        session, asked, what = self._open(), time.time(), f"{method} {path}"
        headers = self._headers(method, path, bool(body))
        try:
            async with (
                _meant(self.url, what, method == "GET"),
                session.request(
                    method,
                    self.url + path,
                    data=body.encode() if body else None,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=seconds),
                ) as response,
            ):
                text = (await response.read()).decode("utf-8", "replace")
        except aiohttp.ClientResponseError as error:
            raise NoHeketi(TARGET, f"{self.url} does not answer in HTTP: {error.message}", "check the port") from error
        self._look_at_clock(response.headers.get("Date", ""), asked)
        told = dict(response.headers)
        if "Location" in told and response.status in (202, 303):
            told["Location"] = self._own_path(told["Location"])
        return Answer(response.status, text, told)

    async def close(self) -> None:
        """End all connections."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            try:
                secure = _trust(self._ca) if urlsplit(self.url).scheme == "https" else None
            except (OSError, ValueError) as error:
                raise no_connection(ssl.SSLError(f"the CA can't be read: {error}"), self.url) from None
            connector = aiohttp.TCPConnector(limit=32, ssl=secure if secure else True)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=True)
        return self._session

    def _own_path(self, location: str) -> str:
        """A place that heketi names, as a path of ours; a proxy may have put its own address or folder before it."""
        try:
            path = urlsplit(location).path
        except ValueError:
            return location
        return path.removeprefix(self._folder) if path.startswith(f"{self._folder}/") else path

    def _headers(self, method: str, path: str, has_body: bool) -> dict[str, str]:
        headers = {"Content-Type": "application/json"} if has_body else {}
        if self.user or self._key:
            now = time.time() + self.clock_offset
            headers["Authorization"] = (
                f"bearer {_token(claims(self.user, method, self._folder + path, now), self._key)}"
            )
        return headers

    def _look_at_clock(self, date: str, asked: float) -> None:
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        # the header has whole seconds: half of one is added, and the middle of question and answer compared
        stamp = (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)).timestamp() + 0.5
        self.skew = stamp - (asked + time.time()) / 2


@asynccontextmanager
async def _meant(url: str, what: str, is_harmless: bool) -> AsyncIterator[None]:
    """Turns errors of the transport into ours; what is harmless can be asked again."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL, ssl.SSLError) as error:
        raise no_connection(error, url) from error
    except aiohttp.ClientResponseError:
        raise
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise (no_answer(error, what) if is_harmless else lost(error, what)) from error


def _token(said: dict[str, Any], key: str) -> str:
    """A signed token. Without a key heketi's own client signs with an empty one, which PyJWT refuses to do."""
    if not key:
        parts = [json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, said)]
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        seal = base64.urlsafe_b64encode(hmac.digest(b"", text, "sha256")).rstrip(b"=")
        return (text + b"." + seal).decode()
    with warnings.catch_warnings():
        # that the key is short was decided by whoever set heketi up
        warnings.simplefilter("ignore")
        return jwt.encode(said, key, algorithm="HS256")


def _trust(ca: str) -> ssl.SSLContext:
    if not ca:
        return ssl.create_default_context()
    return ssl.create_default_context(cadata=ca) if "-----BEGIN" in ca else ssl.create_default_context(cafile=ca)


def _folder_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
