"""Tables and indexes of a Kubernetes cluster, after any changes, equal those built at once."""

from collections import defaultdict
from collections.abc import Hashable

import pytest

from tests.core.kube_world import World
from tui.core.kube import (
    KINDS,
    MORE_KINDS,
    Claim,
    Endpoints,
    KubeEvent,
    KubeObject,
    PersistentVolume,
    Pod,
    PodClaim,
    StorageClass,
)
from tui.core.kube_links import INDEXES, links
from tui.core.kube_tables import KubeTables, PartState

EVERY = (*KINDS, *MORE_KINDS)
CLAIMS, VOLUMES = "persistentvolumeclaims", "persistentvolumes"


def _from_scratch(tables: KubeTables) -> dict[str, dict[Hashable, frozenset[tuple[str, str]]]]:
    """All indexes, by walking through all objects."""
    found: dict[str, dict[Hashable, set[tuple[str, str]]]] = {name: defaultdict(set) for name in INDEXES}
    for kind in EVERY:
        for key, obj in tables.table(kind).items():
            for name, where in links(kind, obj):
                found[name][where].add(key)
    return {name: {where: frozenset(keys) for where, keys in index.items()} for name, index in found.items()}


def _is_held(tables: KubeTables) -> dict[str, dict[Hashable, frozenset[tuple[str, str]]]]:
    return {name: tables._indexes[name].contents() for name in INDEXES}


@pytest.mark.parametrize("seed", range(8))
def test_after_any_changes_the_indexes_are_as_if_built_at_once(seed: int) -> None:
    world, tables = World(seed), KubeTables()
    told: dict[str, dict[tuple[str, str], KubeObject]] = {kind: {} for kind in EVERY}
    for _ in range(400):
        kind = world.kind()
        match world.below(8):
            case 0:
                objs = {obj.key: obj for obj in (world.make(kind) for _ in range(world.below(8)))}
                tables.replace(kind, objs.values())
                told[kind] = objs
            case 1 | 2:
                key = world.make(kind).key
                assert tables.drop(kind, key) is (told[kind].pop(key, None) is not None)
            case _:
                obj = world.make(kind)
                tables.put(kind, obj)
                told[kind][obj.key] = obj
        assert dict(tables.table(kind)) == told[kind]
        assert {key: obj.version for key, obj in tables.table(kind).items()} == {
            key: obj.version for key, obj in told[kind].items()
        }
    assert _is_held(tables) == _from_scratch(tables)
    for kind in EVERY:
        tables.replace(kind, [])
    assert not any(_is_held(tables).values())


def test_every_index_is_used() -> None:
    world, tables = World(1), KubeTables()
    used: set[str] = set()
    for kind in EVERY:
        for _ in range(60):
            tables.put(kind, world.make(kind))
            used.update(name for name, index in _is_held(tables).items() if index)
    assert used == set(INDEXES)


def _claim(name: str, version: str = "1", **more: str) -> Claim:
    return Claim("n", name, "u", version, 0.0, **more)  # type: ignore[arg-type]


def test_a_relist_tells_only_what_differs() -> None:
    tables = KubeTables()
    kept, changed = _claim("kept"), _claim("changed")
    assert tables.replace(CLAIMS, [kept, changed, _claim("gone")]) == 3
    tables.take_touched()
    before = tables.revision
    again = [_claim("kept"), _claim("changed", "2", phase="Bound"), _claim("new")]
    assert tables.replace(CLAIMS, again) == 3
    assert tables.revision == before + 3
    assert tables.claims["n", "kept"] is kept
    assert tables.take_touched() == {("n", "changed"), ("n", "new"), ("n", "gone")}
    assert tables.replace(CLAIMS, again) == 0
    assert (tables.revision, tables.take_touched()) == (before + 3, set())


def test_a_newer_version_of_the_same_is_stored_without_a_word() -> None:
    tables = KubeTables()
    tables.put(CLAIMS, _claim("a"))
    tables.take_touched()
    before = tables.revision
    assert not tables.put(CLAIMS, _claim("a", "7"))
    assert (tables.revision, tables.take_touched(), tables.claims["n", "a"].version) == (before, set(), "7")


def test_readers_cannot_write_and_unknown_kinds_are_errors() -> None:
    tables = KubeTables()
    with pytest.raises(TypeError):
        tables.table(CLAIMS)["n", "a"] = _claim("a")  # type: ignore[index]
    for call in (lambda: tables.table("widgets"), lambda: tables.put("widgets", _claim("a"))):
        with pytest.raises(KeyError):
            call()


