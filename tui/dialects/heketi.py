"""How heketi 10 is spoken to: what has to be signed, how its answers are to be understood, how long to wait.

Facts are of heketi's sources (middleware/jwt.go, pkg/utils/asynchttp.go, client/api/go-client) and of a
recorded server. Paths and bodies of requests are in `heketi_requests`, answers in `heketi_answers`.
"""

import hashlib
from typing import Any, Final

TOKEN_SECONDS: Final = 300
"""How long a token is good, as in heketi's own client."""
LEEWAY_SECONDS: Final = 120
"""How far ahead of heketi's our clock may be before it refuses the token (HEKETI_JWT_IAT_LEEWAY_SECONDS)."""
IN_FLIGHT: Final = 8
"""How many operations heketi works on at once (max_inflight_operations); it answers 429 to more."""

_FIRST_PAUSE, _LAST_PAUSE = 0.002, 2.0
_CLOCK_WORDS: Final = ("Token used before issued", "Token is expired")


def claims(user: str, method: str, path: str, now: float) -> dict[str, Any]:
    """What the token of one request says; it is good for this method and path alone. `now` is epoch seconds."""
    issued = int(now)
    return {"iss": user, "iat": issued, "exp": issued + TOKEN_SECONDS, "qsh": request_hash(method, path)}


def request_hash(method: str, path: str) -> str:
    """The claim "qsh": method and path without the query, hashed."""
    return hashlib.sha256(f"{method}&{path.partition('?')[0]}".encode()).hexdigest()


def poll_pause(tries: int) -> float:
    """Seconds to wait before the queue is asked again after so many tries: short at first, never over two."""
    return float(min(_LAST_PAUSE, _FIRST_PAUSE * 1.6 ** min(tries, 20)))


def busy_pause(tries: int, retry_after: str) -> float:
    """Seconds to wait after "Server busy": what the server asks for (at most a minute), else longer each time."""
    if retry_after.isdigit():
        return float(min(60, int(retry_after)))
    return float(min(10.0, 0.25 * 2 ** min(tries, 10)))


def is_clock(text: str) -> bool:
    """Whether heketi refused a token because the two clocks differ."""
    return any(words in text for words in _CLOCK_WORDS)


def skew_words(skew: float | None) -> str:
    """How the clocks differ, for a sentence: "heketi's clock is 214 s behind ours"; "" where they agree or unknown."""
    if skew is None or abs(skew) < 5:
        return ""
    return f"heketi's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} ours"


def refusal(status: int, text: str, user: str, skew: float | None) -> tuple[str, str]:
    """What a refused token means, and what to do: (reason, remedy). `text` is heketi's answer."""
    said = text.strip() or f"HTTP {status}"
    if is_clock(said):
        clock = skew_words(skew) or "the clocks differ"
        return f"{clock}: {said}", "set both clocks by NTP; heketi allows 120 s"
    if "signature is invalid" in said:
        return (
            f'the key of user "{user}" is wrong: {said}',
            f'use the key that stands in heketi.json under "jwt.{user}"',
        )
    if "Administrator access required" in said:
        return f'user "{user}" may only create and list volumes: {said}', 'use the user "admin" with its key'
    if "Unknown user" in said or "missing iss" in said:
        return f'heketi knows no user "{user}": {said}', 'its users are "admin" and "user"'
    if "token not found" in said:
        return f"heketi wants a key: {said}", 'name the user "admin" and its key'
    if "qsh" in said:
        return f"something between us and heketi changes the path: {said}", "ask heketi directly, not through a proxy"
    return said, "look at the user, the key and what stands between us and heketi"
