"""Bound claims whose fault lies under Gluster."""

from dataclasses import replace

import pytest

from tests.checks.claims.rooms import codes, fixes, one
from tests.core.site_facts import CLUSTER, entry, facts, site, volume, with_brick
from tests.corpus.build import Cluster
from tests.corpus.cases_h import away, bound, down, with_metadata, with_space
from tests.corpus.raw import Raw
from tui.core.finding import Severity
from tui.core.model import Freshness, Volume


def test_the_chain_is_the_evidence() -> None:
    finding = one(bound(down(3)), "H2", "data")
    kinds = [piece.about.kind for piece in finding.proof]
    assert kinds == ["PersistentVolume", "GlusterVolume", "Brick"]
    assert finding.proof[2].about.name.startswith("node3:/var/lib/heketi")


@pytest.mark.parametrize(("numbers", "severity"), [((3,), Severity.WARNING), ((1, 2, 3), Severity.ERROR)])
def test_a_volume_that_still_serves_is_a_warning(numbers: tuple[int, ...], severity: Severity) -> None:
    finding = one(bound(down(*numbers)), "H2", "data")
    assert finding.severity is severity
    assert fixes(finding) == [("start-bricks", {"volume": "db"})]


def test_bricks_are_not_started_while_their_file_system_is_not_mounted() -> None:
    said = facts(3, mounts=facts(3).mounts[:1])
    both = with_brick(with_brick(volume(), 2, online=False, pid=None), 1, online=False, pid=None)
    finding = one(bound(site({3: entry(3, said)}, both)), "H2", "data")
    assert fixes(finding) == []
    assert "mount /var/lib/heketi" in finding.remedies[0].title


def test_a_missing_disk_is_named_with_its_brick() -> None:
    pv = replace(facts(3).physical_volumes[0], missing=True)
    said = facts(3, mounts=(), fstab=(), logical_volumes=(), physical_volumes=(pv,))
    finding = one(bound(site({3: entry(3, said)}, with_brick(volume(), 2, online=False, pid=None))), "H2", "data")
    assert any(piece.about.kind == "Device" and "missing" in piece.value for piece in finding.proof)
    assert "is missing" in finding.cause


def test_a_stopped_volume_says_nothing_of_bricks_that_must_not_run() -> None:
    finding = one(bound(site(None, volume(status="Stopped"))), "H1", "data")
    assert fixes(finding) == [("start-gluster", {"volume": "db"})]
    assert codes(bound(site(None, volume(status="Stopped"))), "data") == ["H1"]


def test_a_node_that_is_away_is_the_cause_and_not_its_brick() -> None:
    assert codes(bound(away(3)), "data") == ["H3"]
    assert codes(bound(away(1, 2, 3)), "data") in ([], ["H3", "H3", "H3"])


def test_quorum_counts_nodes_only_where_it_is_switched_on() -> None:
    server = {"cluster.server-quorum-type": "server"}
    assert "H7" not in codes(bound(away(2, 3)), "data")
    assert "H7" not in codes(bound(away(3, options=server)), "data")
    assert "H7" in codes(bound(away(2, 3, options=server)), "data")


@pytest.mark.parametrize(
    ("used", "severity"), [(949, None), (950, Severity.WARNING), (989, Severity.WARNING), (990, Severity.ERROR)]
)
def test_how_full_is_full(used: int, severity: Severity | None) -> None:
    cluster = bound(with_space(used))
    assert codes(cluster, "data") == ([] if severity is None else ["H9"])
    if severity is not None:
        assert one(cluster, "H9", "data").severity is severity


@pytest.mark.parametrize(("percent", "found"), [(89.0, []), (90.0, ["H9"]), (100.0, ["H9"])])
def test_metadata_of_thin_pools(percent: float, found: list[str]) -> None:
    assert codes(bound(with_metadata(percent)), "data") == found


def test_of_two_pools_with_a_volume_of_the_name_the_endpoints_decide() -> None:
    whole = down(3)
    other = replace(whole.volumes["db"], id="other", cluster="d" * 32)
    both = replace(whole, volumes={**whole.volumes, "db (cluster 2)": other})
    assert codes(bound(both), "data") == ["H2"]
    assert codes(bound(both, addresses=("192.168.7.7",)), "data") == []


def test_a_volume_is_missing_only_where_its_pool_was_read() -> None:
    assert codes(bound(site(), path="dbx"), "data") == ["F7"]
    stale = {n: entry(n, facts(n), freshness=Freshness.STALE, reason="old") for n in (1, 2, 3)}
    assert codes(bound(site(stale), path="dbx"), "data") == []
    empty = replace(site(), volumes={}, bricks={})
    assert codes(bound(empty, path="dbx"), "data") == []


def test_without_endpoints_nobody_knows_which_pool_is_meant() -> None:
    cluster = bound(site(), path="dbx").deny("endpoints", "endpointslices")
    assert codes(cluster, "data") == []


def _csi(attributes: Raw) -> Cluster:
    source = {"csi": {"driver": "kadalu", "volumeHandle": "h", "volumeAttributes": attributes}}
    return Cluster(1, 30).bound("data", pv={"source": source}).gluster(down(1, 2, 3))


def test_volumes_of_csi_drivers_are_followed_by_their_attributes() -> None:
    assert codes(_csi({"gluster_volname": "db"}), "data") == ["H2"]
    assert codes(_csi({"hostvol": "unknown"}), "data") == []
    assert codes(_csi({}), "data") == []


def test_a_broken_picture_breaks_nothing() -> None:
    odd = Volume("db", "", CLUSTER, "", 0, "", None, None, site().volumes["db"].state, bricks=(("db", "x", "/y"),))
    assert codes(bound(replace(site(), volumes={"db": odd})), "data") == []


def test_the_volume_that_was_meant_is_offered_unless_it_has_an_owner() -> None:
    cluster = bound(site(), path="dbx")
    wanted = {"volume": "pv-data", "claim_namespace": "default", "claim_name": "data", "gluster": "db"}
    assert fixes(one(cluster, "F7", "data")) == [("recreate-volume", wanted)]
    cluster.volume("other", source={"glusterfs": {"endpoints": "gluster", "path": "db"}})
    assert fixes(one(cluster, "F7", "data")) == []


def test_a_volume_that_is_younger_than_what_the_nodes_told_is_not_missing() -> None:
    cluster = bound(site(), path="dbx")
    made = cluster.world().tables.volumes["", "pv-data"].created
    before = replace(site(), volumes_read={CLUSTER: made + 1, "other": made + 60})
    assert codes(bound(before, path="dbx"), "data") == []
    after = replace(site(), volumes_read={CLUSTER: made + 60, "other": made + 1})
    assert codes(bound(after, path="dbx"), "data") == ["F7"]


@pytest.mark.parametrize(
    ("glusterd", "fix", "by_hand"),
    [
        ("inactive", [("start-glusterd", {"node": "node2"})], ""),
        ("not installed", [], "Install the Gluster server on node2 and start it."),
    ],
)
def test_glusterd_that_is_stopped_is_started_from_here(
    glusterd: str, fix: list[tuple[str, dict[str, str]]], by_hand: str
) -> None:
    stopped = entry(2, facts(2, glusterd=glusterd, peers=()))
    finding = one(bound(site({2: stopped}, with_brick(volume(), 1, online=None, pid=None))), "H3", "data")
    assert fixes(finding) == fix
    assert by_hand in ("", finding.remedies[0].title)
