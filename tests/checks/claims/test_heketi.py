"""Claims that hang on heketi: what is said of its answers, and what is left unsaid."""

from dataclasses import replace

import pytest

from tests.checks.claims.rooms import codes, fixes, one, told
from tests.corpus.build import Cluster
from tests.corpus.cases_d import HIDDEN, URL, failed, waiting
from tests.corpus.cases_d_heketi import ONE, asked, probe, refused, space
from tui.checks.claim_heketi import volume_rules
from tui.checks.claim_heketi_words import TEXTS, WORDS, code_of, filled
from tui.core.finding import Severity
from tui.core.units import GIB

SECRET = {"restuser": "admin", "secretNamespace": "default", "secretName": "heketi"}


def test_every_text_has_its_words() -> None:
    assert {code for code, _ in TEXTS} <= WORDS.keys()
    for words in WORDS.values():
        said = filled(words.sentence + words.cause, url="u", user="n", class_="c", text="{user} said")
        assert "{class_}" not in said
        assert "{url}" not in said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('Post "http://10.0.0.1:8080/volumes": dial tcp 10.0.0.1:8080: connect: connection refused', "D20"),
        ("dial tcp: lookup heketi.invalid on 10.255.255.53:53: no such host", "D20"),
        ("Invalid JWT token: Token missing iss claim", "D24"),
        ("Cluster id deadbeef not found", "D26"),
        ("Failed to allocate new volume: No space", "D27"),
        ("Failed to allocate new volume: Minimum brick size limit reached.  Out of space.", "D28"),
        ("Failed to allocate new volume: Cluster has 1000 volumes and limit is 1000", "D35"),
        ("Failed to allocate new volume: Id not found", "D37"),
        ("see kube-controller-manager.log for details", ""),
    ],
)
def test_texts_of_a_real_heketi(text: str, code: str) -> None:
    assert code_of(text) == code


def test_the_address_and_the_machine_that_asked_are_told() -> None:
    finding = one(asked(refused("connect", 0, "no route to host")), "D20")
    assert URL in finding.sentence
    assert "bastion" in finding.sentence
    assert not finding.definite
    assert [piece.field for piece in finding.proof] == ["answer (connect)", "asked from", "event ProvisioningFailed"]


def test_where_nothing_listens_it_is_sure() -> None:
    assert one(asked(refused("connect", 0, "Connection refused")), "D20").definite


def test_a_wrong_key_is_put_right_in_its_secret() -> None:
    answer = refused("auth", 401, "Invalid JWT token: signature is invalid")
    finding = one(asked(answer, waiting(**SECRET).secret("heketi")), "D22")
    assert fixes(finding) == [("create-secret", {"namespace": "default", "name": "heketi"})]
    assert fixes(one(asked(answer), "D22")) == []


def test_a_wrong_user_is_put_right_in_its_class() -> None:
    answer = refused("auth", 401, "Administrator access required", user="user")
    cluster = waiting(**{**SECRET, "restuser": "user"}).secret("heketi")
    assert fixes(one(asked(answer, cluster), "D25")) == [
        ("recreate-class", {"name": "slow", "param.restuser": "admin"})
    ]


@pytest.mark.parametrize(("skew", "code", "side"), [(-300.0, "D21", "behind"), (300.0, "D23", "ahead")])
def test_a_clock_that_differs_is_measured(skew: float, code: str, side: str) -> None:
    finding = one(asked(probe(skew=skew)), code)
    assert finding.sentence == f"heketi's clock is 300 s {side}"
    assert (finding.severity, finding.definite) == (Severity.WARNING, False)
    assert codes(asked(probe(skew=skew / 3))) == ["D11"]


def test_what_was_asked_for_and_what_each_node_has_is_the_evidence() -> None:
    nodes = (space(1, 2 * GIB), space(2, 30 * GIB), space(3, 30 * GIB, state="offline"))
    cluster = asked(probe(nodes=nodes), waiting(volumetype="replicate:2"))
    finding = one(cluster, "D27")
    assert "10 GiB with 2 replicas" in finding.sentence
    values = {piece.about.name: piece.value for piece in finding.proof if piece.about.kind == "HeketiNode"}
    assert values["10.0.0.1"] == "2 GiB free in zone 1, takes a brick of 2.0 GiB"
    assert values["10.0.0.3"] == "offline, 1 devices on"
    assert fixes(finding) == [("recreate-claim", {"namespace": "default", "name": "db", "size": "1Gi"})]


def test_other_clusters_than_those_of_the_class_do_not_count() -> None:
    two = "c2" * 16
    full = probe(clusters=(ONE, two), volumes={ONE: 1000, two: 3})
    assert "D35" not in codes(asked(full))
    assert "D35" in codes(asked(full, waiting(clusterid=ONE)))
    assert codes(asked(full, waiting(clusterid=f"{ONE}, {two}"))) == ["D11"]


def test_an_old_heketi_that_tells_less_is_no_fault() -> None:
    assert codes(waiting().heketi("slow", probe(mode="", skew=None, volumes={}))) == []


def test_heketi_counts_only_where_it_is_asked_for_volumes() -> None:
    away = refused("connect", 0, "connection refused")
    assert codes(asked(away, waiting(26))) == ["D1"]
    assert codes(asked(away, waiting(25, {"volume": "v"}))) == []
    external = Cluster(1, 30).storage_class("slow", "gluster.org/file", parameters={"resturl": URL})
    external.claim("db", cls="slow").unlisted("pods").heketi("slow", away)
    assert codes(external) == ["D20"]


