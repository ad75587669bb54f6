"""Objects that real API servers gave."""

import json
from pathlib import Path
from typing import Any

from tui.core.kube import Claim, KubeEvent, PersistentVolume
from tui.dialects.kube import parse

DATA = Path(__file__).parent.parent / "data" / "kube-1.25"
KIND_OF = {"pvc": "persistentvolumeclaims", "pv": "persistentvolumes", "pod": "pods", "events": "events"}


def raw(name: str) -> dict[str, Any]:
    """A recorded object or list."""
    found = json.loads((DATA / f"{name}.json").read_text())
    assert isinstance(found, dict)
    return found


def claim(name: str) -> Claim:
    """A recorded claim."""
    found = parse("persistentvolumeclaims", raw(f"pvc-{name}"))
    assert isinstance(found, Claim)
    return found


def volume(name: str) -> PersistentVolume:
    """A recorded PersistentVolume."""
    found = parse("persistentvolumes", raw(f"pv-{name}"))
    assert isinstance(found, PersistentVolume)
    return found


def events(name: str) -> list[KubeEvent]:
    """A recorded list of events, those of interest."""
    found = [parse("events", item) for item in raw(f"events-{name}")["items"]]
    return [event for event in found if isinstance(event, KubeEvent)]


def recorded() -> list[tuple[str, dict[str, Any]]]:
    """(kind, raw object) of everything recorded."""
    found = []
    for path in sorted(DATA.glob("*.json")):
        one, start = json.loads(path.read_text()), path.stem.split("-")[0]
        if start in KIND_OF:
            found += [(KIND_OF[start], item) for item in one.get("items", [one])]
        elif start in ("endpoints", "storageclasses"):
            found += [(start, item) for item in one["items"]]
    return found
