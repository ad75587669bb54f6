"""Claims, PersistentVolumes and StorageClasses as a real API server of 1.25 gave them."""

from datetime import UTC, datetime

from tests.dialects.kube_answers import claim, raw, volume
from tui.core.kube import (
    HIDDEN,
    ClaimRef,
    CsiSource,
    GlusterSource,
    HostPathSource,
    LocalSource,
    NfsSource,
    NodeTerm,
    OtherSource,
    PersistentVolume,
    Requirement,
    StorageClass,
    VolumeSource,
)
from tui.dialects.kube import parse, parse_version

GIB = 2**30


def test_a_claim_that_was_provisioned() -> None:
    one = claim("h5")
    assert (one.key, one.version, one.uid) == (("cap", "h5"), "1139", "1fa21121-2327-4815-bb0c-39cc80f805f6")
    assert one.created == datetime(2026, 11, 22, 20, 32, 26, tzinfo=UTC).timestamp()
    assert (one.phase, one.is_bound, one.bind_completed, one.bound_by_controller) == ("Bound", True, True, True)
    assert (one.class_name, one.provisioner) == ("gl-live-secret", "kubernetes.io/glusterfs")
    assert (one.request, one.capacity, one.access_modes) == (GIB, GIB, ("ReadWriteOnce",))
    assert one.volume_name == f"pvc-{one.uid}"
    assert (one.deleted, one.finalizers) == (None, ("kubernetes.io/pvc-protection",))


def test_its_volume() -> None:
    one = volume("h5")
    assert one.key == ("", "pvc-1fa21121-2327-4815-bb0c-39cc80f805f6")
    assert one.claim == ClaimRef("cap", "h5", "1fa21121-2327-4815-bb0c-39cc80f805f6", "1090")
    path = "vol_27147acf016886ba1aa41ba9575db972"
    assert one.source == GlusterSource("glusterfs-dynamic-1fa21121-2327-4815-bb0c-39cc80f805f6", path, "cap")
    assert (one.heketi_volume, one.gid) == ("27147acf016886ba1aa41ba9575db972", "40001")
    assert (one.provisioned_by, one.bound_by_controller) == ("kubernetes.io/glusterfs", True)
    assert one.description == "Gluster-Internal: Dynamically provisioned PV"
    assert (one.reclaim_policy, one.capacity, one.is_settled) == ("Delete", GIB, True)


def test_the_old_annotation_names_the_class() -> None:
    one = claim("p25")
    assert (one.spec_class, one.legacy_class, one.class_name) == (None, "no-such-class", "no-such-class")
    empty = raw("pvc-h5")
    empty["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"] = ""
    read = parse("persistentvolumeclaims", empty)
    assert getattr(read, "class_name", None) == ""


def test_no_class_differs_from_an_empty_one() -> None:
    assert (claim("p20-no-class").spec_class, claim("p20-no-class").class_name) == (None, "")
    assert claim("p35").spec_class == "c35"


def test_a_selector_is_kept_and_matches() -> None:
    wanted = claim("p32").selector
    assert wanted is not None
    assert wanted.matches({"tier": "silver", "more": "x"})
    assert not wanted.matches({"tier": "gold"})


def test_a_claim_that_goes_one_that_lost_and_one_that_grows() -> None:
    assert claim("p47-terminating").deleted == datetime(2026, 11, 22, 20, 31, 6, tzinfo=UTC).timestamp()
    assert claim("p46-lost").phase == "Lost"
    growing = claim("p40-expand")
    assert (growing.request, growing.capacity) == (2 * GIB, GIB)
    assert [(condition.type, condition.is_true) for condition in growing.conditions] == [("Resizing", True)]


def test_volumes_by_their_state() -> None:
    released, failed = volume("v35"), volume("v43b")
    assert released.claim == ClaimRef("cap", "p35", "11111111-2222-3333-4444-555555555555")
    assert released.claim.uid != claim("p35").uid
    assert (released.phase, released.is_settled) == ("Released", False)
    assert failed.message == "failed to delete volume: see kube-controller-manager.log for details"


