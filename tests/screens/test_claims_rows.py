"""Rows, titles, details and findings of claims: pure functions over real tables."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from functools import partial

import pytest

from screens.claim_details import details_of_kube
from screens.claim_rows import ClaimRow, claim_row, look
from screens.columns_claims import CLAIMS
from screens.columns_classes import CLASSES, class_rows
from screens.columns_persistent import PERSISTENT
from screens.details_panel import draw
from screens.diagnosis import finding_lines, numbered
from screens.kube_health import banner, grouped, source_parts
from screens.kube_spec import age_text
from screens.kube_views import ClassesView
from screens.marks import marks_of
from screens.table_spec import cell_text
from screens.words import BAD, GOOD, WARN
from tests.screens.fake_kube import FakeKube, busy_kube, claim, no_class
from tests.screens.scene import HOSTILE, busy_store
from tui.checks.claim_case import ClaimWorld
from tui.checks.claims import diagnose_class
from tui.core.finding import Evidence, Finding, Fix, ObjectRef, Remedy, Severity
from tui.core.kube import StorageClass
from tui.core.kube_tables import PartState
from tui.widgets.query import parse_query

SNAPSHOT = busy_store().snapshot
DAY = 86400.0


def _row(kube: FakeKube, key: tuple[str, str]) -> ClaimRow:
    row = claim_row(kube, key)
    assert row is not None
    return row


def test_a_row_says_why_and_who_waits() -> None:
    row = _row(busy_kube(), ("shop", "cart"))
    assert row.text == "waiting: no StorageClass 'slo' - did you mean 'slow'?"
    assert (row.severity, row.pods, row.pod) == (2, 2, "web-0")
    assert claim_row(busy_kube(), ("no", "such")) is None


def test_severity_comes_from_the_findings_else_from_the_state() -> None:
    kube = busy_kube()
    key = ("shop", "cart")
    kube.said[key] = (replace(no_class(key), severity=Severity.WARNING),)
    assert _row(kube, key).severity == 1
    kube.said[key] = (replace(no_class(key), severity=Severity.INFO),)
    assert _row(kube, key).severity == 0
    kube.said.pop(key)
    assert _row(kube, key).severity == 1
    kube.said.pop(("shop", "orders"))
    assert _row(kube, ("shop", "orders")).severity == 2
    assert _row(kube, ("team-1", "data-1")).severity == 0


@pytest.mark.parametrize("column", [column.key for column in CLAIMS.columns])
def test_every_column_sorts_and_every_row_has_its_cells(column: str) -> None:
    kube = busy_kube()
    rows = [_row(kube, key) for key in [*kube.tables.claims, ("shop", "[bold]absent[/]")]]
    ranked = sorted(rows, key=lambda row: (*CLAIMS.rank(column)(row), row.key))
    assert len(ranked) == 43
    assert all(len(CLAIMS.cells(row, 1.0)) == len(CLAIMS.columns) for row in rows)


@pytest.mark.parametrize("column", [column.key for column in PERSISTENT.columns])
def test_every_column_of_volumes_sorts(column: str) -> None:
    volumes = list(busy_kube().tables.volumes.values())
    assert len(sorted(volumes, key=lambda one: (*PERSISTENT.rank(column)(one), one.key))) == 40
    assert all(len(PERSISTENT.cells(one, 1.0)) == len(PERSISTENT.columns) for one in volumes)


@pytest.mark.parametrize("column", [column.key for column in CLASSES.columns])
def test_every_column_of_classes_sorts(column: str) -> None:
    rows = class_rows(busy_kube().tables)
    assert len(sorted(rows, key=lambda row: (*CLASSES.rank(column)(row), row.name))) == 3
    assert all(len(CLASSES.cells(row, 1.0)) == len(CLASSES.columns) for row in rows)


def test_a_filter_finds_what_a_column_shows() -> None:
    kube = busy_kube()
    line = CLAIMS.line(_row(kube, ("shop", "cart")))
    keys = [column.key for column in CLAIMS.columns]
    for text, found in (("state:waiting", 1), ("slo", 1), ("modes:rwx", 1), ("pods:web", 1), ("!web", 0), ("rwop", 0)):
        assert len(parse_query(text, keys).select([line])) == found, text


def test_two_defaults_are_said_and_a_class_that_may_not_be_read_is_not_missing() -> None:
    kube = busy_kube()
    kube.put("storageclasses", StorageClass("", "slow", "u", "1", 0.0, provisioner="p", is_default=True))
    rows = {row.name: row for row in class_rows(kube.tables)}
    assert rows["slow"].text == "default: one of 2 that are marked as default"
    assert (rows["slo"].severity, rows["slow"].severity) == (2, 1)
    assert (rows["fast"].claims, rows["fast"].volumes, rows["slo"].waiting) == (41, 40, 1)
    kube.tables.set_part("storageclasses", PartState("denied"))
    assert "slo" not in {row.name for row in class_rows(kube.tables)}


def test_a_class_tells_its_own_fault() -> None:
    kube = busy_kube()
    parameters = {"resturl": "http://10.0.0.1:8080", "secretnamespace": "storage", "secretname": "heketi-secret"}
    for name, is_default in (("archive", False), ("fast", True)):
        one = StorageClass("", name, name, "1", 0.0, provisioner="kubernetes.io/glusterfs", is_default=is_default)
        kube.put("storageclasses", replace(one, parameters=parameters if name == "archive" else {"resturl": "ftp://x"}))
    kube.tables.set_part("secrets", PartState("live"))
    kube.tables.mark_listed("secrets")
    world = ClaimWorld(kube.tables, 1000.0)
    rows = {row.name: row for row in class_rows(kube.tables, partial(diagnose_class, world))}
    assert rows["archive"].text.startswith("defined: there is no Secret storage/heketi-secret")
    assert rows["archive"].severity == 2
    assert rows["fast"].text.startswith("default: StorageClass 'fast'")
    assert CLASSES.cells(rows["archive"], 1.0)[1] == ("▲ " + rows["archive"].text, BAD)


def test_the_table_of_classes_asks_a_source_that_knows_what_is_wrong() -> None:
    view, kube = ClassesView(), KnowingKube()
    kube.tables.put("storageclasses", StorageClass("", "odd", "u", "1", 0.0, provisioner="kubernetes.io/glusterfs"))
    assert ("", "odd") in view.changed_keys(kube)
    row = view.make(kube, ("", "odd"))
    assert row is not None
    assert (row.severity, "resturl" in row.text) == (2, True)


class KnowingKube(FakeKube):
    """It shows what a diagnosis looks at."""

    def world(self) -> ClaimWorld:
        """Kubernetes alone."""
        return ClaimWorld(self.tables, 1000.0)


def test_titles_count_by_state_what_is_well_first() -> None:
    groups: Counter[Hashable] = Counter(
        {("bound", 0): 1200, ("bound", 2): 2, ("waiting", 1): 3, ("waiting", 2): 1, ("lost", 2): 1}
    )
    groups["gone", 0] = 0
    assert grouped(groups, "claims") == [
        ("1,200 bound", GOOD), ("2 bound with faults", BAD), ("1 lost", BAD), ("4 waiting", BAD),
    ]  # fmt: skip
    assert grouped(Counter(), "claims")[0][0] == "no claims"


def test_titles_say_what_is_not_live() -> None:
    tables = busy_kube().tables
    kind = "persistentvolumeclaims"
    assert source_parts(tables, kind, 100.0) == []
    assert banner(tables, 100.0)[0] == ""
    tables.set_part(kind, PartState("live", 1.0, only="team"))
    assert source_parts(tables, kind, 100.0) == [("only namespace team", WARN)]
    tables.set_part(kind, PartState("unreachable", 40.0, f"no route {HOSTILE}"))
    ((text, tone),) = source_parts(tables, kind, 100.0)
    assert (text.startswith("unreachable 1m00s: no route [red]x[/]"), "\x1b" in text, tone) == (True, False, BAD)
    for one in ("storageclasses", "secrets", "pods"):
        tables.set_part(one, PartState("denied", 1.0, f"cannot list {one}"))
    assert source_parts(tables, kind, 100.0)[-1] == ("denied: cannot list storageclasses, pods +1", WARN)
    for one in list(tables.parts):
        tables.set_part(one, PartState("denied", 1.0, "the server does not accept our credentials"))
    assert source_parts(tables, kind, 100.0) == [("denied: the server does not accept our credentials", BAD)]
    assert banner(tables, 100.0)[0].startswith("▲ denied: the server does not accept our credentials")


@pytest.mark.parametrize(
    ("created", "text"),
    [(0.0, "-"), (DAY * 90, "10d"), (DAY * 100 - 3600 * 5, "5h"), (DAY * 100 - 90, "1m"), (DAY * 100 - 7, "7s")],
)
def test_ages_have_one_unit(created: float, text: str) -> None:
    assert age_text(created, DAY * 100) == text


def test_a_state_that_sounds_better_than_it_is_has_the_sign_of_a_fault() -> None:
    assert look("bound", 0) == ("●", GOOD)
    assert look("bound", 2) == ("▲", BAD)
    assert look("waiting", 1) == ("◌", WARN)
    assert look("waiting", 0)[0] == "◌"
    assert look("never heard of", 2) == ("✖", BAD)


def test_remedies_are_numbered_through_all_findings_and_once_each() -> None:
    first = no_class(("shop", "cart"))
    again = replace(first, code="C2", definite=False)
    other = replace(first, code="C3", remedies=tuple(Remedy(f"r{n}", fix=Fix("x", (("n", str(n)),))) for n in range(9)))
    assert len(numbered([first, again])) == 2
    assert len(numbered([first, again, other])) == 9
    text = "\n".join(str(content) for _, content in finding_lines([first, again, other]))
    assert "9 r6" in text
    assert "· r7" in text
    assert "(likely, not certain)" in text


def test_much_evidence_is_cut_with_a_count() -> None:
    about = ObjectRef("Pod", "a", "b")
    proof = tuple(Evidence(about, "event", f"number {n}") for n in range(20))
    finding = Finding("F1", Severity.ERROR, "x", "s", proof=proof)
    text = "\n".join(str(content) for _, content in finding_lines([finding]))
    assert "number 7" in text
    assert "and 12 more" in text
    assert "seen: old words" in str(finding_lines([Finding("N1", Severity.INFO, "x", "s", evidence="old words")])[1][1])


def test_details_of_all_three_kinds() -> None:
    kube = busy_kube()
    held = claim("shop", "cart", "Pending", spec_class="slo")
    title, lines = details_of_kube(kube, _row(kube, held.key), 1.0)
    text = str(draw(lines, 60))
    assert title == "claim shop/cart"
    assert "C1" in text
    assert "ReadWriteMany (RWX)" in text
    assert ("web-0", "waits", WARN) in lines
    volume = replace(kube.tables.volumes["", "pv-data-1"], reclaim_policy="Delete", gid="2001", labels={"a": "b"})
    _, lines = details_of_kube(kube, volume, 1.0)
    assert ("group id", "2001", "") in lines
    assert any("ALL DATA IS LOST" in words and tone == BAD for _, words, tone in lines)
    missing, default = (next(row for row in class_rows(kube.tables) if row.name == name) for name in ("slo", "fast"))
    assert ("", "shop/cart", "") in details_of_kube(kube, missing, 1.0)[1]
    assert any(label == "provisioner" for label, _, _ in details_of_kube(kube, default, 1.0)[1])
    absent = details_of_kube(kube, _row(kube, ("shop", "[bold]absent[/]")), 1.0)[1]
    assert absent[1][0] == "C5"


def test_marks_go_both_ways() -> None:
    tables = busy_kube().tables
    row = _row(busy_kube(), ("team-1", "data-1"))
    down = marks_of(SNAPSHOT, row, tables)
    assert len(down.bricks) == 3
    assert down.claims == {("team-1", "data-1"), ("", "pv-data-1")}
    (name,) = down.volumes
    up = marks_of(SNAPSHOT, SNAPSHOT.volumes[name], tables)
    assert up.claims == down.claims
    assert marks_of(SNAPSHOT, tables.volumes["", "pv-data-1"], tables) == down
    node = marks_of(SNAPSHOT, SNAPSHOT.nodes["node1"], tables)
    assert len(node.claims) == 2 * len(node.volumes)
    assert not marks_of(SNAPSHOT, SNAPSHOT.nodes["node1"]).claims
    assert not marks_of(SNAPSHOT, class_rows(tables)[0], tables).bricks


def test_a_row_shows_hostile_text_as_it_is() -> None:
    kube = busy_kube()
    kube.words["team-1", "data-1"] = ("bound", HOSTILE)
    text = cell_text(CLAIMS.cells(_row(kube, ("team-1", "data-1")), 1.0)[2])
    assert "[red]x[/]" in text
    assert "\x1b" not in text
