"""What of the storage nodes makes a claim be looked at again."""

from dataclasses import replace

from tests.core.site_facts import heal, site, volume, with_brick, with_quota
from tests.corpus.build import Cluster
from tests.corpus.cases_h import bound
from tui.core.model import Snapshot
from tui.core.units import GIB
from tui.sync.storage_marks import claims_to_look_at

CLAIM = {("default", "data")}


def looked_at(before: Snapshot, after: Snapshot) -> set[tuple[str, str]]:
    return claims_to_look_at(bound(site()).world().tables, before, after)


def test_a_claim_is_looked_at_when_the_copies_of_its_volume_change() -> None:
    alike, apart = site(heals=heal((0, 0), (0, 0), (0, 0))), site(heals=heal((3, 0), (3, 0), (0, 0)))
    assert looked_at(site(), alike) == CLAIM
    assert looked_at(alike, apart) == CLAIM
    assert looked_at(apart, site(heals=heal((3, 1), (3, 1), (0, 0)))) == CLAIM


def test_a_claim_is_not_looked_at_for_an_age_alone() -> None:
    before = site(heals=heal((3, 0), (3, 0), (0, 0)))
    assert looked_at(before, site(heals=heal((3, 0), (3, 0), (0, 0), read_at=500.0))) == set()
    assert looked_at(site(), site()) == set()


def test_a_claim_is_looked_at_when_a_quota_or_a_brick_changes() -> None:
    assert looked_at(with_quota("/", GIB, 5), with_quota("/", GIB, GIB)) == CLAIM
    assert looked_at(site(), site(None, with_brick(volume(), 1, online=False, pid=None))) == CLAIM


def test_a_claim_whose_volume_was_too_new_to_be_seen_is_looked_at_after_the_next_reading() -> None:
    made = bound(site()).world().tables.volumes["", "pv-data"].created
    read = [replace(site(), volumes_read={"c": made + seconds}) for seconds in (-9, 1, 9, 99)]
    assert looked_at(read[0], read[1]) == set()
    assert looked_at(read[1], read[2]) == CLAIM
    assert looked_at(read[2], read[3]) == set()


def test_claims_on_a_csi_driver_for_gluster_hang_on_the_nodes_as_well() -> None:
    attributes = {"type": "External", "gvolname": "db"}
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v", "volumeAttributes": attributes}}
    tables = Cluster(1, 30).bound("data", pv={"source": source}).world().tables
    stopped = site(None, with_brick(volume(), 1, online=False, pid=None))
    assert claims_to_look_at(tables, site(), stopped) == CLAIM
    assert claims_to_look_at(tables, Snapshot(), site()) == CLAIM
