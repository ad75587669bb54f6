"""A client of heketi: it asks, waits for what heketi does in its queue, and gives the end of it.

heketi takes a change with 202 and works on it in a queue. The queue is asked again and again, fast at first;
its result is given out once and kept in heketi's memory alone, so that a heketi that was restarted knows
nothing of it (404): then its pending operations are looked at.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from typing import Final, Self, TypeVar

from tui.core.heketi_model import HeketiOperation
from tui.core.heketi_settings import HeketiSettings
from tui.dialects import heketi as dialect
from tui.dialects.heketi_answers import parse_operation, parse_operations
from tui.dialects.heketi_requests import GET, Request
from tui.remote.errors import CommandTimeout, ConnectionLost, RemoteError, Unreachable
from tui.remote.heketi_errors import TARGET, HeketiDenied, HeketiRefused, NoHeketi
from tui.remote.heketi_http import ANSWER_SECONDS, Answer, HeketiHttp

PATIENCE_SECONDS: Final = 30.0
"""How long a heketi that does not answer any more is waited for while it works on something of ours."""
_WORST_SKEW: Final = 30.0
_BETWEEN: Final = (502, 503, 504)
"""What a proxy says while heketi itself does not answer; heketi's own failures are 500."""
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NO_HEKETI: Final = "check the address: something else answers there"
_T = TypeVar("_T")


