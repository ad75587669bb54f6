"""The tables of a Kubernetes cluster with 50,000 claims on 50,000 PersistentVolumes."""

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from tests.bench import Figure, cpu_ms, show
from tests.bench.kube_objects import CLASSES, raw_claim, raw_class, raw_volume
from tui.core.kube import KubeObject
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse

COUNT, PAGE = 50_000, 500
CLAIMS, VOLUMES, STORAGE_CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"


def main() -> list[Figure]:
    """Read and store all objects, page by page as a server sends them; then single changes."""
    before, tables = _resident(), KubeTables()
    spent = [_load(tables, CLAIMS, raw_claim), _load(tables, VOLUMES, raw_volume)]
    tables.replace(STORAGE_CLASSES, _read(STORAGE_CLASSES, raw_class, CLASSES))
    gc.collect()
    return [
        Figure("parse 50,000 + 50,000", sum(parsed for parsed, _ in spent), 4000),
        Figure("put 50,000 + 50,000", sum(put for _, put in spent), 3000),
        Figure("memory of the tables", _resident() - before, 250, "MiB"),
        Figure("which claims all that touched", cpu_ms(tables.take_touched), 100),
        Figure("the same list again", cpu_ms(lambda: tables.replace(CLAIMS, list(tables.claims.values()))), 500),
        *_changes(tables),
    ]


def _load(tables: KubeTables, kind: str, make: Callable[[int], dict[str, Any]]) -> tuple[float, float]:
    """Milliseconds for parsing and for storing a kind; making the raw objects does not count."""
    parsed, objects = 0.0, []
    for first in range(0, COUNT, PAGE):
        page = json.loads(json.dumps([make(number) for number in range(first, first + PAGE)]))
        started = process_time()
        objects += [obj for raw in page if (obj := parse(kind, raw)) is not None]
        parsed += process_time() - started
    return parsed * 1000, cpu_ms(lambda: tables.replace(kind, objects))


def _read(kind: str, make: Callable[[int], dict[str, Any]], count: int) -> Iterator[KubeObject]:
    return (obj for number in range(count) if (obj := parse(kind, make(number))) is not None)


def _changes(tables: KubeTables) -> Iterator[Figure]:
    """Microseconds for one change and for asking what it touched."""
    pending: list[dict[str, Any]] = [raw_claim(number, is_bound=False) for number in range(0, COUNT, 97)]
    yield _one("a claim turns pending", tables, CLAIMS, pending, 100)
    released = [raw_volume(number) | {"status": {"phase": "Released"}} for number in range(0, COUNT, 97)]
    yield _one("a volume turns released", tables, VOLUMES, released, 200)
    yield _one("a volume turns bound", tables, VOLUMES, [raw_volume(number) for number in range(0, COUNT, 97)], 200)
    yield _one(
        "a class of 2,500 claims", tables, STORAGE_CLASSES, [raw_class(3) | {"allowVolumeExpansion": True}], 5000
    )


def _one(name: str, tables: KubeTables, kind: str, raws: list[dict[str, Any]], wanted: float) -> Figure:
    costs = []
    for raw in raws:
        started = process_time()
        obj = parse(kind, raw)
        assert obj is not None
        tables.put(kind, obj)
        tables.take_touched()
        costs.append((process_time() - started) * 1_000_000)
    return Figure(name, median(costs), wanted, "µs")


def _resident() -> float:
    """Memory of this process, MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


if __name__ == "__main__":
    show((__doc__ or "").strip(), main())
