"""Bodies of requests read as heketi reads them: Go's encoding/json into a struct for each request.

Fields go by name whatever their case, fields that the struct does not have are passed over, null is as nothing, and
a field that is missing is zero. A value of the wrong type makes the whole body unreadable.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

Kind = Literal["text", "int", "float", "flag", "texts", "map"]
Shape = Mapping[str, "Kind | Shape"]

FLAGS: Final[Shape] = {"file": "flag", "block": "flag"}
NODE: Final[Shape] = {
    "zone": "int", "hostnames": {"manage": "texts", "storage": "texts"}, "cluster": "text", "tags": "map",
}  # fmt: skip
DEVICE: Final[Shape] = {"node": "text", "name": "text", "destroydata": "flag", "tags": "map"}
FORGET: Final[Shape] = {"forceforget": "flag"}
STATE: Final[Shape] = {"state": "text", "healcheck": "text"}
HEAL: Final[Shape] = {"healcheck": "text"}
TAGS: Final[Shape] = {"change_type": "text", "tags": "map"}
VOLUME: Final[Shape] = {
    "size": "int", "name": "text", "clusters": "texts", "gid": "int", "glustervolumeoptions": "texts", "block": "flag",
    "durability": {
        "type": "text", "replicate": {"replica": "int"}, "disperse": {"data": "int", "redundancy": "int"},
    },
    "snapshot": {"enable": "flag", "factor": "float"},
}  # fmt: skip
EXPAND: Final[Shape] = {"expand_size": "int"}
CLONE: Final[Shape] = {"name": "text"}
RESTRICT: Final[Shape] = {"restriction": "text"}
BLOCK_VOLUME: Final[Shape] = {"size": "int", "name": "text", "clusters": "texts", "hacount": "int", "auth": "flag"}
BLOCK_EXPAND: Final[Shape] = {"new_size": "int"}
CLEANUP: Final[Shape] = {"operations": "texts"}
MODE: Final[Shape] = {"state": "text"}
LOGGING: Final[Shape] = {"loglevel": "map"}

_INT64: Final = range(-(2**63), 2**63)
_ZERO: Final[dict[str, Any]] = {"text": "", "int": 0, "float": 0.0, "flag": False}


def decode(body: bytes, shape: Shape) -> dict[str, Any]:
    """The struct that a body is. Raises ValueError with Go's words, as far as they are known."""
    if not body.strip():
        raise ValueError("unexpected end of JSON input")
    # Go reads what is no UTF-8 all the same, and knows no NaN
    value = json.loads(body.decode("utf-8", "replace"), parse_constant=_no_number)
    return _struct(value, shape)


def _struct(value: object, shape: Shape) -> dict[str, Any]:
    found = {name: _zero(kind) for name, kind in shape.items()}
    if value is None:
        return found
    if not isinstance(value, dict):
        raise ValueError(f"json: cannot unmarshal {_word(value)} into Go value")
    names = {name.lower(): name for name in shape}
    for key, item in value.items():
        name = key if key in shape else names.get(key.lower(), "")
        if name and item is not None:
            found[name] = _field(name, item, shape[name])
    return found


def _field(name: str, item: Any, kind: "Kind | Shape") -> Any:
    if isinstance(kind, Mapping):
        return _struct(item, kind)
    if not _fits(item, kind):
        raise ValueError(f"json: cannot unmarshal {_word(item)} into Go struct field {name}")
    if kind == "texts":
        return ["" if one is None else one for one in item]
    return {key: "" if one is None else one for key, one in item.items()} if kind == "map" else item


def _fits(item: Any, kind: Kind) -> bool:
    if kind == "texts":
        return isinstance(item, list) and all(one is None or isinstance(one, str) for one in item)
    if kind == "map":
        return isinstance(item, dict) and all(one is None or isinstance(one, str) for one in item.values())
    if kind in ("int", "float"):
        # 5.0 is no int to Go either
        wanted = int if kind == "int" else (int, float)
        return isinstance(item, wanted) and not isinstance(item, bool) and (kind == "float" or item in _INT64)
    return isinstance(item, str if kind == "text" else bool)


def _zero(kind: "Kind | Shape") -> Any:
    if isinstance(kind, Mapping):
        return {name: _zero(inner) for name, inner in kind.items()}
    return [] if kind == "texts" else {} if kind == "map" else _ZERO[kind]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _no_number(word: str) -> None:
    raise ValueError(f"invalid character '{word[0]}' looking for beginning of value")
