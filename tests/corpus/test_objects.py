"""Situations of PersistentVolumes, StorageClasses and whole clusters that are told without any claim."""

from collections.abc import Callable

import pytest

from tests.corpus.build import GLUSTERFS, Cluster
from tests.corpus.raw import NO_PROVISIONER
from tui.checks.claims import diagnose_class, diagnose_cluster, diagnose_volume
from tui.core.finding import Finding

MADE = {"pv.kubernetes.io/provisioned-by": GLUSTERFS}
HEKETI = {"resturl": "http://10.0.0.9:8080", "restauthenabled": "false"}
GONE = ("default", "gone", "uid-of-gone")


def _volume(minor: int = 25, **told: object) -> Cluster:
    return Cluster(1, minor).volume("pv", **{"cls": "slow", "ref": GONE, **told})


def _failed(minor: int, message: str, **told: object) -> Cluster:
    return _volume(
        minor, phase="Failed", policy="Delete", annotations=MADE, status={"message": message}, **told
    ).storage_class("slow", parameters=HEKETI)


VOLUMES: list[tuple[str, Callable[[], Cluster]]] = [
    ("D12", lambda: _failed(25, "failed to delete volume: see kube-controller-manager.log for details")),
    ("E9", lambda: _failed(28, "error getting deleter volume plugin: no volume plugin matched")),
    ("B16", lambda: _volume(phase="Failed", policy="Recycle", status={"message": "No recycler plugin found"})),
    ("B8", lambda: _volume(phase="Released")),
    ("B15", lambda: _volume(phase="Available", ref=("default", "later", ""))),
    ("B17", lambda: _volume(deleted=900.0, finalizers=["kubernetes.io/pv-controller"], phase="Released")),
]
CLASSES: list[tuple[str, Callable[[], Cluster]]] = [
    ("D1", lambda: Cluster(1, 30).storage_class("slow", parameters=HEKETI)),
    ("D2", lambda: Cluster().storage_class("slow", parameters={"restuser": "admin"})),
    ("D3", lambda: Cluster().storage_class("slow", parameters={**HEKETI, "replicas": "3"})),
    ("D4", lambda: Cluster().storage_class(
        "slow", parameters={"resturl": "http://10.0.0.9:8080", "secretName": "s", "secretNamespace": "n"})),
    ("D6", lambda: Cluster().storage_class("slow", parameters={**HEKETI, "gidMin": "10"})),
    ("D8", lambda: Cluster().storage_class("slow", parameters={**HEKETI, "volumetype": "replica:3"})),
    ("D9", lambda: Cluster().storage_class("slow", parameters={**HEKETI, "volumenameprefix": "a_b"})),
]  # fmt: skip


def _two_defaults(minor: int) -> Cluster:
    cluster = Cluster(1, minor).storage_class("one", NO_PROVISIONER, default=True)
    return cluster.storage_class("two", NO_PROVISIONER, default=True)


CLUSTERS: list[tuple[str, Callable[[], Cluster]]] = [
    ("A5", lambda: _two_defaults(25)),
    ("A6", lambda: _two_defaults(28)),
    ("A13", lambda: Cluster().deny("storageclasses")),
]


def _tells_all(found: tuple[Finding, ...], code: str) -> bool:
    first = found[0]
    assert first.code == code, [(one.code, one.sentence) for one in found]
    return all(one.about and one.sentence and one.cause and one.proof and one.remedies for one in found)


@pytest.mark.parametrize(("code", "build"), VOLUMES, ids=[code for code, _ in VOLUMES])
def test_a_volume(code: str, build: Callable[[], Cluster]) -> None:
    world = build().world()
    assert _tells_all(diagnose_volume(world, world.tables.volumes["", "pv"]), code)


@pytest.mark.parametrize(("code", "build"), CLASSES, ids=[code for code, _ in CLASSES])
def test_a_class(code: str, build: Callable[[], Cluster]) -> None:
    world = build().world()
    assert _tells_all(diagnose_class(world, world.tables.classes["", "slow"]), code)


@pytest.mark.parametrize(("code", "build"), CLUSTERS, ids=[code for code, _ in CLUSTERS])
def test_a_cluster(code: str, build: Callable[[], Cluster]) -> None:
    assert _tells_all(diagnose_cluster(build().world()), code)


def test_what_is_well_is_not_told() -> None:
    world = Cluster().storage_class("slow", parameters=HEKETI, default=True).bound("db", cls="slow").world()
    assert diagnose_volume(world, world.tables.volumes["", "pv-db"]) == ()
    assert diagnose_class(world, world.tables.classes["", "slow"]) == ()
    assert diagnose_cluster(world) == ()
