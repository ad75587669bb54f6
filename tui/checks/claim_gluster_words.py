"""The parameters of a StorageClass as the provisioner kubernetes.io/glusterfs reads them, and what it refuses.

Source: Kubernetes 1.25, pkg/volume/glusterfs/glusterfs.go (parseClassParameters); the limits of heketi 10.4.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui.core.document import nearest, shown
from tui.core.kube import HIDDEN

KNOWN: Final = (
    "resturl", "restuser", "restuserkey", "secretName", "secretNamespace", "clusterid", "restauthenabled", "gidMin",
    "gidMax", "volumetype", "volumeoptions", "volumenameprefix", "snapfactor", "customepnameprefix",
)  # fmt: skip
"""All parameters; their case does not matter."""

GID_MIN: Final = 2000
GID_MAX: Final = 2**31 - 1
PREFIX_MAX: Final = 26
_LOW: Final = {name.lower(): name for name in KNOWN}
_DISPERSE: Final = ((2, 1), (4, 2), (8, 3), (8, 4))
_REPLICAS_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class ParameterFault:
    """One parameter that is refused: its key and value as written ("" where it is missing), and why.

    `changes` are the parameters that a class made anew should have instead ("" takes one away);
    empty where only the admin knows. `certain` is False where it may still work.
    """

    code: str
    key: str
    value: str
    sentence: str
    cause: str
    advice: str
    changes: tuple[tuple[str, str], ...] = ()
    certain: bool = True


def value_of(parameters: Mapping[str, str], name: str) -> str:
    """A parameter's value by its name in any case, "" when it is not there."""
    return next((value for key, value in parameters.items() if key.lower() == name.lower()), "")


def key_of(parameters: Mapping[str, str], name: str) -> str:
    """A parameter's key as it is written, else as it is usually written."""
    return next((key for key in parameters if key.lower() == name.lower()), _LOW.get(name.lower(), name))


def wants_auth(parameters: Mapping[str, str]) -> bool:
    """Whether user and key are used: so unless `restauthenabled` is there and not "true"."""
    keys = {key.lower(): value for key, value in parameters.items()}
    return keys.get("restauthenabled", "true").lower() == "true"


