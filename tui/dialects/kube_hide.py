"""Answers of the API without the secrets in them, before anybody keeps or shows them.

Secrets stand in the data of Secrets, in parameters of StorageClasses (restuserkey), in attributes of CSI volumes,
and a second time in the annotation that `kubectl apply` leaves.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from tui.core.kube_claim import HIDDEN
from tui.dialects.kube_fields import without_secrets
from tui.dialects.kube_write import LAST_APPLIED

# only these are read for secrets: reading each of thousands of other objects again would cost for nothing
_PLACES: Final = ("/secrets", "/storageclasses", "/persistentvolumes")

Known = Callable[[str], str]


def hide_secrets(path: str, text: str, known: Known = lambda _: "") -> str:
    """The answer to a request with "(hidden)" for each secret, or with what `known` calls it."""
    if not any(place in path for place in _PLACES):
        return text
    try:
        whole = json.loads(text)
    except ValueError:
        return HIDDEN if "/secrets" in path and text.lstrip().startswith("{") else text
    if not isinstance(whole, dict):
        return text
    is_secrets = "/secrets" in path
    items = whole.get("items")
    found = [hide_in(one, known, is_secret=is_secrets) for one in (items if isinstance(items, list) else [whole])]
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) if any(found) else text


def hide_in(raw: Any, known: Known = lambda _: "", *, is_secret: bool = False) -> bool:
    """Take the secrets out of one object, in place; whether there were any."""
    if not isinstance(raw, dict):
        return False
    changed = False
    if is_secret or raw.get("kind") == "Secret":
        for name in ("data", "stringData"):
            changed |= _hide(raw.get(name), lambda _, __: HIDDEN, known)
    changed |= _hide(raw.get("parameters"), lambda key, value: without_secrets({key: value})[key], known)
    spec = raw.get("spec")
    csi = spec.get("csi") if isinstance(spec, dict) else None
    if isinstance(csi, dict):
        changed |= _hide(csi.get("volumeAttributes"), lambda key, value: without_secrets({key: value})[key], known)
    meta = raw.get("metadata")
    notes = meta.get("annotations") if isinstance(meta, dict) else None
    applied = notes.get(LAST_APPLIED) if isinstance(notes, dict) else None
    if changed and isinstance(notes, dict) and isinstance(applied, str) and applied:
        notes[LAST_APPLIED] = known(applied) or HIDDEN
    return changed


def _hide(values: Any, hide: Callable[[str, str], str], known: Known) -> bool:
    if not isinstance(values, dict):
        return False
    changed = False
    for key, value in values.items():
        if isinstance(value, str) and value and (hidden := hide(key, value)) != value:
            values[key] = known(value) or hidden
            changed = True
    return changed
