"""Faults that do not depend on each other, two and two: both are found."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from tests.checks.claims.rooms import codes
from tests.core.site_facts import entry, facts, site, volume, with_brick
from tests.corpus.build import Cluster
from tests.corpus.cases_d import URL
from tests.corpus.cases_d_heketi import asked, probe, space
from tests.corpus.cases_h import seen_as
from tui.core.units import GIB

Change = Callable[[Cluster], object]


def _parameter(key: str, value: str) -> Change:
    def change(cluster: Cluster) -> None:
        cluster.objects["storageclasses"]["", "slow"]["parameters"][key] = value

    return change


def _spec(key: str, value: object) -> Change:
    def change(cluster: Cluster) -> None:
        cluster.objects["persistentvolumeclaims"]["default", "db"]["spec"][key] = value

    return change


def _secret(cluster: Cluster) -> None:
    _parameter("secretName", "s")(cluster)
    _parameter("secretNamespace", "default")(cluster)


def _answer(**changes: object) -> Change:
    def change(cluster: Cluster) -> None:
        before = cluster.probes.get("slow", probe())
        cluster.heketi("slow", replace(before, **changes))  # type: ignore[arg-type]

    return change


SMALL = tuple(space(number, 2 * GIB) for number in (1, 2, 3))
WAITING: dict[str, Change] = {
    "D3": _parameter("bogus", "1"), "D4": _secret, "D6": _parameter("gidMin", "3"),
    "D8": _parameter("volumetype", "replicate:none"), "D9": _parameter("volumenameprefix", "a_b"),
    "D10": _spec("volumeMode", "Block"), "D26": _parameter("clusterid", "f" * 32), "D27": _answer(nodes=SMALL),
    "D32": _answer(stale=3), "D33": _answer(mode="local-client"), "D21": _answer(skew=-900.0),
}  # fmt: skip
HIDDEN_BY = ({"D26", "D27"}, {"D8", "D27"})
"""Where one makes the other unknowable: heketi places nothing in a cluster that it does not have."""


@pytest.mark.parametrize("pair", [p for p in combinations(WAITING, 2) if set(p) not in HIDDEN_BY], ids="-".join)
def test_two_faults_of_a_claim_that_waits(pair: tuple[str, str]) -> None:
    cluster = Cluster().storage_class("slow", parameters={"resturl": URL}).claim("db", cls="slow", size="10Gi")
    asked(probe(), cluster)
    for code in pair:
        WAITING[code](cluster)
    assert set(pair) <= set(codes(cluster))


def _dead_brick(cluster: Cluster) -> None:
    cluster.gluster(site(None, with_brick(volume(), 2, online=False, pid=None)))


def _rejected(cluster: Cluster) -> None:
    cluster.gluster(site({1: entry(1, facts(1, peers=seen_as(2, state=6, state_text="Peer Rejected")))}))


def _told(text: str) -> Change:
    return lambda cluster: cluster.event("Pod default/app", "FailedMount", text)


def _no_group(cluster: Cluster) -> None:
    notes = {"gluster.kubernetes.io/heketi-volume-id": "a" * 32}
    cluster.objects["persistentvolumes"]["", "pv-db"]["metadata"]["annotations"] = notes


def _grows(cluster: Cluster) -> None:
    _spec("resources", {"requests": {"storage": "9Gi"}})(cluster)
    text = 'error expanding volume "default/db" of plugin "kubernetes.io/glusterfs": failed to expand volume'
    cluster.event("PersistentVolumeClaim default/db", "VolumeResizeFailed", text)


BOUND: dict[str, Change] = {
    "F6": _told('MountVolume.SetUp failed for volume "pv-db" : unknown filesystem type \'glusterfs\''),
    "F12": _told("stat /x: transport endpoint is not connected"), "F13": _no_group, "D15": _grows,
    "G2": lambda cluster: cluster.endpoints("gluster", "10.0.0.1", "10.0.9.9"),
    "G3": lambda cluster: cluster.node("w1", ready=False),
    "H1": lambda cluster: cluster.gluster(site(None, volume(status="Stopped"))), "H2": _dead_brick, "H4": _rejected,
    "F2": lambda cluster: cluster.remove("services", "default/gluster"),
}  # fmt: skip
ONE_PICTURE = ({"H1", "H2"}, {"H1", "H4"}, {"H2", "H4"})
"""Each of these brings a whole picture of the storage, which takes the place of the other's."""


@pytest.mark.parametrize("pair", [p for p in combinations(BOUND, 2) if set(p) not in ONE_PICTURE], ids="-".join)
def test_two_faults_of_a_claim_that_is_bound(pair: tuple[str, str]) -> None:
    source = {"glusterfs": {"endpoints": "gluster", "path": "db"}}
    cluster = Cluster().bound("db", pv={"source": source}).gluster(site()).node("w1")
    cluster.endpoints("gluster", "10.0.0.1", "10.0.0.2", "10.0.0.3").pod("app", "db", node="w1")
    assert codes(cluster) == []
    for code in pair:
        BOUND[code](cluster)
    assert set(pair) <= set(codes(cluster))