class HeketiClient(HeketiHttp):
    """Asks one heketi. At most `in_flight` changes are under way at once, the others wait for their turn."""

    def __init__(
        self,
        url: str,
        user: str,
        key: str,
        ca: str = "",
        *,
        in_flight: int = dialect.IN_FLIGHT,
        follow_clock: bool = True,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """With `follow_clock`, tokens are signed at heketi's time once it has refused ours."""
        super().__init__(url, user, key, ca)
        self._turns = asyncio.Semaphore(in_flight)
        self._follow_clock, self._patience = follow_clock, patience

    @classmethod
    def of(cls, settings: HeketiSettings) -> Self:
        """A client for these settings."""
        return cls(settings.url, settings.user, settings.key, settings.ca)

    async def get(self, path: str, *, seconds: float = ANSWER_SECONDS) -> str:
        """The text that a path has. Raises HeketiRefused where heketi says no, and RemoteError."""
        return self.good(await self.ask(GET, path, seconds=seconds), f"GET {path}").text

    async def change(self, request: Request, *, seconds: float = 600.0) -> Answer:
        """Carry a request out and return its end. Raises HeketiRefused where heketi says no, and RemoteError."""
        answer = await self.call(request.method, request.path, request.body, seconds=seconds)
        return self.good(answer, f"{request.method} {request.path}")

    async def call(self, method: str, path: str, body: str = "", *, seconds: float = 600.0) -> Answer:
        """Any request, followed to its end: the queue waited for, the object that was made read.

        The answer is the last one: 200 with the object, 204, or heketi's error with its text; 303 with a
        `location` where the work was done but the object can't be read. Raises RemoteError; ConnectionLost and
        CommandTimeout mean that heketi may have done it, or still be at it.
        """
        if method == GET and not path.endswith("/resync"):
            return await self.ask(method, path)
        async with self._turns:
            try:
                async with asyncio.timeout(seconds):
                    return await self._carry_out(method, path, body)
            except TimeoutError:
                raise await self._too_long(f"{method} {path} took longer than {seconds:.0f} s", path) from None

    async def ask(self, method: str, path: str, body: str = "", *, seconds: float = ANSWER_SECONDS) -> Answer:
        """One request without following it. A token that was refused for its time is signed at heketi's time.

        Raises HeketiDenied where heketi does not accept the token, and RemoteError.
        """
        answer = await self.send(method, path, body, seconds)
        skew = self.skew or 0.0
        if answer.status == 401 and self._follow_clock and dialect.is_clock(answer.text) and abs(skew) > _WORST_SKEW:
            self.clock_offset = skew
            answer = await self.send(method, path, body, seconds)
        if answer.status in (401, 400) and _is_about_token(answer):
            raise HeketiDenied(
                answer.status, answer.text, *dialect.refusal(answer.status, answer.text, self.user, self.skew)
            )
        if answer.status in (301, 302, 307, 308) and "://" in answer.location:
            raise NoHeketi(
                TARGET, f"{self.url} sends us to {answer.location}", "use that address, or ask heketi directly"
            )
        return answer

    def good(self, answer: Answer, what: str) -> Answer:
        """The same answer. Raises HeketiRefused where it is no success."""
        if answer.is_good or answer.status == 303:
            return answer
        raise HeketiRefused(answer.status, answer.text, what)

    async def _carry_out(self, method: str, path: str, body: str) -> Answer:
        answer = await self._when_not_busy(method, path, body)
        if answer.status == 202:
            if not answer.location:
                raise NoHeketi(TARGET, f"{self.url} took {method} {path} and does not say where it is", _NO_HEKETI)
            answer = await self._end_of(answer.location, method, path)
        if answer.status != 303:
            return answer
        try:
            made = await self.ask(GET, answer.location)
        except RemoteError:
            # it was done all the same
            return answer
        return made if made.status == 200 else answer

    async def _when_not_busy(self, method: str, path: str, body: str) -> Answer:
        tries = 0
        while True:
            answer = await self.ask(method, path, body)
            if answer.status != 429:
                return answer
            await asyncio.sleep(dialect.busy_pause(tries, answer.headers.get("Retry-After", "")))
            tries += 1

    async def _end_of(self, queue: str, method: str, path: str) -> Answer:
        what, tries, gone_since = f"{method} {path}", 0, 0.0
        while True:
            await asyncio.sleep(dialect.poll_pause(tries))
            tries += 1
            try:
                answer = await self.ask(GET, queue)
            except (Unreachable, ConnectionLost) as error:
                why = error.reason
            except RemoteError as error:
                raise _out_of_sight(what, error) from error
            else:
                if answer.status == 404:
                    raise await self._forgotten(what, path)
                if answer.status not in _BETWEEN:
                    if not answer.is_pending:
                        return answer
                    gone_since = 0.0
                    continue
                why = f"HTTP {answer.status} from what stands between us"
            gone_since = gone_since or time.monotonic()
            if time.monotonic() - gone_since > self._patience:
                raise _gone(what, why)

    async def _too_long(self, what: str, path: str) -> RemoteError:
        """What to say of a change that was waited for long enough."""
        remedy = "look at heketi's operations before you try again"
        try:
            holder = await self._holder(await self.operations(), path)
        except RemoteError:
            holder = None
        if holder is None:
            return CommandTimeout(TARGET, f"{what}; heketi may still work on it", remedy)
        return RemoteError(TARGET, f"{what}; heketi still works on it ({holder.type} {holder.id})", remedy)

    async def _forgotten(self, what: str, path: str) -> RemoteError:
        """heketi knows nothing of the queue any more: what became of the work, from its pending operations."""
        is_held = False
        try:
            stuck = [operation for operation in await self._operations_at_last() if operation.is_stuck]
            is_held = await self._holder(stuck, path) is not None
        except RemoteError as error:
            left, remedy = f"what it left can't be read: {error.reason}", "look at heketi's operations"
        else:
            names = ", ".join(f"{operation.type} {operation.id} ({operation.status})" for operation in stuck)
            left = f"it left {names}" if names else "it left no operation behind, so that this was done or never begun"
            remedy = "clean up heketi's operations" if names else "look at the result"
        # what a stale operation holds is hidden, and looks like gone: it must not be read back
        kind = RemoteError if is_held else ConnectionLost
        return kind(TARGET, f"heketi was restarted during {what}; {left}", f"{remedy}, then try again")

    async def _holder(self, operations: Iterable[HeketiOperation], path: str) -> HeketiOperation | None:
        """The operation that works on an object of this path. Raises RemoteError."""
        ids = set(_ID.findall(path))
        for one in operations if ids else ():
            answer = await self.ask(GET, f"/operations/pending/{one.id}")
            if answer.status == 200 and ids & {change.id for change in read(parse_operation, answer.text).changes}:
                return one
        return None

    async def _operations_at_last(self) -> tuple[HeketiOperation, ...]:
        """The pending operations of a heketi that may just be starting."""
        until, tries = time.monotonic() + self._patience, 0
        while True:
            try:
                return await self.operations()
            except Unreachable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(dialect.poll_pause(tries))
            tries += 1

    async def operations(self) -> tuple[HeketiOperation, ...]:
        """heketi's pending operations. Raises RemoteError."""
        return read(parse_operations, await self.get("/operations/pending"))


def read(parser: Callable[[str], _T], text: str) -> _T:
    """An answer read by a parser of `tui.dialects.heketi_answers`. Raises NoHeketi where it is none of heketi's."""
    try:
        return parser(text)
    except ValueError as error:
        raise NoHeketi(TARGET, str(error), _NO_HEKETI) from None


def _is_about_token(answer: Answer) -> bool:
    return answer.status == 401 or answer.text.startswith("Authorization header format")


def _gone(what: str, why: str) -> ConnectionLost:
    return ConnectionLost(
        TARGET,
        f"heketi went away during {what}: {why}",
        "start heketi again and look at its operations before you try again",
    )


def _out_of_sight(what: str, error: RemoteError) -> ConnectionLost:
    """heketi took it, and does not let us look at it."""
    return ConnectionLost(TARGET, f"heketi took {what}, but how it ends can't be read: {error.reason}", error.remedy)
