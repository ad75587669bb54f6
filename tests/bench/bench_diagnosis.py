"""The diagnosis of 50,000 claims on 50,000 PersistentVolumes: all at once, and after single changes."""

import gc
from statistics import median
from time import process_time
from typing import Any

from tests.bench import Figure, show
from tests.bench.kube_objects import CLASSES, raw_claim, raw_class, raw_volume
from tests.corpus.raw import NOW
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimWorld
from tui.core.kube import KINDS
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse

COUNT, PENDING = 50_000, 1_000
CLAIMS, VOLUMES, STORAGE_CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"
_SLICE = 50


def main() -> list[Figure]:
    """Look at all claims once, then again after one change of each kind."""
    tables = KubeTables()
    tables.set_version((1, 25))
    for kind in KINDS:
        tables.replace(kind, ())
    _fill(tables)
    tables.take_touched()
    # as the feed does with what it has read
    gc.collect()
    gc.freeze()
    world, book = ClaimWorld(tables, NOW), FindingsBook()
    book.mark(tables.claims)
    slices = _drain(world, book)
    return [
        Figure("all 50,000 claims, 1,000 of them waiting", sum(slices), 5000),
        Figure(f"the slowest {_SLICE} of them at once", max(slices), 50),
        Figure("claims with findings", len(list(book.keys())), None, ""),
        *_changes(world, book),
        _waiting(world, book),
    ]


def _fill(tables: KubeTables) -> None:
    """Claims that are bound, and every fiftieth waiting: for a class, for any volume, or for one that is too small."""
    for number in range(COUNT):
        is_bound = number % (COUNT // PENDING) != 0
        _put(tables, CLAIMS, _claim(number) if not is_bound else raw_claim(number))
        volume = raw_volume(number)
        _put(tables, VOLUMES, volume if is_bound else _free_volume(number))
        for kind in ("endpoints", "services"):
            _put(tables, kind, _endpoints(volume["spec"]["glusterfs"]))
    for number in range(CLASSES):
        _put(tables, STORAGE_CLASSES, raw_class(number))


def _endpoints(source: dict[str, Any]) -> dict[str, Any]:
    """The Endpoints of a volume; read as a Service, it is one without a selector."""
    meta = {"namespace": source["endpointsNamespace"], "name": source["endpoints"]}
    return {"metadata": meta, "subsets": [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]}]}


def _put(tables: KubeTables, kind: str, raw: dict[str, Any]) -> None:
    obj = parse(kind, raw)
    assert obj is not None
    tables.put(kind, obj)


def _claim(number: int) -> dict[str, Any]:
    """A claim that waits, for one of three reasons."""
    raw = raw_claim(number, is_bound=False)
    del raw["metadata"]["annotations"]
    reason = number // (COUNT // PENDING) % 3
    if reason == 0:
        raw["spec"]["storageClassName"] = "gluster"
    elif reason == 1:
        raw["spec"] |= {"storageClassName": "", "resources": {"requests": {"storage": "900Gi"}}}
    return raw


def _free_volume(number: int) -> dict[str, Any]:
    """A volume that is free and has no class."""
    raw = raw_volume(number)
    del raw["spec"]["claimRef"]
    raw["spec"]["storageClassName"] = ""
    return raw | {"status": {"phase": "Available"}}


def _drain(world: ClaimWorld, book: FindingsBook) -> list[float]:
    """Milliseconds of each slice until nothing is marked any more."""
    spent = []
    while book.waiting:
        started = process_time()
        book.work(world, _SLICE)
        spent.append((process_time() - started) * 1000)
    return spent


def _changes(world: ClaimWorld, book: FindingsBook) -> list[Figure]:
    """Milliseconds for a change of one claim with all that has to be looked at again."""
    bound = [raw_claim(number) | {"status": {"phase": "Lost"}} for number in range(1, COUNT, 997)]
    waiting = [_claim(number) for number in range(0, COUNT, 1000)]
    for raw in waiting:
        raw["metadata"]["labels"] = {"app": "other"}
    return [
        _one("one bound claim turns lost", world, book, bound),
        _one("one waiting claim changes", world, book, waiting),
    ]


def _one(name: str, world: ClaimWorld, book: FindingsBook, raws: list[dict[str, Any]]) -> Figure:
    costs = []
    for raw in raws:
        started = process_time()
        _put(world.tables, CLAIMS, raw)
        book.mark(world.tables.take_touched())
        book.work(world, 10_000)
        costs.append((process_time() - started) * 1000)
    return Figure(name, median(costs), 5)


def _waiting(world: ClaimWorld, book: FindingsBook) -> Figure:
    """Milliseconds for the claim that takes longest."""
    costs = []
    for number in range(0, COUNT, COUNT // PENDING):
        claim = _claim(number)["metadata"]
        started = process_time()
        book.mark([(claim["namespace"], claim["name"])])
        book.work(world, 1)
        costs.append((process_time() - started) * 1000)
    return Figure("the costliest of the waiting ones", max(costs), 5)


if __name__ == "__main__":
    show((__doc__ or "").strip(), main())
