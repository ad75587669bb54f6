"""50,000 claims that are all broken for the same reason: the CPU of all findings together."""

import gc
import sys
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any, Final

from tests.bench import Figure, show
from tests.bench.kube_objects import CLASSES, raw_claim, raw_class, raw_volume
from tests.corpus.raw import NOW
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimWorld
from tui.core.kube import KINDS, MORE_KINDS
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse

COUNT = 50_000
CLAIMS, VOLUMES, STORAGE_CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"
_LATER: Final = 10 * 86400.0
"""Seconds after which all claims of the bench were made."""
Raw = dict[str, Any]
Pairs = Iterator[tuple[str, Raw]]


def main(count: int = COUNT, only: str = "") -> list[Figure]:
    """One figure for each reason, or for those that begin so."""
    return [_all_of(name, make, count) for name, make in _REASONS.items() if name.startswith(only)]


def _all_of(name: str, make: Callable[[int], Pairs], count: int) -> Figure:
    """Milliseconds for the findings of all claims."""
    tables = KubeTables()
    tables.set_version((1, 25))
    for kind in (*KINDS, *MORE_KINDS):
        tables.replace(kind, ())
    classes = [raw_class(number) for number in range(CLASSES)]
    for kind, raw in (*((STORAGE_CLASSES, one) for one in classes), *make(count)):
        obj = parse(kind, raw)
        assert obj is not None
        tables.put(kind, obj)
    world, book = ClaimWorld(tables, NOW + _LATER), FindingsBook()
    book.mark(tables.take_touched())
    # as the feed does with what it has read
    gc.collect()
    gc.freeze()
    started = process_time()
    while book.waiting:
        book.work(world, 1000)
    spent = (process_time() - started) * 1000
    found = len(list(book.keys()))
    assert found >= count, f"{name}: {found} of {count} claims have findings"
    gc.unfreeze()
    # B11: each is compared with many volumes
    return Figure(name, spent, (60_000 if name.startswith("B11") else 40_000) * count / COUNT)


def _waiting(number: int, **spec: object) -> tuple[str, Raw]:
    """A claim that waits and was given to nobody."""
    raw = raw_claim(number, is_bound=False)
    del raw["metadata"]["annotations"]
    raw["spec"] |= spec
    return CLAIMS, raw


def _no_class(count: int) -> Pairs:
    """C1: the same class is missing."""
    return (_waiting(number, storageClassName="gluster-fast") for number in range(count))


def _no_endpoints(count: int) -> Pairs:
    """F2: no Endpoints at all."""
    for number in range(count):
        yield CLAIMS, raw_claim(number)
        yield VOLUMES, raw_volume(number)


def _endpoints_elsewhere(count: int) -> Pairs:
    """F2: all name the same Endpoints, which are in two namespaces only."""
    for number in range(count):
        yield CLAIMS, raw_claim(number)
        volume = raw_volume(number)
        volume["spec"]["glusterfs"]["endpoints"] = "glusterfs-cluster"
        yield VOLUMES, volume
    for place in ("default", "storage"):
        yield "endpoints", _endpoints(place, "glusterfs-cluster")


def _endpoints_renamed(count: int) -> Pairs:
    """F2: for each claim there are Endpoints, of another name."""
    for number in range(count):
        yield CLAIMS, raw_claim(number)
        volume = raw_volume(number)
        source = volume["spec"]["glusterfs"]
        source["endpoints"] = f"gluster-db{number}"
        yield "endpoints", _endpoints(source["endpointsNamespace"], f"glusterfs-db{number}")
        yield VOLUMES, volume


def _endpoints(namespace: str, name: str) -> Raw:
    meta = {"namespace": namespace, "name": name}
    return {"metadata": meta, "subsets": [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]}]}


def _no_volume(count: int) -> Pairs:
    """B6: each names a PersistentVolume that is not there; 5,000 others are free."""
    for number in range(count):
        yield _waiting(number, storageClassName="", volumeName=f"data-{number}")
        if number % 10 == 0:
            yield VOLUMES, _free(number)


def _lost(count: int) -> Pairs:
    """B7: each has lost its volume."""
    return ((CLAIMS, raw_claim(number) | {"status": {"phase": "Lost"}}) for number in range(count))


def _too_small(count: int) -> Pairs:
    """B1, B11: no class, and 5,000 free volumes that are too small."""
    for number in range(count):
        yield _waiting(number, storageClassName="", resources={"requests": {"storage": "900Gi"}})
        if number % 10 == 0:
            yield VOLUMES, _free(number)


def _free(number: int) -> Raw:
    raw = raw_volume(number)
    del raw["spec"]["claimRef"]
    raw["spec"]["storageClassName"] = ""
    return raw | {"status": {"phase": "Available"}}


def _no_provisioner(count: int) -> Pairs:
    """E1: nobody works for their class."""
    yield STORAGE_CLASSES, raw_class(0) | {"metadata": {"name": "csi", "uid": "csi"}, "provisioner": "kadalu"}
    for number in range(count):
        yield _waiting(number, storageClassName="csi")


def _no_secret(count: int) -> Pairs:
    """D4: the Secret with heketi's key is not there."""
    return (_waiting(number) for number in range(count))


def _no_claim(count: int) -> Pairs:
    """C5: pods name claims that are not there; as many others are."""
    for number in range(count):
        claim = raw_claim(number)
        yield CLAIMS, claim
        yield VOLUMES, raw_volume(number)
        meta = {"namespace": claim["metadata"]["namespace"], "name": f"pod-{number}", "uid": f"pod-{number}"}
        uses = [{"name": "data", "persistentVolumeClaim": {"claimName": f"date-db{number}"}}]
        yield "pods", {"metadata": meta, "spec": {"volumes": uses}, "status": {"phase": "Pending"}}
        source = raw_volume(number)["spec"]["glusterfs"]
        for kind in ("endpoints", "services"):
            yield kind, _endpoints(source["endpointsNamespace"], source["endpoints"])


_REASONS: Final[dict[str, Callable[[int], Pairs]]] = {
    "C1: the same class is missing": _no_class,
    "F2: no Endpoints at all": _no_endpoints,
    "F2: the same Endpoints, elsewhere": _endpoints_elsewhere,
    "F2: Endpoints of another name": _endpoints_renamed,
    "B6: its PersistentVolume is missing": _no_volume,
    "B7: lost": _lost,
    "B11: all volumes are too small": _too_small,
    "E1: no provisioner runs": _no_provisioner,
    "D4: no Secret": _no_secret,
    "C5: pods name other claims": _no_claim,
}


if __name__ == "__main__":
    words = [*sys.argv[1:], "", ""]
    show((__doc__ or "").strip(), main(int(words[0] or COUNT), words[1]))
