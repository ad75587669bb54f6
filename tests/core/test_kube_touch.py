"""Which claims a change concerns: never too few, and none that it does not concern."""

from dataclasses import replace

import pytest

from tests.core.kube_oracle import surroundings
from tests.core.kube_world import CLAIM_NAMES, NAMESPACES, World
from tui.core.kube import (
    KINDS,
    MORE_KINDS,
    Claim,
    ClaimRef,
    GlusterSource,
    KubeEvent,
    KubeNode,
    KubeObject,
    PersistentVolume,
    Pod,
    PodClaim,
    ResourceQuota,
    Secret,
    StorageClass,
)
from tui.core.kube_tables import KubeTables

KEYS = [(namespace, name) for namespace in NAMESPACES for name in CLAIM_NAMES]
EVERY = (*KINDS, *MORE_KINDS)
CLAIMS, VOLUMES, CLASSES = "persistentvolumeclaims", "persistentvolumes", "storageclasses"


def _change(world: World, tables: KubeTables) -> str:
    kind = world.kind()
    if world.below(3) == 0:
        tables.drop(kind, world.make(kind).key)
    else:
        tables.put(kind, world.make(kind))
    return kind


@pytest.mark.parametrize("seed", range(10))
def test_never_too_few(seed: int) -> None:
    """Whatever a diagnosis may look at differs only for claims that were touched, also after several changes."""
    world, tables = World(seed), KubeTables()
    for kind in EVERY:
        tables.replace(kind, {obj.key: obj for obj in (world.make(kind) for _ in range(6))}.values())
    tables.take_touched()
    before, noticed = {key: surroundings(tables, key) for key in KEYS}, 0
    for _ in range(250):
        kinds = [_change(world, tables) for _ in range(1 + world.below(3))]
        touched = tables.take_touched()
        after = {key: surroundings(tables, key) for key in KEYS}
        changed = {key for key in KEYS if before[key] != after[key]}
        assert changed <= touched, f"{kinds} concern {changed - touched} as well"
        before, noticed = after, noticed + len(changed)
    assert noticed > 100


def _tables() -> KubeTables:
    """In class gold 100 bound claims and 3 pending ones, in silver 1 pending; nothing is touched yet."""
    tables = KubeTables()
    for kind in EVERY:
        tables.replace(kind, [])
    for name in ("gold", "silver"):
        tables.put(CLASSES, StorageClass("", name, "u", "1", 0.0, provisioner="p"))
    for number in range(100):
        claim = Claim("n", f"bound{number}", f"u{number}", "1", 0.0, phase="Bound", spec_class="gold")
        tables.put(CLAIMS, replace(claim, volume_name=f"v{number}"))
        tables.put(VOLUMES, _volume(number))
    for number in range(3):
        tables.put(CLAIMS, Claim("n", f"wait{number}", "u", "1", 0.0, phase="Pending", spec_class="gold"))
    tables.put(CLAIMS, Claim("m", "silver", "u", "1", 0.0, phase="Pending", spec_class="silver"))
    tables.take_touched()
    return tables


def _volume(number: int) -> PersistentVolume:
    return PersistentVolume(
        "", f"v{number}", "u", "1", 0.0, phase="Bound", spec_class="gold", claim=ClaimRef("n", f"bound{number}", "u"),
        source=GlusterSource("g", "vol", "storage"),
    )  # fmt: skip


GOLD_PENDING = {("n", f"wait{number}") for number in range(3)}
GOLD_BOUND = {("n", f"bound{number}") for number in range(100)}


def _touched(kind: str, *objs: KubeObject) -> set[tuple[str, str]]:
    tables = _tables()
    for obj in objs:
        tables.put(kind, obj)
    return tables.take_touched()


def test_a_claim_concerns_itself() -> None:
    assert _touched(CLAIMS, Claim("n", "wait1", "u", "2", 0.0, phase="Lost", spec_class="gold")) == {("n", "wait1")}


