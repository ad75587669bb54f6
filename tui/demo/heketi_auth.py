"""How the simulated heketi looks at tokens: the same order and words as heketi 10 (middleware/jwt.go)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from tui.demo.heketi_wire import Fail

_LEEWAY: Final = 120
_HASHES: Final = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def issuer(header: str, method: str, path: str, keys: Mapping[str, str], now: float) -> str:
    """Who signed a request: "admin" or "user". Raises Fail."""
    found = _checked(header, keys, now)
    if found.get("qsh") != hashlib.sha256(f"{method}&{path}".encode()).hexdigest():
        raise Fail(401, "Invalid qsh claim in token")
    user = str(found["iss"])
    if user != "admin" and path != "/volumes":
        raise Fail(401, "Administrator access required")
    return user


def _checked(header: str, keys: Mapping[str, str], now: float) -> dict[str, Any]:
    if not header:
        raise Fail(401, "Required authorization token not found")
    words = header.split(" ")
    if len(words) != 2 or words[0].lower() != "bearer":
        raise Fail(400, "Authorization header format must be Bearer {token}")
    found = _unsigned(words[1])
    if "iss" not in found:
        raise Fail(401, "Invalid JWT token: Token missing iss claim")
    key = keys.get(str(found["iss"]))
    if key is None:
        raise Fail(401, "Invalid JWT token: Unknown user")
    if not _is_signed(words[1], key):
        words_of_heketi = "signature is invalid (client and server secrets may not match)"
        raise Fail(401, f"Invalid JWT token: {words_of_heketi}")
    late = int(now) - int(found.get("exp", 0))
    if late > 0:
        raise Fail(401, f"Invalid JWT token: Token is expired by {_span(late)}")
    if int(found.get("iat", 0)) > now + _LEEWAY:
        raise Fail(401, "Invalid JWT token: Token used before issued (client and server clocks may differ)")
    return found


def _unsigned(token: str) -> dict[str, Any]:
    """What a token says, before it is known who signed it."""
    try:
        _, payload, _ = token.split(".")
        found = json.loads(_decoded(payload))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Fail(401, "Invalid JWT token: token contains an invalid number of segments")
    return found


def _is_signed(token: str, key: str) -> bool:
    """Whether a token is signed with a key (RFC 7515), by hand: the server shares no code with the client."""
    content, _, signature = token.rpartition(".")
    try:
        method = _HASHES.get(str(json.loads(_decoded(content.partition(".")[0])).get("alg")))
        given = _decoded(signature)
    except (ValueError, AttributeError):
        return False
    return method is not None and hmac.compare_digest(given, hmac.digest(key.encode(), content.encode(), method))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _span(seconds: int) -> str:
    """A duration as Go writes it: "5s", "1m5s", "498716h13m49s"."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours}h{minutes}m{seconds % 60}s"
    return f"{minutes}m{seconds % 60}s" if minutes else f"{seconds}s"
