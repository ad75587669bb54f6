"""The chain of a claim over real tables and a real joined picture: which link is the first that is broken."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.screens.fake_kube import FakeKube, busy_kube, claim, persistent, pod
from tests.screens.scene import busy_store
from tui.core.chain import chain_of, chain_of_class, chain_of_volume
from tui.core.kube import (
    ClaimRef,
    CsiSource,
    HostPathSource,
    LocalSource,
    NfsSource,
    OtherSource,
    Secret,
    StorageClass,
)
from tui.core.kube_tables import PartState
from tui.core.link import BROKEN, WELL, Link
from tui.core.model import Freshness, Snapshot, State

SNAPSHOT = busy_store().snapshot
HEALTHY = ("team-1", "data-1")  # on the Gluster volume 1, whose nodes all answer


def _links(kube: FakeKube, key: tuple[str, str], snapshot: Snapshot = SNAPSHOT) -> list[Link]:
    return chain_of(kube.tables, snapshot, key, kube.state_words(key), kube.findings(key))


def _first(links: list[Link]) -> Link:
    marked = [link for link in links if link.is_first_broken]
    assert len(marked) == 1, links
    return marked[0]


def test_a_healthy_claim_has_a_whole_chain_and_no_mark() -> None:
    links = _links(busy_kube(), HEALTHY)
    assert [link.kind for link in links[:6]] == [
        "pod", "claim", "StorageClass", "PersistentVolume", "Endpoints", "Gluster volume",
    ]  # fmt: skip
    assert [link.kind for link in links[6:]] == ["brick", "device", "node"] * 3
    assert [link.depth for link in links[:9]] == [0, 1, 2, 2, 3, 3, 4, 5, 6]
    assert not any(link.is_first_broken for link in links)
    assert len({link.key for link in links}) == len(links)


def test_no_class() -> None:
    links = _links(busy_kube(), ("shop", "cart"))
    assert [link.kind for link in links[:4]] == ["pods", "pod", "pod", "claim"]
    first = _first(links)
    assert (first.kind, first.name, first.state) == ("StorageClass", "slo", "missing")


def test_a_lost_volume() -> None:
    first = _first(_links(busy_kube(), ("shop", "orders")))
    assert (first.kind, first.name, first.state) == ("PersistentVolume", "pv-orders", "missing")


def test_what_may_not_be_read_is_not_called_missing() -> None:
    kube = busy_kube()
    for kind in ("persistentvolumes", "storageclasses", "endpoints"):
        kube.tables.set_part(kind, PartState("denied", reason=f"cannot list {kind}"))
    links = _links(kube, ("shop", "orders")) + _links(kube, ("shop", "cart"))
    assert not [link for link in links if link.state == "missing"]
    assert [link.state for link in links if link.kind == "PersistentVolume"] == ["unknown", ""]


def test_a_claim_that_is_not_there() -> None:
    first = _first(_links(busy_kube(), ("shop", "[bold]absent[/]")))
    assert (first.kind, first.state, first.severity) == ("claim", "missing", BROKEN)


def test_an_unreachable_node_breaks_its_bricks() -> None:
    links = _links(busy_kube(), ("team-0", "data-0"))  # one of its bricks is on node5
    first = _first(links)
    assert "node5" in first.name
    gluster = next(link for link in links if link.kind == "Gluster volume")
    assert gluster.state == "degraded"
    assert not gluster.is_first_broken


def test_endpoints_that_are_missing_or_empty() -> None:
    kube = busy_kube()
    whole = kube.tables.endpoints["team-1", "gluster"]
    kube.put("endpoints", replace(whole, addresses=()))
    assert _first(_links(kube, HEALTHY)).state == "empty"
    kube.drop("endpoints", ("team-1", "gluster"))
    first = _first(_links(kube, HEALTHY))
    assert (first.kind, first.name, first.state) == ("Endpoints", "team-1/gluster", "missing")


def test_a_stopped_volume_is_the_cause_and_its_bricks_are_not() -> None:
    first = _first(_links(busy_kube(), ("team-3", "data-9")))
    assert (first.kind, first.severity) == ("Gluster volume", BROKEN)


def test_a_volume_that_no_node_knows() -> None:
    kube = busy_kube()
    held = claim("team-1", "elsewhere")
    kube.put("persistentvolumeclaims", held)
    kube.put("persistentvolumes", persistent(held, "vol_other"))
    link = next(one for one in _links(kube, held.key) if one.kind == "Gluster volume")
    assert (link.state, "node5" in link.reason) == ("unknown", True)
    live = {
        name: replace(node, source=replace(node.source, freshness=Freshness.LIVE))
        for name, node in SNAPSHOT.nodes.items()
    }
    first = _first(_links(kube, held.key, replace(SNAPSHOT, nodes=live)))
    assert (first.kind, first.state) == ("Gluster volume", "missing")
    alone = next(one for one in _links(kube, held.key, Snapshot()) if one.kind == "Gluster volume")
    assert (alone.state, alone.severity) == ("unknown", WELL)


def test_a_volume_that_is_newer_than_what_the_nodes_told_is_not_missing() -> None:
    kube = busy_kube()
    held = claim("team-1", "elsewhere")
    kube.put("persistentvolumeclaims", held)
    kube.put("persistentvolumes", replace(persistent(held, "vol_other"), created=1000.0))
    live = {
        name: replace(node, source=replace(node.source, freshness=Freshness.LIVE))
        for name, node in SNAPSHOT.nodes.items()
    }
    for read_at, state, severity in ((1001.0, "unknown", WELL), (1060.0, "missing", BROKEN)):
        links = _links(kube, held.key, replace(SNAPSHOT, nodes=live, volumes_read={"c": read_at}))
        link = next(one for one in links if one.kind == "Gluster volume")
        assert (link.state, link.severity) == (state, severity)


def test_a_volume_that_is_kept_for_somebody_else() -> None:
    kube = busy_kube()
    volume = kube.tables.volumes["", "pv-data-1"]
    kube.put("persistentvolumes", replace(volume, claim=ClaimRef("team-1", "data-1", "an earlier life")))
    first = _first(_links(kube, HEALTHY))
    assert (first.kind, first.state) == ("PersistentVolume", "taken")
    assert "earlier claim" in first.reason


def test_what_a_degraded_volume_survives_is_not_the_cause_of_what_breaks_above_it() -> None:
    kube = busy_kube()
    key = ("team-0", "data-0")  # one of its bricks is on node5, which does not answer
    volume = kube.tables.volumes["", "pv-data-0"]
    kube.put("persistentvolumes", replace(volume, claim=ClaimRef(*key, "an earlier life")))
    links = _links(kube, key)
    assert [one.state for one in links if one.kind == "Gluster volume"] == ["degraded"]
    assert any(one.kind == "node" and one.severity == BROKEN for one in links)
    first = _first(links)
    assert (first.kind, first.state) == ("PersistentVolume", "taken")


def test_a_brick_without_a_process() -> None:
    snapshot = SNAPSHOT
    key = next(iter(snapshot.volumes.values())).bricks[0]
    brick = replace(snapshot.bricks[key], state=State.OFFLINE, reason="its process does not run")
    links = _links(busy_kube(), ("team-0", "data-0"), replace(snapshot, bricks={**snapshot.bricks, key: brick}))
    shown = next(link for link in links if link.key == ("brick", *key))
    assert (shown.severity, shown.reason) == (BROKEN, "its process does not run")


@pytest.mark.parametrize(
    ("source", "words", "reason"),
    [
        (CsiSource("rbd.csi.ceph.com", "vol-7", attributes={"pool": "p", "x/y": "z"}), "rbd.csi.ceph.com vol-7",
         "pool=p"),
        (CsiSource("kadalu", "pvc-1", attributes={"type": "Replica3", "hostvol": "pool-1"}), "kadalu pvc-1",
         "storage pool pool-1 of kadalu's own servers"),
        (NfsSource("10.9.9.9", "/vol"), "nfs 10.9.9.9:/vol", "server 10.9.9.9"),
        (HostPathSource("/data"), "hostPath /data", "a folder of whatever node the pod is on"),
        (LocalSource("/mnt/x"), "local /mnt/x", "of no node"),
        (OtherSource("rbd"), "rbd", ""),
    ],
)  # fmt: skip
def test_other_sources_end_the_chain(source: CsiSource, words: str, reason: str) -> None:
    kube = busy_kube()
    kube.put("persistentvolumes", replace(kube.tables.volumes["", "pv-data-1"], source=source))
    last = _links(kube, HEALTHY)[-1]
    assert (last.name, last.reason) == (words, reason)


def test_many_pods_are_counted_and_the_waiting_come_first() -> None:
    kube = busy_kube()
    for number in range(30):
        kube.put("pods", pod("team-1", f"more-{number:02}", "data-1", "Pending" if number == 29 else "Running"))
    links = _links(kube, HEALTHY)
    assert (links[0].name, links[0].state) == ("31 pods", "1 wait")
    assert links[1].name == "team-1/more-29"
    assert links[21].name == "and 11 more"
    assert links[22].kind == "claim"
    assert _first(links).kind == "pod"


def test_the_chain_of_a_volume_that_nobody_has() -> None:
    kube = busy_kube()
    volume = replace(kube.tables.volumes["", "pv-data-1"], claim=None, phase="Failed", message="delete failed")
    links = chain_of_volume(kube.tables, SNAPSHOT, volume)
    first = _first(links)
    assert (first.kind, first.state, first.reason) == ("PersistentVolume", "failed", "delete failed")
    assert links[1].kind == "Endpoints"


def test_the_chain_of_a_class() -> None:
    kube = busy_kube()
    assert _first(chain_of_class(kube.tables, "slo")).state == "missing"
    assert [link.name for link in chain_of_class(kube.tables, "slo")] == ["slo", "shop/cart"]
    heketi = {"secretNamespace": "storage", "secretName": "heketi"}
    kube.put("storageclasses", StorageClass("", "slo", "u", "1", 0.0, provisioner="p", parameters=heketi))
    first = _first(chain_of_class(kube.tables, "slo"))
    assert (first.kind, first.name, first.state) == ("Secret", "storage/heketi", "missing")
    kube.put("secrets", Secret("storage", "heketi", "u", "1", 0.0, type="kubernetes.io/glusterfs"))
    assert _first(_links(kube, ("shop", "cart"))).kind == "claim"


def _finished(kube: FakeKube) -> None:
    kube.put("pods", replace(kube.tables.pods["team-1", "db-1"], phase="Succeeded"))


def _not_ready(kube: FakeKube) -> None:
    going = replace(kube.tables.pods["team-1", "db-1"], deleted=1.0)
    kube.put("pods", going)


@pytest.mark.parametrize(("change", "state"), [(_finished, "succeeded"), (_not_ready, "terminating")])
def test_pods_that_end(change: Callable[[FakeKube], None], state: str) -> None:
    kube = busy_kube()
    change(kube)
    assert _links(kube, HEALTHY)[0].state == state