def test_a_bound_volume_concerns_its_claim() -> None:
    assert _touched(VOLUMES, replace(_volume(7), reclaim_policy="Delete")) == {("n", "bound7")}


def test_a_released_volume_concerns_who_waits_in_its_class() -> None:
    assert _touched(VOLUMES, replace(_volume(7), phase="Released")) == {("n", "bound7"), *GOLD_PENDING}


def test_a_volume_that_changes_class_concerns_both() -> None:
    moved = replace(_volume(7), spec_class="silver")
    assert _touched(VOLUMES, moved) == {("n", "bound7"), ("m", "silver"), *GOLD_PENDING}


def test_a_class_concerns_its_claims() -> None:
    gold = StorageClass("", "gold", "u", "2", 0.0, provisioner="p", expands=True)
    assert _touched(CLASSES, gold) == GOLD_PENDING | GOLD_BOUND


def test_a_new_class_concerns_those_who_wait_for_one_that_is_missing() -> None:
    tables = _tables()
    for number, name in enumerate(("slo", "")):
        tables.put(CLAIMS, Claim("x", f"c{number}", "u", "1", 0.0, phase="Pending", spec_class=name))
    tables.take_touched()
    tables.put(CLASSES, StorageClass("", "slow", "u", "1", 0.0))
    assert tables.take_touched() == {("x", "c0"), ("x", "c1")}
    tables.put(CLASSES, StorageClass("", "slow", "u", "2", 0.0, is_default=True))
    assert tables.take_touched() == {("x", "c1")}


def test_a_pod_concerns_its_claims_even_missing_ones() -> None:
    uses = (PodClaim("a", "bound3"), PodClaim("b", "missing"))
    assert _touched("pods", Pod("n", "p", "u", "1", 0.0, claims=uses)) == {("n", "bound3"), ("n", "missing")}


def test_a_node_concerns_the_claims_of_its_pods() -> None:
    tables = _tables()
    for number in range(4):
        uses = (PodClaim("a", f"bound{number}"),)
        tables.put("pods", Pod("n", f"p{number}", "u", "1", 0.0, node=f"w{number % 2}", claims=uses))
    tables.put("nodes", KubeNode("", "w0", "u", "1", 0.0))
    tables.take_touched()
    tables.put("nodes", KubeNode("", "w0", "u", "2", 0.0))
    assert tables.take_touched() == set()
    tables.put("nodes", KubeNode("", "w0", "u", "3", 0.0, unschedulable=True))
    assert tables.take_touched() == {("n", "bound0"), ("n", "bound2")}


def test_events_concern_what_they_are_about() -> None:
    def event(kind: str, namespace: str, name: str) -> KubeEvent:
        about = {"object_kind": kind, "object_namespace": namespace, "object_name": name}
        return KubeEvent("n", "e", "u", "1", 0.0, **about)  # type: ignore[arg-type]

    assert _touched("events", event("PersistentVolumeClaim", "n", "wait2")) == {("n", "wait2")}
    assert _touched("events", event("PersistentVolume", "", "v5")) == {("n", "bound5")}
    assert _touched("events", event("Pod", "n", "unknown")) == set()


def test_a_quota_concerns_who_waits_in_its_namespace() -> None:
    assert _touched("resourcequotas", ResourceQuota("n", "q", "u", "1", 0.0)) == GOLD_PENDING


def test_a_secret_that_no_one_names_concerns_no_one() -> None:
    assert _touched("secrets", Secret("n", "s", "u", "1", 0.0)) == set()


def test_the_claims_of_a_burst_are_told_once() -> None:
    tables = _tables()
    for number in range(100):
        tables.put(VOLUMES, replace(_volume(number), phase="Released"))
    assert tables.take_touched() == GOLD_BOUND | GOLD_PENDING
    assert tables.take_touched() == set()
