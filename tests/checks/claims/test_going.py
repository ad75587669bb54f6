"""A volume whose policy takes it away with its claim is not offered to the claim of today (B8)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.checks.claims.rooms import fixes
from tests.core.site_facts import site, volume
from tests.corpus.build import Cluster
from tui.checks.claims import diagnose, diagnose_volume
from tui.core.finding import Finding, Severity
from tui.core.model import Snapshot

CLAIM = ("default", "db")


def _left(storage: Snapshot | None = None, *, path: str = "db", cls: str = "nfs", **told: Any) -> Cluster:
    """A claim made anew, and the volume of its earlier life, whose Endpoints went with it."""
    told = {"policy": "Delete", "phase": "Released", "ref": (*CLAIM, "an-older-life"), "cls": "replicated"} | told
    source = {"glusterfs": {"endpoints": "glusterfs-dynamic-old", "path": path}}
    cluster = Cluster(1, 25).storage_class("replicated", parameters={"resturl": "http://h:1"})
    return cluster.volume("v1", source=source, **told).claim("db", cls=cls).gluster(storage or Snapshot())


def _b8(cluster: Cluster, claim: str = "db") -> Finding:
    (finding,) = (one for one in diagnose(cluster.case(claim)) if one.code == "B8")
    return finding


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "is being deleted"),
        ({"phase": "Failed", "status": {"message": "heketi is away"}}, "has failed to be deleted"),
        ({"deleted": 900.0}, "is being deleted"),
        ({"policy": "Recycle"}, "is being emptied"),
        ({"phase": "Available"}, "is to be deleted"),
    ],
)
def test_it_is_told_as_going_and_the_missing_class_is_the_cause(told: dict[str, Any], said: str) -> None:
    found = diagnose(_left(**told).case("db"))
    assert [one.code for one in found] == ["C1", "B8"]
    assert found[0].definite
    going = found[1]
    assert said in going.sentence
    assert "data may be gone" in going.cause
    assert "intact" not in going.cause
    assert (going.definite, going.severity) == (False, Severity.WARNING)
    assert fixes(going) == [("patch-volume", {"volume": "v1", "policy": "Retain"})]


def test_what_is_known_of_its_gluster_volume_is_told() -> None:
    stopped = _b8(_left(site(None, volume(status="Stopped"))))
    assert "Gluster volume 'db' is stopped" in stopped.cause
    assert ("GlusterVolume", "Stopped") in [(one.about.kind, one.value) for one in stopped.proof]
    assert "Gluster volume 'other' is in no pool that is known here" in _b8(_left(site(), path="other")).cause
    assert "is not known here" in _b8(_left()).cause


def test_a_pool_that_was_not_read_proves_nothing() -> None:
    unread = replace(site(), volumes={})
    assert "is not known here" in _b8(_left(unread, path="other")).cause


def test_what_is_kept_is_offered_as_before_and_its_class_does_not_matter() -> None:
    found = diagnose(_left(policy="Retain").case("db"))
    assert [one.code for one in found] == ["B8", "C1"]
    assert "intact" in found[0].cause
    assert fixes(found[0])[0] == ("release-volume", {"volume": "v1", "how": "uid"})
    fields = {(one.about.kind, one.field) for one in found[0].proof}
    assert ("PersistentVolumeClaim", "metadata.uid") in fields
    assert ("PersistentVolume", "spec.claimRef.uid") in fields


def test_data_is_not_called_intact_where_the_gluster_volume_is_stopped_or_gone() -> None:
    assert "intact" in _b8(_left(site(), policy="Retain")).cause
    assert "intact" not in _b8(_left(site(None, volume(status="Stopped")), policy="Retain")).cause
    assert "intact" not in _b8(_left(site(), path="other", policy="Retain")).cause


def test_a_label_is_not_compared_for_a_volume_that_names_the_claim() -> None:
    cluster = Cluster().claim("db", cls="", selector={"matchLabels": {"tier": "gold"}})
    found = diagnose(cluster.volume("v1", phase="Released", ref=(*CLAIM, "an-older-life")).case("db"))
    assert "B14" not in [one.code for one in found]
    assert found[0].code == "B8"


@pytest.mark.parametrize("owner", ["db", "another"])
def test_a_claim_that_names_it_is_told_first_to_keep_it(owner: str) -> None:
    cluster = _left(ref=("default", owner, "an-older-life"))
    finding = diagnose(cluster.claim("db", cls="replicated", volume="v1").case("db"))[0]
    assert (finding.code, finding.definite) == ("B8", True)
    assert "is being deleted" in finding.sentence
    assert fixes(finding) == [("patch-volume", {"volume": "v1", "policy": "Retain"})]


def test_the_volume_by_itself_is_not_called_kept() -> None:
    world = _left().world()
    (finding,) = diagnose_volume(world, world.tables.volumes["", "v1"])
    assert finding.code == "B8"
    assert "is being deleted" in finding.sentence
    assert "kept" not in finding.sentence
    assert fixes(finding) == [("patch-volume", {"volume": "v1", "policy": "Retain"})]
