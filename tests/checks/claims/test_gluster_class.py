"""StorageClasses of kubernetes.io/glusterfs as their provisioner reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.claims.rooms import codes, fixes, one, told
from tests.corpus.build import Cluster
from tests.corpus.cases_d import URL, waiting
from tui.checks.claim_gluster_class import class_rules
from tui.checks.claim_gluster_words import KNOWN, gid_range, parameter_faults
from tui.core.finding import ObjectRef, Severity

WELL = {"resturl": URL}


def _faults(**parameters: str) -> list[tuple[str, str]]:
    return [(fault.code, fault.key) for fault in parameter_faults({**WELL, **parameters})]


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"RESTURL": URL, "resturl": URL}, {"volumetype": "replicate"}, {"volumetype": "replicate:2"},
        {"volumetype": "none"}, {"volumetype": "disperse:8:4"}, {"gidMin": "2000", "GIDMAX": "2000"},
        {"snapfactor": "100"}, {"snapfactor": ""}, {"volumenameprefix": "a-b"}, {"customepnameprefix": "a" * 26},
        {"secretName": "s", "restauthenabled": "false"}, {"restauthenabled": "True"}, {"volumeoptions": "a b,c d"},
    ],
)  # fmt: skip
def test_what_the_provisioner_takes_is_no_fault(parameters: dict[str, str]) -> None:
    assert _faults(**parameters) == []


@pytest.mark.parametrize(
    ("parameters", "faults"),
    [
        ({"resturl": ""}, [("D2", "resturl")]),
        ({"resturl": "ftp://h"}, [("D2", "resturl")]),
        ({"resturl": "http://[::1"}, [("D2", "resturl")]),
        ({"RestUser2": "x"}, [("D3", "RestUser2")]),
        ({"secretNamespace": "s"}, [("D5", "secretNamespace")]),
        ({"gidmin": "1999"}, [("D6", "gidmin")]),
        ({"gidMax": "2147483648"}, [("D6", "gidMax")]),
        ({"gidMin": "-1"}, [("D6", "gidMin")]),
        ({"gidMin": "", "gidMax": "3000"}, [("D6", "gidMin")]),
        ({"gidMax": "1"}, [("D6", "gidMax")]),
        ({"volumetype": "Replicate:3"}, [("D8", "volumetype")]),
        ({"volumetype": "replicate:two"}, [("D8", "volumetype")]),
        ({"volumetype": "replicate:-1"}, [("D8", "volumetype")]),
        ({"volumetype": "disperse:4"}, [("D8", "volumetype")]),
        ({"snapfactor": "nan"}, [("D9", "snapfactor")]),
        ({"snapfactor": "101"}, [("D9", "snapfactor")]),
        ({"customepnameprefix": "a" * 27}, [("D9", "customepnameprefix")]),
    ],
)
def test_what_it_refuses(parameters: dict[str, str], faults: list[tuple[str, str]]) -> None:
    assert _faults(**parameters) == faults


@given(st.dictionaries(st.sampled_from([*KNOWN, "other", "GidMin"]), st.text(max_size=30), max_size=6))
def test_no_parameters_are_too_odd(parameters: dict[str, str]) -> None:
    for fault in parameter_faults(parameters):
        assert fault.sentence
        assert fault.advice
    limits = gid_range(parameters)
    assert limits is None or 2000 <= limits[0] <= limits[1] < 2**31


def test_a_repair_takes_all_faults_away_that_it_knows_how_to() -> None:
    found = told(waiting(gidMin="10", gidMax="20", volumtype="none"))
    wanted = {"name": "slow", "param.gidMin": "", "param.gidMax": "", "param.volumtype": "", "param.volumetype": "none"}
    assert [finding.code for finding in found] == ["D3", "D6", "D6"]
    assert all(fixes(finding) == [("recreate-class", wanted)] for finding in found)


def test_a_missing_address_is_taken_from_another_class() -> None:
    cluster = waiting(resturl="").storage_class("good", parameters=WELL).storage_class("other", "x/y", parameters=WELL)
    assert fixes(one(cluster, "D2")) == [("recreate-class", {"name": "slow", "param.resturl": URL})]


def test_the_class_by_itself_is_what_a_finding_of_it_is_about() -> None:
    world = waiting(snapfactor="0").world()
    (found,) = class_rules(world, world.tables.classes["", "slow"])
    assert (found.code, found.about) == ("D9", ObjectRef("StorageClass", "", "slow"))


def test_a_class_by_itself_is_without_provisioner_since_1_26() -> None:
    world = waiting(26, snapfactor="0").world()
    assert [found.code for found in class_rules(world, world.tables.classes["", "slow"])] == ["D1"]
    external = Cluster(1, 30).storage_class("x", "x/y").world()
    assert list(class_rules(external, external.tables.classes["", "x"])) == []


@pytest.mark.parametrize(("minor", "gone"), [(20, False), (25, False), (26, True), (36, True)])
def test_the_version_decides_whether_there_is_a_provisioner(minor: int, gone: bool) -> None:
    assert codes(waiting(minor, {"age": 5})) == (["D1"] if gone else [])


def test_without_a_version_the_event_decides() -> None:
    cluster = waiting()
    cluster.version = (0, 0)
    assert codes(cluster) == []
    text = "no volume plugin matched name: kubernetes.io/glusterfs"
    cluster.event("PersistentVolumeClaim default/db", "ProvisioningFailed", text)
    assert codes(cluster) == ["D1"]


def test_a_secret_is_missing_only_where_secrets_were_read() -> None:
    told_of = {"secretNamespace": "default", "secretName": "heketi"}
    assert codes(waiting(**told_of)) == ["D4"]
    assert codes(waiting(**told_of).deny("secrets")) == []
    assert codes(waiting(**told_of).unlisted("secrets")) == []
    assert codes(waiting(**told_of, restauthenabled="no")) == []
    assert fixes(one(waiting(**told_of), "D4")) == [("create-secret", {"namespace": "default", "name": "heketi"})]


def test_a_key_in_clear_text_is_not_repeated() -> None:
    keys = {"restuserkey": "topsecret", "restkeyuser": "topsecret", "resuserkey": "topsecret"}
    found = told(waiting(**keys, gidMin="1", resturl="http://admin:topsecret@h/"))
    assert {finding.code for finding in found} == {"D2", "D3", "D6"}
    assert "topsecret" not in repr(found)
    assert all("hidden" not in repr(finding.remedies) for finding in found)


def test_ids_in_use_are_counted_within_the_range() -> None:
    cluster = waiting(gidMin="2000", gidMax="2001")
    for number, gid in enumerate(("2000", "2000", "1999", "5000", "x")):
        cluster.volume(f"v{number}", cls="slow", annotations={"pv.beta.kubernetes.io/gid": gid})
    assert codes(cluster) == []
    cluster.volume("v9", cls="slow", annotations={"pv.beta.kubernetes.io/gid": "2001"})
    assert "2 of 2" in str(one(cluster, "D7").proof)


def test_only_a_claim_that_waits_hears_of_its_class() -> None:
    odd = {"snapfactor": "0"}
    assert codes(waiting(**odd)) == ["D9"]
    assert codes(waiting(25, {"volume": "v1"}, **odd)) == []
    assert codes(waiting(25, {"deleted": 10}, **odd)) == []
    cluster = Cluster().storage_class("slow", parameters={**WELL, **odd}).bound("db", cls="slow")
    assert codes(cluster.endpoints("glusterfs-cluster", "10.0.0.1")) == []


def test_what_fits_for_a_claim_is_offered() -> None:
    modes = ("ReadWriteOncePod", "ReadWriteMany")
    finding = one(waiting(25, {"modes": modes}), "D10")
    wanted = {"namespace": "default", "name": "db", "access_modes": "ReadWriteMany"}
    assert fixes(finding) == [("recreate-claim", wanted)]


def test_an_expansion_is_nobodys_work_only_while_it_is_wanted() -> None:
    grows = Cluster(1, 28).bound("db", size="2Gi", capacity="1Gi", pv={"size": "1Gi"})
    found = one(grows, "D16")
    assert found.severity is Severity.ERROR
    assert fixes(found) == [("patch-volume", {"volume": "pv-db", "capacity": str(2 * 1024**3)})]
    assert "D16" not in codes(Cluster(1, 28).bound("db", size="2Gi"))
    assert "D16" not in codes(Cluster(1, 25).bound("db", size="2Gi", capacity="1Gi"))
    csi = {"source": {"csi": {"driver": "x", "volumeHandle": "h"}}}
    assert codes(Cluster(1, 28).bound("db", size="2Gi", capacity="1Gi", pv=csi)) == []


def test_where_kadalu_is_a_volume_of_its_is_offered() -> None:
    assert fixes(one(waiting(30), "D1")) == []
    cluster = waiting(30).add("csidrivers", {"metadata": {"name": "kadalu", "uid": "u"}, "spec": {}})
    wanted = {"claim_namespace": "default", "claim_name": "db", "source": "kadalu"}
    assert fixes(one(cluster, "D1")) == [("create-volume", wanted)]