def test_events_come_newest_first_and_of_one_life() -> None:
    tables = KubeTables()
    for number, uid in enumerate(("old", "new", "new", "")):
        about = {"object_kind": "PersistentVolumeClaim", "object_namespace": "n", "object_name": "a"}
        tables.put("events", KubeEvent("n", f"e{number}", "u", "1", 0.0, object_uid=uid, last=number, **about))  # type: ignore[arg-type]
    names = [event.name for event in tables.events_of("PersistentVolumeClaim", ("n", "a"), "new")]
    assert names == ["e3", "e2", "e1"]
    assert len(tables.events_of("PersistentVolumeClaim", ("n", "a"))) == 4
    assert tables.events_of("Pod", ("n", "a")) == []


def test_what_a_diagnosis_asks() -> None:
    tables = KubeTables()
    world = World(5)
    for kind in EVERY:
        for _ in range(80):
            tables.put(kind, world.make(kind))
    claims, volumes = tables.claims.values(), tables.volumes.values()
    for key, claim in tables.claims.items():
        assert tables.pods_of(key) == sorted(
            (pod for pod in tables.pods.values() if key in pod.claim_keys), key=lambda pod: pod.key
        )
        assert {volume.name for volume in tables.volumes_for(key)} == {
            volume.name for volume in volumes if volume.claim and volume.claim.key == key
        }
        assert claim.name not in ("data-db-0", "logs-db-0") or all(one.name == "db" for one in tables.sets_of(key))
    for one in tables.stateful_sets.values():
        wanted = {c.key for c in claims if c.namespace == one.namespace and c.stem in one.stems}
        assert {claim.key for claim in tables.claims_of_set(one)} == wanted
    for name in ("", "gold", "silver"):
        assert {c.key for c in tables.pending_of_class(name)} == {
            c.key for c in claims if c.class_name == name and c.phase != "Bound"
        }
        assert {v.key for v in tables.open_volumes(name)} == {
            v.key for v in volumes if v.class_name == name and not (v.phase == "Bound" and v.claim and v.claim.uid)
        }
    assert {v.key for v in tables.volumes_of_gluster("vol_b")} == {
        v.key for v in volumes if v.gluster and v.gluster.path == "vol_b/dir"
    }


def test_endpoints_of_either_kind() -> None:
    tables = KubeTables()
    whole = Endpoints("n", "g", "u", "1", 0.0, service="g")
    part = Endpoints("n", "g-x7", "u", "1", 0.0, service="g")
    tables.put("endpoints", whole)
    tables.put("endpointslices", part)
    assert tables.endpoints_of(("n", "g")) == [whole, part]
    assert tables.endpoints_of(("other", "g")) == []


def test_a_claim_that_is_not_there() -> None:
    tables = KubeTables()
    tables.put("pods", Pod("n", "p", "u", "1", 0.0, claims=(PodClaim("v", "a"),)))
    assert tables.claims_not_there() == {("n", "a")}
    tables.put(CLAIMS, _claim("a"))
    assert tables.claims_not_there() == set()


def test_how_well_a_kind_is_known() -> None:
    tables = KubeTables()
    tables.put(CLAIMS, _claim("a"))
    tables.take_touched()
    assert tables.parts["secrets"].state == "loading"
    assert not tables.is_listed("secrets")
    tables.replace("secrets", [])
    assert tables.is_listed("secrets")
    assert tables.take_touched() == {("n", "a")}, "that a Secret is missing is known from now on"
    tables.set_part("secrets", PartState("live", 5.0))
    assert tables.take_touched() == set()
    tables.set_part("secrets", PartState("denied", 6.0, "the role may not list Secrets"))
    assert tables.take_touched() == {("n", "a")}
    assert tables.parts["secrets"].reason == "the role may not list Secrets"
    tables.set_version((1, 25))
    assert (tables.version, tables.take_touched()) == ((1, 25), {("n", "a")})


def test_names_of_missing_classes_and_the_default() -> None:
    tables = KubeTables()
    tables.put(CLAIMS, _claim("a", spec_class="slo"))
    tables.put(CLAIMS, _claim("b", spec_class=""))
    tables.put("storageclasses", StorageClass("", "slow", "u", "1", 0.0, is_default=True))
    assert tables.unknown_classes() == ["slo"]
    assert [one.name for one in tables.default_classes()] == ["slow"]
    assert tables.class_of(tables.claims["n", "a"]) is None
    tables.put(VOLUMES, PersistentVolume("", "v", "u", "1", 0.0, spec_class="slow"))
    assert [volume.name for volume in tables.volumes_of_class("slow")] == ["v"]
