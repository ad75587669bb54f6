"""Copies that differ, in the pane of volumes and in the details. Pure."""

from dataclasses import replace

import pytest

from screens.columns_volumes import VOLUMES
from screens.details import details_of
from screens.health import volumes_health
from screens.table_spec import cell_text
from screens.words import BAD, DIM, GOOD, PLAIN, WARN
from tests.core.site_facts import heal, site, volume, with_quota
from tui.core.model import Snapshot
from tui.core.units import GIB

NOW = 190.0


def details(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """The lines of the volume that tell of its copies."""
    _, lines = details_of(snapshot, snapshot.volumes["db"], NOW)
    begin = next((place for place, line in enumerate(lines) if line[0] == "copies"), len(lines))
    end = next(place for place, line in enumerate(lines) if line[0] == "-")
    return lines[begin:end]


def bricks(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """The lines of its bricks."""
    _, lines = details_of(snapshot, snapshot.volumes["db"], NOW)
    return lines[next(place for place, line in enumerate(lines) if line[1].startswith("bricks")) + 1 :]


def row(snapshot: Snapshot) -> list[str]:
    return [cell_text(cell).strip() for cell in VOLUMES.cells(snapshot.volumes["db"])]


def test_split_brain_is_an_error_in_the_row_the_health_and_the_details() -> None:
    snapshot = site(heals=heal((4, 3), (4, 3), (0, 0)))
    assert row(snapshot)[0] == "▲ degraded"
    assert row(snapshot)[-1] == "SPLIT-BRAIN: 3 entries"
    assert volumes_health(snapshot) == [("1 degraded", BAD), ("1 split-brain", BAD), ("1 to heal", DIM)]
    assert details(snapshot) == [
        ("copies", "SPLIT-BRAIN: 3 entries; heal: 4 entries pending on 2 bricks (1m30s ago)", BAD),
    ]
    assert bricks(snapshot) == [
        ("node1", "● online  /dev/sdb, 3 entries in split-brain, 4 pending", WARN),
        ("node2", "● online  /dev/sdb, 3 entries in split-brain, 4 pending", WARN),
        ("node3", "● online  /dev/sdb", GOOD),
    ]  # fmt: skip
    assert VOLUMES.severity(snapshot.volumes["db"]) == 2


def test_pending_heals_are_a_note() -> None:
    snapshot = site(heals=heal((12, 0), (12, 0), (0, 0)))
    assert row(snapshot)[0] == "● online"
    assert row(snapshot)[-1] == "heal: 12 entries pending on 2 bricks"
    assert volumes_health(snapshot) == [("1 online", GOOD), ("1 to heal", DIM)]
    assert details(snapshot)[0] == ("copies", "heal: 12 entries pending on 2 bricks (1m30s ago)", WARN)
    assert VOLUMES.severity(snapshot.volumes["db"]) == 0


@pytest.mark.parametrize(
    ("snapshot", "lines"),
    [
        (site(), [("copies", "not compared yet", DIM)]),
        (site(heals=heal((0, 0), (0, 0), (0, 0))), [("copies", "all alike (1m30s ago)", GOOD)]),
        (
            site(heals=heal((0, 0), (0, 0), None)),
            [("copies", "2 of 3 bricks were compared (1m30s ago)", WARN)],
        ),
        (
            site(heals=heal(read_at=None, unread="glusterd does not run on the node")),
            [("copies", "not known: glusterd does not run on the node", WARN)],
        ),
        (
            site(heals=heal((0, 0), (0, 0), (0, 0), unread="it is busy")),
            [("copies", "all alike (1m30s ago)", GOOD), ("compared", "the last try failed: it is busy", WARN)],
        ),
        (site(None, volume(status="Stopped"), heals=heal((1, 1))), []),
        (site(None, replace(volume(), replica=1, kind="Distribute")), []),
    ],
)
def test_what_is_not_known_is_never_shown_as_well(snapshot: Snapshot, lines: list[tuple[str, str, str]]) -> None:
    assert details(snapshot) == lines
    assert [text for text, _ in volumes_health(snapshot) if "heal" in text or "split" in text] == []


def test_a_brick_that_could_not_be_compared_says_why() -> None:
    last = bricks(site(heals=heal((0, 0), (0, 0), None)))[-1]
    assert last == ("node3", "● online  /dev/sdb, not compared (Transport endpoint is not connected)", WARN)


def quotas(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    _, lines = details_of(snapshot, snapshot.volumes["db"], NOW)
    begin = next((place for place, line in enumerate(lines) if line[1].startswith("quotas")), len(lines))
    return [line for line in lines[begin:] if line[0] != "features.quota" and line[1] != "options"]


@pytest.mark.parametrize(
    ("snapshot", "lines"),
    [
        (site(), []),
        (site(None, volume(options={"features.quota": "on"})), [("-", "quotas", PLAIN), ("", "not read yet", DIM)]),
        (
            with_quota("/team", 10 * GIB, 10 * GIB),
            [("-", "quotas (1m30s ago)", PLAIN), ("/team", "10 GiB of 10 GiB, used up", BAD)],
        ),
        (with_quota("/", 10 * GIB, 9 * GIB), [("-", "quotas (1m30s ago)", PLAIN), ("/", "9 GiB of 10 GiB", WARN)]),
        (with_quota("/", 10 * GIB, None), [("-", "quotas (1m30s ago)", PLAIN), ("/", "unknown of 10 GiB", PLAIN)]),
    ],
)
def test_quotas_stand_in_the_details(snapshot: Snapshot, lines: list[tuple[str, str, str]]) -> None:
    assert quotas(snapshot) == lines


def test_files_in_split_brain_are_named_the_first_of_them() -> None:
    files = tuple(f"/{number}" for number in range(7))
    lines = details(site(heals=heal((0, 7), (0, 7), (0, 0), files=files)))
    assert lines[1] == ("split-brain", "/0, /1, /2, /3, /4 and 2 more", BAD)
