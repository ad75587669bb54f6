"""Bound claims on volumes whose copies differ, or whose quotas are used up, as the nodes count it."""

import pytest

from tests.checks.claims.rooms import codes, fixes, one
from tests.core.site_facts import PATH, heal, site, volume, with_brick, with_quota
from tests.corpus.build import Cluster
from tests.corpus.cases_h import bound
from tui.core.finding import Severity
from tui.core.units import GIB


def test_split_brain_names_the_bricks_and_the_exact_commands() -> None:
    finding = one(bound(site(heals=heal((0, 3), (0, 3), (0, 0)))), "H6", "data")
    assert finding.definite
    assert finding.severity is Severity.ERROR
    assert finding.sentence == "3 entries of Gluster volume 'db' are in split-brain"
    seen = [(piece.about.kind, piece.about.name, piece.field, piece.value) for piece in finding.proof]
    assert seen[1:] == [
        ("GlusterVolume", "db", "entries in split-brain", "3"),
        ("Brick", f"10.0.0.1:{PATH}", "entries in split-brain", "3"),
        ("Brick", f"10.0.0.2:{PATH}", "entries in split-brain", "3"),
    ]
    assert seen[0][:3] == ("PersistentVolume", "pv-data", "Gluster volume")
    words = " ".join(remedy.title for remedy in finding.remedies)
    for way in ("latest-mtime FILE", "bigger-file FILE", f"source-brick 10.0.0.1:{PATH} FILE"):
        assert f"gluster volume heal db split-brain {way}" in words
    assert "gluster volume heal db info split-brain" in words
    # which copy is right is nothing that a tool can know
    assert fixes(finding) == []


def test_the_files_are_named_where_they_are_known() -> None:
    finding = one(bound(site(heals=heal((0, 2), (0, 2), (0, 0), files=("/a", "gfid:7e0f")))), "H6", "data")
    assert ("files", "/a and gfid:7e0f") in [(piece.field, piece.value) for piece in finding.proof]


def test_an_arbiter_is_never_offered_as_the_copy_to_keep() -> None:
    said = with_brick(volume(), 0, arbiter=True)
    finding = one(bound(site(None, said, heals=heal((0, 3), (0, 3), (0, 3)))), "H6", "data")
    (words,) = [remedy.title for remedy in finding.remedies if "source-brick" in remedy.title]
    assert f"source-brick 10.0.0.2:{PATH} FILE (or 10.0.0.3:{PATH})" in words
    assert "10.0.0.1" not in words


def test_one_entry_is_one() -> None:
    finding = one(bound(site(heals=heal((0, 1), (0, 1), (0, 0)))), "H6", "data")
    assert finding.sentence == "1 entry of Gluster volume 'db' is in split-brain"


def test_what_waits_to_be_healed_is_told_and_can_be_begun() -> None:
    finding = one(bound(site(heals=heal((12, 0), (12, 0), (0, 0)))), "H13", "data")
    assert finding.severity is Severity.INFO
    assert finding.sentence == "12 entries of Gluster volume 'db' wait to be healed"
    assert fixes(finding) == [("start-heal", {"volume": "db"})]


def test_a_heal_is_not_offered_while_a_brick_is_away() -> None:
    said = with_brick(volume(), 2, online=False, pid=None)
    assert codes(bound(site(None, said, heals=heal((12, 0), (12, 0), None))), "data") == ["H2"]


@pytest.mark.parametrize("counts", [((0, 0), (0, 0), (0, 0)), ((0, 0), None, (0, 0)), (None, None, None)])
def test_copies_that_are_alike_or_unknown_are_no_fault(counts: tuple[tuple[int, int] | None, ...]) -> None:
    assert codes(bound(site(heals=heal(*counts))), "data") == []


def test_a_stopped_volume_is_told_to_be_stopped_and_nothing_else() -> None:
    stopped = site(None, volume(status="Stopped"), heals=heal((3, 3), (3, 3), (0, 0)))
    assert codes(bound(stopped), "data") == ["H1"]


def test_a_volume_of_csi_is_followed_too() -> None:
    attributes = {"gluster_volname": "db"}
    source = {"csi": {"driver": "kadalu", "volumeHandle": "v", "volumeAttributes": attributes}}
    storage = site(heals=heal((0, 2), (0, 2), (0, 0)))
    assert codes(Cluster(1, 30).bound("data", pv={"source": source}).gluster(storage), "data") == ["H6"]


@pytest.mark.parametrize(
    ("limited", "path", "is_found"),
    [
        ("/", "db", True),
        ("/", "db/team", True),
        ("/team", "db/team/a", True),
        ("/team/a", "db/team", True),
        ("/team/a", "db", True),
        ("/team", "db/teams", False),
        ("/team/b", "/db/team/a/", False),
    ],
)
def test_a_quota_is_told_where_the_claim_can_meet_it(limited: str, path: str, is_found: bool) -> None:
    assert codes(bound(with_quota(limited, GIB, GIB), path=path), "data") == ["H10"] * is_found


def test_a_quota_tells_what_is_used_and_how_to_raise_it() -> None:
    finding = one(bound(with_quota("/team/a", 10 * GIB, 11 * GIB), path="db/team"), "H10", "data")
    assert finding.definite
    assert finding.severity is Severity.ERROR
    assert finding.sentence == "the quota of folder /team/a on Gluster volume 'db' is used up (11 GiB of 10 GiB)"
    assert finding.remedies[0].title.endswith("gluster volume quota db limit-usage /team/a SIZE")


@pytest.mark.parametrize("used", [None, GIB - 1])
def test_a_quota_with_room_or_that_nobody_counted_is_no_fault(used: int | None) -> None:
    assert codes(bound(with_quota("/", GIB, used)), "data") == []
    assert codes(bound(with_quota("/", GIB, GIB, status="Stopped")), "data") == ["H1"]