def parameter_faults(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    """All that the provisioner refuses in the parameters of a class, rows D2, D3, D5, D6, D8 and D9."""
    yield from _url(parameters)
    yield from _unknown(parameters)
    yield from _half_secret(parameters)
    yield from _gids(parameters)
    yield from _volume_type(parameters)
    yield from _names_and_space(parameters)


def gid_range(parameters: Mapping[str, str]) -> tuple[int, int] | None:
    """The group ids that the class gives out, smallest and largest; None when they make no range."""
    low, high = _gid(parameters, "gidMin", GID_MIN), _gid(parameters, "gidMax", GID_MAX)
    if low is None or high is None or not GID_MIN <= low <= high <= GID_MAX:
        return None
    return low, high


def _gid(parameters: Mapping[str, str], name: str, default: int) -> int | None:
    keys = {key.lower(): value for key, value in parameters.items()}
    text = keys.get(name.lower())
    if text is None:
        return default
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and int(text) < 2**32 else None


def _url(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    url, key = value_of(parameters, "resturl"), key_of(parameters, "resturl")
    advice = "Make the class anew with resturl = http://HOST:PORT of heketi."
    if not url:
        cause = "The provisioner asks heketi for volumes, and only resturl tells where heketi is."
        yield ParameterFault("D2", key, "", "has no parameter 'resturl'", cause, advice)
        return
    scheme, host = _parts(url)
    if scheme not in ("http", "https") or not host:
        sentence = f"has the resturl '{shown(url)}', which is no address http://HOST:PORT"
        yield ParameterFault("D2", key, url, sentence, "Such an address can't be dialled.", advice)
    elif url.endswith("/"):
        cause = 'The provisioner adds "/volumes" to it, and heketi refuses or redirects the path "//volumes".'
        change = ((key, url.rstrip("/")),) if HIDDEN not in url else ()
        sentence = f"has a resturl that ends in '/' ('{shown(url)}')"
        yield ParameterFault("D2", key, url, sentence, cause, "Take the last '/' away.", change, certain=False)


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return "", ""


def _unknown(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    cause = "The provisioner refuses a class with a parameter that it does not know; upper and lower case are the same."
    for key, value in parameters.items():
        if key.lower() in _LOW:
            continue
        near = nearest(key, KNOWN)
        seen_value = "(set)" if value else ""  # a mistyped key may be followed by what nobody is to see
        if near and near.lower() not in {other.lower() for other in parameters}:
            sentence = f"has the unknown parameter '{shown(key)}' - did you mean '{near}'?"
            changes: tuple[tuple[str, str], ...] = ((key, ""), (near, value))
            if HIDDEN in value or any(part in key.lower() for part in ("key", "pass", "secret", "token")):
                changes = ()
            yield ParameterFault("D3", key, seen_value, sentence, cause, f"Call it '{near}'.", changes)
        else:
            sentence = f"has the unknown parameter '{shown(key)}'"
            yield ParameterFault("D3", key, seen_value, sentence, cause, "Take it away.", ((key, ""),))


def _half_secret(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    name, space = value_of(parameters, "secretname"), value_of(parameters, "secretnamespace")
    if bool(name) == bool(space) or not wants_auth(parameters):
        return
    there, missing = ("secretName", "secretNamespace") if name else ("secretNamespace", "secretName")
    yield ParameterFault(
        "D5", key_of(parameters, there), name or space, f"has {there} but no {missing}",
        "The key for heketi is read from a Secret only when its name and its namespace are both told.",
        f"Make the class anew with {missing} as well.",
    )  # fmt: skip


def _gids(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    values = [("gidMin", GID_MIN), ("gidMax", GID_MAX)]
    sound = True
    for name, default in values:
        key, text = key_of(parameters, name), value_of(parameters, name)
        gid = _gid(parameters, name, default)
        if gid is None or not GID_MIN <= gid <= GID_MAX:
            sound = False
            why = f"'{shown(text)}', which is no number from {GID_MIN} to {GID_MAX}"
            cause = f"Group ids below {GID_MIN} and above {GID_MAX} are never given to volumes."
            advice = f"Leave {name} away: it is {default} then."
            yield ParameterFault("D6", key, text, f"has {name} {why}", cause, advice, ((key, ""),))
    low, high = _gid(parameters, "gidMin", GID_MIN), _gid(parameters, "gidMax", GID_MAX)
    if sound and low is not None and high is not None and low > high:
        key = key_of(parameters, "gidMax")
        cause = "The provisioner gives each volume a group id from gidMin to gidMax, and there is none between them."
        advice = f"Leave gidMax away: it is {GID_MAX} then."
        yield ParameterFault("D6", key, str(high), f"has gidMax {high} below gidMin {low}", cause, advice, ((key, ""),))


def _volume_type(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    text, key = value_of(parameters, "volumetype"), key_of(parameters, "volumetype")
    if not text:
        return
    kind, *rest = text.split(":")
    cause = "It is 'replicate:N', 'disperse:DATA:REDUNDANCY' or 'none'; without it three replicas are made."
    change: tuple[tuple[str, str], ...] = ((key, ""),)
    advice = "Leave volumetype away (three replicas), or write one of these."
    numbers = [int(part) if re.fullmatch(r"\+?[0-9]{1,9}", part) else None for part in rest]
    sentence = f"has the volumetype '{shown(text)}'"
    if kind not in ("replicate", "disperse", "none"):
        yield ParameterFault("D8", key, text, f"{sentence}, which does not exist", cause, advice, change)
    elif kind == "replicate" and numbers and numbers[0] is None:
        yield ParameterFault("D8", key, text, f"{sentence}, whose number of replicas is none", cause, advice, change)
    elif kind == "replicate" and numbers and (numbers[0] or 0) > _REPLICAS_MAX:
        fix = ((key, f"replicate:{_REPLICAS_MAX}"),)
        cause = f"heketi makes {_REPLICAS_MAX} replicas at most and answers 'Invalid replica value'."
        yield ParameterFault("D8", key, text, f"{sentence}, too many replicas", cause, "Ask for 3 replicas.", fix)
    elif kind == "disperse" and (len(numbers) < 2 or None in numbers[:2]):
        yield ParameterFault("D8", key, text, f"{sentence} without data and redundancy counts", cause, advice, change)
    elif kind == "disperse" and tuple(numbers[:2]) not in _DISPERSE:
        cause = "heketi makes the dispersions 2+1, 4+2, 8+3 and 8+4 only: 'Invalid dispersion combination'."
        fix = ((key, "disperse:4:2"),)
        yield ParameterFault("D8", key, text, f"{sentence}, which heketi refuses", cause, "Ask for disperse:4:2.", fix)


def _names_and_space(parameters: Mapping[str, str]) -> Iterator[ParameterFault]:
    prefix, key = value_of(parameters, "volumenameprefix"), key_of(parameters, "volumenameprefix")
    if "_" in prefix:
        cause = "The parts of a volume's name are joined with '_', so that a prefix may have none."
        fix = ((key, prefix.replace("_", "-")),)
        sentence = f"has an underscore in volumenameprefix ('{shown(prefix)}')"
        yield ParameterFault("D9", key, prefix, sentence, cause, "Write '-' for '_'.", fix)
    factor, key = value_of(parameters, "snapfactor"), key_of(parameters, "snapfactor")
    if factor and not _is_factor(factor):
        cause = "It tells how many times as large as its volume a thin pool is made: a number from 1 to 100."
        sentence = f"has the snapfactor '{shown(factor)}', which is no number from 1 to 100"
        yield ParameterFault("D9", key, factor, sentence, cause, "Leave it away: it is 1 then.", ((key, ""),))
    prefix, key = value_of(parameters, "customepnameprefix"), key_of(parameters, "customepnameprefix")
    if len(prefix) > PREFIX_MAX:
        cause = f"The name of the Endpoints is made of it and a uid; it has {PREFIX_MAX} characters at most."
        fix = ((key, prefix[:PREFIX_MAX].rstrip("-.")),)
        sentence = f"has a customepnameprefix of {len(prefix)} characters"
        yield ParameterFault("D9", key, prefix, sentence, cause, "Make it shorter.", fix)


def _is_factor(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and 1 <= float(text) <= 100
    except ValueError:
        return False