def test_where_kubelet_looks_for_endpoints() -> None:
    assert volume("v45").source == GlusterSource("glusterfs-cluster", "/vol45", "other", read_only=True)
    assert volume("v45").endpoints_key == ("other", "glusterfs-cluster")
    assert volume("v35").endpoints_key == ("cap", "glusterfs-cluster")
    gluster = volume("v45").gluster
    assert gluster is not None
    assert gluster.volume == "vol45"


def test_node_affinity() -> None:
    assert volume("v33").node_affinity == (NodeTerm((Requirement("zone", "In", ("a",)),)),)
    assert volume("v35").node_affinity is None


def _source(**spec: object) -> VolumeSource:
    found = parse("persistentvolumes", {"metadata": {"name": "v"}, "spec": {"capacity": {}, **spec}})
    assert isinstance(found, PersistentVolume)
    return found.source


def test_the_other_sources() -> None:
    attributes = {"hostvol": "pool-1", "token": "abc"}
    csi = {"driver": "kadalu", "volumeHandle": "h", "volumeAttributes": attributes, "fsType": "xfs"}
    secret = {"namespace": "n", "name": "s"}
    assert _source(csi={**csi, "nodeStageSecretRef": secret, "nodePublishSecretRef": secret}) == CsiSource(
        "kadalu", "h", False, "xfs", {"hostvol": "pool-1", "token": HIDDEN}, (("n", "s"),)
    )
    assert _source(nfs={"server": "s", "path": "/p", "readOnly": True}) == NfsSource("s", "/p", True)
    assert _source(hostPath={"path": "/p", "type": "Directory"}) == HostPathSource("/p", "Directory")
    assert _source(local={"path": "/p"}) == LocalSource("/p")
    assert _source(rbd={"image": "i"}) == OtherSource("rbd")
    assert _source() == OtherSource("")


def _classes() -> dict[str, StorageClass]:
    found = [parse("storageclasses", item) for item in raw("storageclasses")["items"]]
    return {one.name: one for one in found if isinstance(one, StorageClass)}


def test_classes() -> None:
    classes = _classes()
    assert len(classes) == 19
    assert classes["gl-nosecret"].secrets == (("default", "nope"),)
    assert classes["gl-halfsecret"].secrets == ()
    assert classes["gl-dns"].rest_service == ("invalid", "heketi")
    assert classes["gl-dead"].rest_service is None
    assert (classes["static"].expands, classes["gl-dead"].expands) == (True, False)
    assert classes["gl-mountopts"].mount_options == ("log-level=INFO",)
    assert classes["gl-topology"].topologies == (NodeTerm((Requirement("zone", "In", ("a",)),)),)
    assert classes["noprov-wffc"].waits_for_consumer
    assert classes["gl-badgid"].parameter("GIDMAX") == "20"
    assert not any(one.is_default for one in classes.values())


def test_a_key_in_clear_text_is_not_held() -> None:
    assert raw("storageclasses")["items"][7]["parameters"]["restuserkey"] == "x"
    assert _classes()["gl-dead-auth"].parameter("restuserkey") == HIDDEN
    address = {"resturl": "http://admin:geheim@heketi.storage.svc:8080/x"}
    one = parse("storageclasses", {"metadata": {"name": "c"}, "parameters": address})
    assert "geheim" not in repr(one)
    assert isinstance(one, StorageClass)
    assert one.rest_service == ("storage", "heketi")


def test_both_annotations_make_a_default() -> None:
    for note in ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"):
        for value in ("true", "false"):
            one = parse("storageclasses", {"metadata": {"name": "c", "annotations": {note: value}}})
            assert isinstance(one, StorageClass)
            assert one.is_default is (value == "true")


def test_versions() -> None:
    assert parse_version(raw("version")) == (1, 25)
    assert parse_version({"major": "1", "minor": "32+"}) == (1, 32)
    assert parse_version({"major": "", "minor": "", "gitVersion": "v1.9.3"}) == (1, 9)
    assert parse_version({"gitVersion": "next"}) == (0, 0)
    assert parse_version({}) == (0, 0)
