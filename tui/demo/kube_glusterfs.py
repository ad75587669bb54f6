"""The parameters of a class of the in-tree provisioner kubernetes.io/glusterfs, with its errors.

Source: pkg/volume/glusterfs/glusterfs.go of Kubernetes 1.25 (parseClassParameters).
"""

import base64
from dataclasses import dataclass
from typing import Final

from tui.demo.kube_resources import SECRETS, Obj
from tui.demo.kube_world import GLUSTERFS, OutsideError, World

LEAST_GID: Final = 2000
MOST_GID: Final = 2147483647
_KNOWN: Final = (
    "resturl", "restuser", "restuserkey", "secretname", "secretnamespace", "clusterid", "restauthenabled", "gidmin",
    "gidmax", "volumetype", "volumeoptions", "volumenameprefix", "snapfactor", "customepnameprefix",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a class says. `values` have their names in small letters; `key` is the secret of heketi."""

    values: dict[str, str]
    key: str
    gid_min: int
    gid_max: int


def read_parameters(world: World, cls: Obj) -> Parameters:
    """Read the parameters of a class. Raises OutsideError with the text of the real plugin."""
    values: dict[str, str] = {}
    for name, value in (cls.get("parameters") or {}).items():
        if name.lower() not in _KNOWN:
            raise OutsideError(f'invalid option "{name}" for volume plugin {GLUSTERFS}')
        values[name.lower()] = value
    least, most = _gid(values, "gidMin", LEAST_GID), _gid(values, "gidMax", MOST_GID)
    _volume_type(values.get("volumetype", ""))
    if not values.get("resturl"):
        raise OutsideError(f"StorageClass for provisioner {GLUSTERFS} must contain 'resturl' parameter")
    key = _key(world, values)
    if least > most:
        raise OutsideError(f'storageClass for provisioner "{GLUSTERFS}" must have gidMax value >= gidMin')
    _names(values)
    return Parameters(values, key, least, most)


def heketi_text(world: World, text: str) -> str:
    """heketi's own words as old releases pass them on; newer ones hide them."""
    return text if world.version < (1, 18) else "see kube-controller-manager.log for details"


def _gid(values: dict[str, str], name: str, default: int) -> int:
    raw = values.get(name.lower())
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit():
        raise OutsideError(f'invalid {name} value "{name.lower()}" for volume plugin {GLUSTERFS}')
    if int(raw) < LEAST_GID:
        raise OutsideError(f"{name} must be >= {LEAST_GID}")
    if int(raw) > MOST_GID:
        raise OutsideError(f"{name} must be <= {MOST_GID}")
    return int(raw)


def _volume_type(text: str) -> None:
    kind, *counts = text.split(":")
    if kind in ("", "none"):
        return
    if kind not in ("replicate", "disperse"):
        raise OutsideError(f"error parsing value for option 'volumetype' for volume plugin {GLUSTERFS}")
    if kind == "disperse" and len(counts) < 2:
        text = "must have data:redundancy count set for disperse volumes in storage class option 'volumetype'"
        raise OutsideError(f'StorageClass for provisioner "{GLUSTERFS}" {text}')
    for count in counts[: 2 if kind == "disperse" else 1]:
        if not count.isdigit():
            why = f'failed to parse "{count}" as a number' if not count.lstrip("-").isdigit() else "negative value"
            raise OutsideError(f'error parsing volumeType "{count}": {why}')


def _key(world: World, values: dict[str, str]) -> str:
    if values.get("restauthenabled", "true").lower() == "false":
        return ""
    name, space = values.get("secretname", ""), values.get("secretnamespace", "")
    if not name and not space:
        return values.get("restuserkey", "")
    if not name or not space:
        text = "must have secretNamespace and secretName either both set or both empty"
        raise OutsideError(f'StorageClass for provisioner "{GLUSTERFS}" {text}')
    try:
        return _secret(world, space, name)
    except OutsideError as error:
        raise OutsideError(f"failed to get secret {space}/{name}: {error}") from error


def _secret(world: World, space: str, name: str) -> str:
    secret = world.read(SECRETS, space, name)
    if secret is None:
        raise OutsideError(f'secrets "{name}" not found')
    if secret.get("type") != GLUSTERFS:
        raise OutsideError(f"cannot get secret of type {GLUSTERFS}")
    data: dict[str, str] = secret.get("data") or {}
    if not data:
        raise OutsideError("empty secret map")
    # any value will do for the real plugin where none is called "key"
    return base64.b64decode(data.get("key", next(iter(data.values())))).decode(errors="replace")


def _names(values: dict[str, str]) -> None:
    if "_" in values.get("volumenameprefix", ""):
        raise OutsideError("storageclass parameter 'volumenameprefix' should not contain '_' in its value")
    factor = values.get("snapfactor", "")
    if factor:
        try:
            good = 1 <= float(factor) <= 100
        except ValueError:
            good = False
        if not good:
            raise OutsideError(f"invalid snapshot factor {factor}, the value must be between 1 to 100")
    if len(values.get("customepnameprefix", "")) > 26:
        raise OutsideError("'customepnameprefix' value should be < 26 characters")
