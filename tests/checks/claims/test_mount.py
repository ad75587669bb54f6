"""Bound claims that pods can't mount: events of now, objects, and what is left unsaid."""

import pytest

from tests.checks.claims.rooms import codes, fixes, one, told
from tests.core.site_facts import entry, facts, site
from tests.corpus.build import Cluster
from tests.corpus.cases_f import FAILED, bound, running, stuck
from tests.corpus.cases_h import bound as on_gluster
from tui.checks.claim_mount_words import TEXTS, meaning, pod_volumes_told, volume_told
from tui.core.finding import Severity
from tui.core.model import Snapshot

NO_CLIENT = FAILED.format(32, "Output: mount: unknown filesystem type 'glusterfs'.")


def test_each_text_is_of_one_code() -> None:
    assert len({text.code for text in TEXTS}) == len(TEXTS)
    assert all(text.advice for text in TEXTS)


def test_what_messages_are_about() -> None:
    assert volume_told('MountVolume.SetUp failed for volume "pv-db" : x') == "pv-db"
    assert volume_told("x") == ""
    text = "Unable to attach or mount volumes: unmounted volumes=[a b], unattached volumes=[c]: timed out"
    assert pod_volumes_told(text) == ("a", "b")
    assert meaning("everything is fine") is None


@pytest.mark.parametrize(("minor", "kubelet", "code"), [
    (25, "v1.25.3", []), (26, "v1.26.0", ["F1"]), (30, "v1.30.1+k3s1", ["F1"]), (26, "v1.25.9", ["G1"]),
    (36, "strange", ["F1"]),
])  # fmt: skip
def test_kubelets_version_decides_about_glusterfs(minor: int, kubelet: str, code: list[str]) -> None:
    assert codes(bound(minor).node("w1", kubelet)) == code


def test_a_pod_on_a_new_kubelet_can_not_mount_what_old_ones_can() -> None:
    cluster = bound(26).node("w1", "v1.26.0").node("w2", "v1.25.9")
    assert codes(cluster) == ["G1"]
    assert codes(stuck(cluster)) == ["F1"]


def test_a_volume_that_can_not_be_mounted_is_kept_first() -> None:
    notes = {"policy": "Delete"}
    assert fixes(one(bound(30, **notes), "F1")) == [("patch-volume", {"volume": "pv-db", "policy": "Retain"})]
    assert fixes(one(bound(30), "F1")) == []


def test_missing_endpoints_are_made_for_their_gluster_volume() -> None:
    source = {"glusterfs": {"endpoints": "gl", "path": "/vol/team/a"}}
    finding = one(bound(source=source), "F2")
    assert fixes(finding) == [("create-endpoints", {"namespace": "default", "name": "gl", "gluster": "vol"})]
    assert finding.severity is Severity.WARNING
    assert one(stuck(bound(source=source)), "F2").severity is Severity.ERROR


def test_endpoints_of_another_namespace_are_named() -> None:
    cluster = Cluster().bound("db").endpoints("glusterfs-cluster", "10.0.0.1", namespace="storage")
    assert "in storage only" in one(cluster, "F2").cause


def test_a_near_name_is_offered() -> None:
    cluster = Cluster().bound("db").endpoints("glusterfs-clusters", "10.0.0.1")
    assert one(cluster, "F2").sentence.endswith("did you mean 'glusterfs-clusters'?")


def test_what_an_event_told_of_endpoints_is_over_when_they_are_there() -> None:
    text = 'MountVolume.NewMounter initialization failed for volume "pv-db" : endpoints "glusterfs-cluster" not found'
    assert codes(stuck(bound(), text)) == []
    assert codes(stuck(bound().deny("endpoints"), text)) == ["F2"]


def test_a_selector_is_the_cause_of_empty_endpoints() -> None:
    finding = one(bound().endpoints("glusterfs-cluster", selector={"app": "gl"}), "F3")
    assert "has a selector" in finding.cause
    assert ("spec.selector", "app=gl") in [(piece.field, piece.value) for piece in finding.proof]
    assert fixes(finding)[0][0] == "correct-endpoints"


def test_only_addresses_that_are_not_ready() -> None:
    cluster = bound()
    subset = {"notReadyAddresses": [{"ip": "10.0.0.7"}], "ports": [{"port": 1}]}
    cluster.objects["endpoints"]["default", "glusterfs-cluster"]["subsets"] = [subset]
    assert "10.0.0.7" in one(cluster, "F3").cause


def test_one_cause_of_many_pods_is_told_once() -> None:
    cluster = bound()
    for name in ("a", "b", "c", "d"):
        state = {"waiting": {"reason": "ContainerCreating"}}
        cluster.pod(name, "db", node="w1", status={"containerStatuses": [{"name": "main", "state": state}]})
        cluster.event(f"Pod default/{name}", "FailedMount", NO_CLIENT)
    finding = one(cluster, "F6")
    assert finding.sentence.startswith("pods default/a, default/b, default/c and 1 more: ")
    assert len(finding.proof) == 4


def test_finished_and_going_pods_say_nothing() -> None:
    cluster = bound().event("Pod default/app", "FailedMount", NO_CLIENT)
    assert codes(cluster.pod("app", "db", node="w1", phase="Failed")) == []
    assert codes(cluster.pod("app", "db", node="w1", deleted=5)) == []
    assert codes(cluster.pod("app", "db", node="w1")) == ["F6"]