def test_an_answer_to_another_address_is_left_out() -> None:
    moved = replace(refused("connect", 0, "connection refused"), url="http://10.8.8.8:8080")
    assert codes(asked(moved)) == ["D11"]


def test_a_slash_makes_no_other_address() -> None:
    cluster = waiting(25, {"age": 5}, resturl=URL + "/")
    assert codes(asked(refused("connect", 0, "connection refused"), cluster)) == ["D2", "D20"]


def test_a_success_that_came_later_ends_the_fault() -> None:
    cluster = waiting().event("PersistentVolumeClaim default/db", "ProvisioningFailed", HIDDEN, ago=100)
    assert codes(cluster) == ["D11"]
    cluster.event("PersistentVolumeClaim default/db", "ProvisioningSucceeded", "well", ago=10, type="Normal")
    assert codes(cluster) == []


def test_the_name_of_a_service_is_well_where_it_worked_before() -> None:
    cluster = waiting(resturl="http://heketi.storage.svc:8080").endpoints("heketi", "10.2.0.1", namespace="storage")
    failed(cluster, "failed to create volume: failed to create volume: see kube-controller-manager.log for details")
    assert codes(cluster) == ["D20"]
    notes = {"pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs"}
    cluster.volume("pvc-1", cls="slow", annotations=notes, phase="Released")
    assert codes(cluster) == ["D11"]


def test_a_service_is_missing_only_where_services_were_read() -> None:
    cluster = waiting(25, {"age": 5}, resturl="http://heketi.storage.svc:8080")
    assert codes(cluster) == ["D20"]
    assert codes(cluster.deny("services")) == []


@pytest.mark.parametrize(
    ("name", "words", "repairs"),
    [
        ("v43", "StorageClass 's43' does not exist", [("create-class", {"name": "s43"})]),
        ("v43b", "its Gluster volume could not be deleted", []),
        ("v43c", "does not tell where heketi is", []),
        ("v43d", "it has no StorageClass", [("patch-volume", {"volume": "v43d", "policy": "Retain"})]),
    ],
)
def test_volumes_that_a_real_cluster_could_not_delete(
    name: str, words: str, repairs: list[tuple[str, dict[str, str]]]
) -> None:
    cluster = Cluster(1, 25).recorded("storageclasses-heketi", f"pv-{name}", f"events-pv-{name}-failed")
    world = cluster.world()
    found = list(volume_rules(world, world.tables.volumes["", name]))
    assert [finding.code for finding in found] == ["D12"]
    assert words in found[0].sentence
    assert fixes(found[0]) == repairs
    denied = cluster.deny("storageclasses").world()
    (blind,) = volume_rules(denied, denied.tables.volumes["", name])
    assert "does not exist" not in blind.sentence


def test_a_deletion_that_failed_is_explained_by_heketis_answer() -> None:
    notes = {"pv.kubernetes.io/provisioned-by": "kubernetes.io/glusterfs"}
    status = {"message": "failed to delete volume: see kube-controller-manager.log for details"}
    cluster = waiting().volume("v", cls="slow", policy="Delete", phase="Failed", annotations=notes, status=status)
    world = cluster.heketi("slow", refused("auth", 401, "Invalid JWT token: signature is invalid")).world()
    (finding,) = volume_rules(world, world.tables.volumes["", "v"])
    assert "is not the one in heketi's configuration" in finding.cause


def test_a_failed_expansion_is_explained_by_heketis_answer() -> None:
    cluster = Cluster().storage_class("slow", parameters={"resturl": URL}, expands=True)
    cluster.bound("db", cls="slow", size="2Gi", capacity="1Gi").endpoints("glusterfs-cluster", "10.0.0.1")
    text = 'error expanding volume "default/db" of plugin "kubernetes.io/glusterfs": failed to expand volume'
    cluster.event("PersistentVolumeClaim default/db", "VolumeResizeFailed", text)
    answer = refused("auth", 401, "Invalid JWT token: Token is expired by 3m0s")
    assert "signs" in one(cluster.heketi("slow", answer), "D15").cause
    cluster.event("PersistentVolumeClaim default/db", "VolumeResizeSuccessful", "done", ago=1, type="Normal")
    assert told(cluster) == []


def test_a_claim_that_waits_for_a_pod_gets_no_guess() -> None:
    guess = refused("connect", 0, "no route to host")
    cluster = Cluster().storage_class("slow", waits=True, parameters={"resturl": URL}).claim("db", cls="slow")
    assert codes(cluster.heketi("slow", guess)) == []
    assert codes(cluster.pod("app", "db")) == ["D20"]


def test_a_new_claim_gets_no_guess() -> None:
    guess = refused("connect", 0, "no route to host")
    assert codes(waiting(25, {"age": 5}).heketi("slow", guess)) == []
    assert codes(waiting(25, {"age": 90}).heketi("slow", guess)) == ["D20"]
    assert codes(asked(guess, waiting(25, {"age": 5}))) == ["D20", "D11"]


def test_a_heketi_that_only_we_can_not_reach() -> None:
    """What we see from here is certain only where the controller failed too, and no cause where heketi answered it."""
    for away in (refused("connect", 0, "connection refused"), refused("hello", 404, "HTTP 404")):
        assert not one(waiting(25, {"age": 90}).heketi("slow", away), "D20").definite
        assert codes(waiting(25, {"age": 5}).heketi("slow", away)) == []
        assert one(asked(away), "D20").definite
        answered = waiting().heketi("slow", away)
        failed(answered, "failed to create volume: failed to create volume: No space")
        assert codes(answered) == ["D27"]
