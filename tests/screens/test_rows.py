"""Rows, health lines, marks and details: pure functions over a real joined snapshot."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from screens.columns_bricks import BRICKS
from screens.columns_topology import cells as tree_cells
from screens.columns_topology import narrow, tree
from screens.columns_volumes import VOLUMES
from screens.details import details_of
from screens.health import bricks_health, counts, data_age, nodes_health, volumes_health
from screens.marks import Thing, marks_of
from screens.table_spec import View, cell_text
from screens.words import BAD, DIM, freshness_text, state_text
from tests.screens.scene import HOSTILE, busy_store
from tui.core.model import Freshness, Snapshot, Source, State
from tui.widgets.cells import Cell
from tui.widgets.query import parse_query

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return busy_store(NOW).snapshot


def words(cells: Iterable[Cell]) -> list[str]:
    return [cell_text(cell).strip() for cell in cells]


def test_every_state_has_a_glyph_and_its_word() -> None:
    shown = [state_text(state) for state in State]
    assert all(
        text[0] != " " and text.split(" ", 1)[1] == state.value for text, state in zip(shown, State, strict=True)
    )


def test_freshness_says_word_age_and_reason() -> None:
    live = Source("node1", Freshness.LIVE, NOW - 3)
    gone = Source("node5", Freshness.UNREACHABLE, NOW - 134, "no route\nto host")
    assert freshness_text(live, NOW) == "● live 3s"
    assert freshness_text(gone, NOW) == "✖ unreachable 2m14s: no route to host"
    assert freshness_text(Source("x"), NOW) == "◌ connecting"


def test_health_of_the_nodes(snapshot: Snapshot) -> None:
    assert [text for text, _ in nodes_health(snapshot, NOW)] == [
        "5 nodes live", "1 unreachable 2m14s", "1 device fault",
    ]  # fmt: skip
    assert nodes_health(Snapshot(), NOW)[0][0] == "no nodes"


def test_health_of_bricks_and_volumes(snapshot: Snapshot) -> None:
    bricks = dict(part.split(" ", 1)[::-1] for part, _ in bricks_health(snapshot))
    assert set(bricks) == {"online", "offline", "stopped"}
    assert sum(map(int, bricks.values())) == len(snapshot.bricks) == 120
    assert volumes_health(snapshot)[0][0].endswith("online")
    assert volumes_health(Snapshot())[0] == ("no volumes", DIM)


def test_the_header_counts_and_tells_the_oldest_age(snapshot: Snapshot) -> None:
    assert counts(snapshot).startswith("1 cluster · 6 nodes · 40 volumes · ")
    assert data_age(snapshot, NOW)[0] == "oldest data 2m14s"
    assert data_age(Snapshot(), NOW)[0] == "no data"


def test_a_brick_as_a_row(snapshot: Snapshot) -> None:
    brick = next(brick for brick in snapshot.bricks.values() if brick.volume == "pvc-12" and brick.node == "node1")
    row = dict(zip((column.key for column in BRICKS.columns), words(BRICKS.cells(brick)), strict=True))
    assert row["state"] == "● online"
    assert (row["node"], row["size"]) == ("node1", "260 GiB")
    assert row["use"].endswith("97%!!")


def test_unknown_is_never_zero(snapshot: Snapshot) -> None:
    brick = replace(next(iter(snapshot.bricks.values())), size=None, used=None, device="")
    row = words(BRICKS.cells(brick))
    assert "-" in row
    assert row.count("unknown") == 2
    assert not any("0%" in cell for cell in row)


def test_a_thin_pool_that_runs_full_is_told(snapshot: Snapshot) -> None:
    brick = replace(next(iter(snapshot.bricks.values())), reason="", data_percent=91.0)
    assert words(BRICKS.cells(brick))[-1] == "thin pool data 91 % full"


def test_text_from_outside_stays_on_its_line(snapshot: Snapshot) -> None:
    volume = replace(next(iter(snapshot.volumes.values())), reason="one\ntwo \x1b[31mred [/b]")
    assert words(VOLUMES.cells(volume))[-1] == "one two red [/b]"


def test_faults_stand_first_and_ties_keep_their_order(snapshot: Snapshot) -> None:
    rows = VOLUMES.arrange(snapshot.volumes.values(), View())
    severities = [volume.state.severity for volume in rows]
    assert severities == sorted(severities, reverse=True)
    again = VOLUMES.arrange(reversed(rows), View())
    assert [volume.name for volume in again] == [volume.name for volume in rows]


@pytest.mark.parametrize("column", [column.key for column in (*BRICKS.columns,)])
def test_bricks_sort_by_every_column_even_with_unknown_values(snapshot: Snapshot, column: str) -> None:
    some = [replace(brick, size=None, used=None) if brick.set else brick for brick in snapshot.bricks.values()]
    rows = BRICKS.arrange(some, View(sort=column))
    assert len(BRICKS.arrange(some, View(sort=column, reverse=True))) == len(rows) == len(some)


@pytest.mark.parametrize("column", [column.key for column in VOLUMES.columns])
def test_volumes_sort_by_every_column(snapshot: Snapshot, column: str) -> None:
    ranks = [VOLUMES.rank(v, column) for v in VOLUMES.arrange(snapshot.volumes.values(), View(sort=column))]
    assert ranks == sorted(ranks)


def test_faults_only_and_filter(snapshot: Snapshot) -> None:
    faults = VOLUMES.arrange(snapshot.volumes.values(), View(faults_only=True))
    assert faults
    assert all(volume.state.severity > 0 for volume in faults)
    query = parse_query("name:pvc-1 !state:degraded", [column.key for column in VOLUMES.columns])
    found = VOLUMES.arrange(snapshot.volumes.values(), View(query=query))
    assert all("pvc-1" in volume.name and volume.state is not State.DEGRADED for volume in found)


def test_the_tree_has_all_levels_and_sums(snapshot: Snapshot) -> None:
    rows = tree(snapshot)
    assert [row.depth for row in rows[:4]] == [0, 1, 2, 3]
    assert sum(row.depth == 2 for row in rows) == 6
    node = next(row for row in rows if row.key == ("node", "node1"))
    devices = [row for row in rows if row.depth == 3 and row.key[1] == "node1" and row.device and row.device.vg]
    assert node.free == sum(row.free or 0 for row in devices)
    assert node.bricks == sum(row.bricks for row in devices) == 20


def test_a_node_row_ages_and_keeps_old_data(snapshot: Snapshot) -> None:
    row = next(row for row in tree(snapshot) if row.key == ("node", "node5"))
    assert row.bricks == 20
    assert words(tree_cells(row, NOW))[-1].startswith("✖ unreachable 2m14s: no answer")
    assert "unreachable 5m" in words(tree_cells(row, NOW + 200))[-1]


def test_a_narrowed_tree_keeps_what_stands_above(snapshot: Snapshot) -> None:
    rows = tree(snapshot)
    place = next(place for place, row in enumerate(rows) if row.key == ("device", "node3", "/dev/sdc"))
    assert [row.depth for row in narrow(rows, {place})] == [0, 1, 2, 3]


def test_marks_go_both_ways(snapshot: Snapshot) -> None:
    volume = snapshot.volumes["pvc-00"]
    marks = marks_of(snapshot, volume)
    assert len(marks.bricks) == 3
    assert len(marks.tree) == 6
    device = snapshot.devices["node1", "/dev/sdb"]
    assert "pvc-00" in marks_of(snapshot, device).volumes
    assert ("device", "node1", "/dev/sdb") in marks.tree
    assert marks_of(snapshot, None).bricks == frozenset()


def test_details_tell_everything_of_each_kind(snapshot: Snapshot) -> None:
    hostile = next(volume for volume in snapshot.volumes.values() if volume.options)
    title, lines = details_of(snapshot, hostile, NOW)
    assert title == f"volume {hostile.name}"
    assert ("user.note", HOSTILE, "") in lines
    _, lines = details_of(snapshot, snapshot.nodes["node5"], NOW)
    assert any(label == "what to do" and "ping" in text for label, text, _ in lines)
    _, lines = details_of(snapshot, next(b for b in snapshot.bricks.values() if b.node == "node5"), NOW)
    assert any(label == "last heard" and tone == BAD for label, _, tone in lines)
    things: list[Thing] = [*snapshot.devices.values(), *tree(snapshot)]
    assert all(details_of(snapshot, thing, NOW)[1] for thing in things)