def test_an_event_of_the_pods_life_before_says_nothing() -> None:
    assert codes(stuck(bound(), NO_CLIENT, uid="another life")) == []


def test_a_running_pod_has_overcome_what_is_not_repeated() -> None:
    dead = "Error: stat /x: transport endpoint is not connected"
    assert codes(running(bound(), dead)) == ["F12"]
    assert codes(running(bound(), dead, ago=900)) == []


def test_a_container_that_fails_for_another_reason_is_not_our_business() -> None:
    assert codes(running(bound(), 'Error: path "/etc/app.conf" does not exist')) == []


def test_a_container_that_waits_tells_too() -> None:
    text = "cp: cannot create '/data/x': Read-only file system"
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": text}}
    status = {"containerStatuses": [{"name": "main", "state": state}]}
    cluster = bound().pod("app", "db", node="w1", phase="Running", status=status)
    assert codes(cluster) == ["F15"]


def test_of_several_volumes_only_the_one_that_is_named_is_at_fault() -> None:
    cluster = bound().bound("logs", pv={"source": {"csi": {"driver": "kadalu", "volumeHandle": "h"}}})
    cluster.pod("app", "db", "logs", node="w1")
    text = "Unable to attach or mount volumes: unmounted volumes=[v1], unattached volumes=[]: driver name kadalu "
    cluster.event("Pod default/app", "FailedMount", text + "not found in the list of registered CSI drivers")
    assert codes(cluster, "logs") == ["F17"]
    assert codes(cluster, "db") == []


def test_an_unbound_claim_has_no_mounts() -> None:
    cluster = Cluster().claim("db", cls="").pod("app", "db", node="w1")
    assert codes(cluster.event("Pod default/app", "FailedMount", NO_CLIENT)) == []


def test_a_group_that_somebody_gives_is_no_fault() -> None:
    notes = {"gluster.kubernetes.io/heketi-volume-id": "a" * 32}
    given = bound(annotations={**notes, "pv.beta.kubernetes.io/gid": "2001"}).pod("app", "db", node="w1")
    assert codes(given) == []
    own = bound(annotations=notes)
    own.pod("app", "db", node="w1", spec={"securityContext": {"supplementalGroups": [2001]}})
    assert codes(own) == []


def test_endpoints_beside_the_pool() -> None:
    partly = one(on_gluster(site(), addresses=("10.0.0.1", "10.0.9.1", "10.0.9.2")), "G2", "data")
    assert partly.sentence.startswith("10.0.9.1 and 10.0.9.2 in Endpoints default/gluster are not in the pool")
    assert fixes(partly)[0] == ("correct-endpoints", {"namespace": "default", "name": "gluster", "gluster": "db"})


def test_peers_that_are_known_by_names_can_not_be_compared() -> None:
    named = {n: entry(n, facts(n, volume_groups=()), storage=f"gl{n}.example") for n in (1, 2, 3)}
    assert "G2" not in codes(on_gluster(site(named), addresses=("10.0.9.1",)), "data")


def test_a_pod_waits_on_a_node_that_does_not_work() -> None:
    ready = stuck(bound().node("w1", ready=True))
    assert told(ready) == []
    assert codes(ready.node("w1", ready=False)) == ["G3"]


def _titles(cluster: Cluster, code: str) -> list[str]:
    return [remedy.title for remedy in one(cluster, code).remedies]


def test_without_a_pool_the_addresses_of_the_same_endpoints_elsewhere_are_offered_first() -> None:
    cluster = Cluster().bound("db")
    asked = "the addresses are asked for if no other PersistentVolume tells them"
    make = f"Make Service and Endpoints default/glusterfs-cluster; {asked}"
    assert _titles(cluster, "F2") == [make]
    for namespace in ("media", "shop"):
        cluster.endpoints("glusterfs-cluster", "10.0.0.2", "10.0.0.1", namespace=namespace)
    cluster.endpoints("glusterfs-cluster", namespace="empty")
    known = {"namespace": "default", "name": "glusterfs-cluster", "gluster": "vol_pv-db"}
    finding = one(cluster, "F2")
    assert fixes(finding) == [
        ("create-endpoints", known | {"addresses": "10.0.0.1,10.0.0.2"}), ("create-endpoints", known),
    ]  # fmt: skip
    assert finding.remedies[0].title.endswith("with the addresses of media/glusterfs-cluster: 10.0.0.1, 10.0.0.2")
    cluster.endpoints("glusterfs-cluster", "10.9.9.9", namespace="wiki")
    assert _titles(cluster, "F2") == [make]


def test_with_a_pool_its_peers_are_taken() -> None:
    source = {"glusterfs": {"endpoints": "gluster", "path": "db"}}
    cluster = Cluster().bound("db", pv={"source": source}).endpoints("gluster", "10.9.9.9", namespace="media")
    cluster.gluster(site())
    assert _titles(cluster, "F2") == ["Make Service and Endpoints default/gluster from the peers of the pool"]
    cluster.endpoints("gluster")
    assert _titles(cluster, "F3") == ["Write the addresses of the pool's peers into default/gluster"]
    assert "are asked for" in _titles(cluster.gluster(Snapshot()), "F3")[0]
