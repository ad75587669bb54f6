"""The frame of the diagnosis: order, doubles, consequences, states, and what is said of volumes, classes, clusters."""

import pytest

from tests.corpus import raw
from tests.corpus.build import GLUSTERFS, Cluster
from tui.checks.claims import diagnose, diagnose_class, diagnose_cluster, diagnose_volume, state_words
from tui.core.finding import Finding, Severity


def _found(cluster: Cluster, claim: str = "db") -> tuple[Finding, ...]:
    return diagnose(cluster.case(claim))


def _words(cluster: Cluster, claim: str = "db") -> tuple[str, str]:
    case = cluster.case(claim)
    return state_words(case, diagnose(case))


def _mounted(cluster: Cluster) -> Cluster:
    return cluster.endpoints("glusterfs-cluster", "10.0.0.1")


def test_the_state_of_a_claim_in_words() -> None:
    typo = Cluster().storage_class("slow").claim("db", cls="slo")
    assert _words(typo) == ("waiting", "no StorageClass 'slo' - did you mean 'slow'?")
    assert _words(_mounted(Cluster().bound("db"))) == ("bound", "")
    assert _words(Cluster().claim("db", cls="", phase="Lost", volume="v"))[0] == "lost"
    assert _words(_mounted(Cluster().bound("db", deleted=5.0))) == ("terminating", "")
    assert _words(Cluster().pod("p", "db"))[0] == "missing"
    assert _words(Cluster()) == ("missing", "")


def test_definite_findings_come_first_and_information_last() -> None:
    cluster = Cluster().storage_class("later", "org.example/x", waits=True).storage_class("old", "org.example/x")
    cluster.claim("db", cls="later").volume("v1", ref=("default", "db", "before"), phase="Released")
    found = _found(cluster)
    assert [finding.code for finding in found][-1] == "C2"
    ranks = [(one.severity is Severity.INFO, not one.definite) for one in found]
    assert ranks == sorted(ranks)


def test_a_pod_that_only_waits_for_the_claim_is_no_finding_of_its_own() -> None:
    text = "pod has unbound immediate PersistentVolumeClaims"
    cluster = Cluster().claim("db", cls="none").pod("p", "db", why=text)
    assert [finding.code for finding in _found(cluster)] == ["C1"]


def test_nothing_is_called_missing_before_its_kind_was_read() -> None:
    classes = Cluster().claim("db", cls="none").volume("v1", cls="other")
    assert [one.code for one in _found(classes)] == ["C1"]
    assert _found(classes.unlisted("storageclasses")) == ()
    volumes = Cluster().claim("db", cls="", volume="none")
    assert [one.code for one in _found(volumes)] == ["B6"]
    assert _found(volumes.unlisted("persistentvolumes")) == ()
    pods = Cluster().pod("p", "db")
    assert [one.code for one in _found(pods)] == ["C5"]
    assert _found(pods.unlisted("persistentvolumeclaims")) == ()
    lost = Cluster().claim("db", cls="", phase="Bound", volume="none")
    assert [one.code for one in _found(lost)] == ["B7"]
    assert _found(lost.deny("persistentvolumes")) == ()


@pytest.mark.parametrize("minor", range(20, 37))
def test_a_claim_without_class_in_every_version(minor: int) -> None:
    cluster = Cluster(1, minor).storage_class("slow", "org.example/x", default=True).claim("db", cls=None)
    found = _found(cluster)
    assert found[0].code == ("B2" if minor < 26 else "B1")
    assert found[0].definite


def test_two_default_classes_before_and_since_1_26() -> None:
    cluster = Cluster(1, 25).storage_class("a", default=True, age=10.0).storage_class("b", default=True, age=99.0)
    assert [(one.code, one.severity) for one in diagnose_cluster(cluster.world())] == [("A5", Severity.ERROR)]
    cluster.version = (1, 26)
    found = diagnose_cluster(cluster.world())
    assert [one.code for one in found] == ["A6"]
    assert "get 'a'" in found[0].sentence
    names = [remedy.fix.value("name") for remedy in found[0].remedies if remedy.fix]
    assert names == ["a", "b"]


def test_kinds_that_may_not_be_read_are_told_once_for_the_cluster() -> None:
    found = diagnose_cluster(Cluster().deny("storageclasses", "limitranges").world())
    assert [(one.code, one.severity) for one in found] == [("A13", Severity.WARNING), ("A13", Severity.INFO)]
    assert "storage.k8s.io" in found[0].remedies[0].title


def test_a_healthy_cluster_has_no_finding_at_all() -> None:
    cluster = _mounted(Cluster().bound("db", cls="slow")).storage_class(
        "slow", GLUSTERFS, default=True, parameters={"resturl": "http://10.0.0.9:8080"}
    )
    world = cluster.world()
    assert diagnose_cluster(world) == ()
    assert diagnose_class(world, world.tables.classes[("", "slow")]) == ()
    assert diagnose_volume(world, world.tables.volumes[("", "pv-db")]) == ()
    assert _found(cluster) == ()


def _volume(cluster: Cluster, name: str = "v1") -> list[str]:
    world = cluster.world()
    return [one.code for one in diagnose_volume(world, world.tables.volumes[("", name)])]


def test_what_is_said_of_a_volume_by_itself() -> None:
    local = {"source": {"local": {"path": "/mnt"}}}
    assert _volume(Cluster().volume("v1", **local)) == []
    assert _volume(Cluster().volume("v1", phase="Released", ref=("default", "x", "u"), **local)) == ["B8"]
    assert _volume(Cluster().volume("v1", ref=("default", "x", ""), **local)) == ["B15"]
    assert _volume(Cluster().volume("v1", phase="Failed", status={"message": "no"}, **local)) == ["B16"]
    assert _volume(Cluster().volume("v1", deleted=900.0, **local)) == ["B17"]
    assert _volume(Cluster().volume("v1", deleted=3.0, **local)) == []


@pytest.mark.parametrize("name", ["v42", "v44", "v49"])
def test_recorded_volumes_that_no_claim_has_are_explained(name: str) -> None:
    assert _volume(Cluster().recorded("storageclasses", f"pv-{name}"), name) == [
        {"v42": "B8", "v44": "B16", "v49": "B17"}[name]
    ]


def test_a_volume_on_its_way_out_tells_what_holds_it_by_version() -> None:
    finalizers = ["kubernetes.io/pv-controller"]
    for minor, text in ((25, "the controller still has to delete"), (26, "nothing can delete its Gluster volume")):
        cluster = Cluster(1, minor).volume("v1", deleted=900.0, finalizers=finalizers, policy="Delete")
        world = cluster.world()
        found = [one for one in diagnose_volume(world, world.tables.volumes[("", "v1")]) if one.code == "B17"]
        assert text in found[0].sentence


def test_the_set_that_waits_is_told_which_claims_eat_the_quota() -> None:
    cluster = (
        Cluster().stateful_set("db", raw.claim("data", size="5Gi")).claim("old", size="8Gi").claim("used", size="1Gi")
    )
    cluster.pod("p", "used").quota("q", {"requests.storage": "10Gi"}, {"requests.storage": "9Gi"})
    proof = [str(one.about) + " " + one.value for one in _found(cluster, "data-db-0")[0].proof]
    assert "PersistentVolumeClaim default/old 8 GiB, used by no pod" in proof
    assert "PersistentVolumeClaim default/used 1 GiB" in proof
