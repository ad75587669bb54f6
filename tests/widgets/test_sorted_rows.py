"""Rows that stay sorted: whatever changes in whatever order, they are what sorting all of them anew would give."""

import random

import pytest

from tui.widgets.query import Query, parse_query, searchable
from tui.widgets.sorted_rows import SortedRows

Row = tuple[int, str, int]  # number, word, severity
WORDS = ("bound", "waiting", "lost")


def _line(row: Row) -> str:
    return searchable({"name": str(row[0]), "state": row[1]})


def _made() -> SortedRows[int, Row]:
    return SortedRows(lambda row: (-row[2], row[1]), lambda row: row[2], _line)


def _expected(rows: dict[int, Row], query: Query, faults_only: bool) -> list[int]:
    kept = [number for number, row in rows.items() if not faults_only or row[2] > 0]
    kept = [number for number in kept if query.select([_line(rows[number])])]
    return sorted(kept, key=lambda number: (-rows[number][2], rows[number][1], number))


@pytest.mark.parametrize("seed", range(6))
def test_they_are_what_sorting_anew_gives(seed: int) -> None:
    luck = random.Random(seed)
    rows: dict[int, Row] = {}
    held = _made()
    query, faults_only = Query(), False
    for _ in range(60):
        for _ in range(luck.choice([1, 3, 400])):
            number = luck.randrange(300)
            if luck.random() < 0.3:
                rows.pop(number, None)
                held.drop(number)
            else:
                word = luck.choice(WORDS)
                rows[number] = (number, word, WORDS.index(word))
                held.put(number, rows[number])
        held.flush()
        if luck.random() < 0.3:
            query, faults_only = parse_query(luck.choice(["", "1", "state:lost", "!bound"])), luck.random() < 0.5
            while not held.prepare(0.001):
                pass
            held.narrow(query, faults_only)
        expected = _expected(rows, query, faults_only)
        assert held.shown() == expected
        assert held.shown(reverse=True) == expected[::-1]
        assert list(held.view(held.shown())) == [rows[number] for number in expected]
        assert len(held) == len(rows)
        assert held.faults == sum(row[2] > 0 for row in rows.values())


def test_only_what_changed_is_told() -> None:
    held = _made()
    for number in range(5):
        held.put(number, (number, "bound", 0))
    assert held.flush() == {0, 1, 2, 3, 4}
    held.put(1, (1, "bound", 0))
    held.put(2, (2, "lost", 2))
    held.drop(3)
    held.drop(99)
    assert held.keys() == {0, 1, 2, 4}
    assert held.flush() == {2, 3}
    assert held.shown() == [2, 0, 1, 4]
    assert held.place_of(2) == 0
    assert held.place_of(4) == 3
    assert held.place_of(3) == -1


def test_another_order() -> None:
    held = _made()
    for number, word in enumerate(WORDS):
        held.put(number, (number, word, number))
    held.flush()
    assert held.shown() == [2, 1, 0]
    held.sort_by(lambda row: (row[1],))
    assert held.shown() == [0, 2, 1]
    held.put(7, (7, "aaa", 0))
    held.flush()
    assert held.shown() == [7, 0, 2, 1]


def test_what_is_not_ready_to_be_searched_is_found_later() -> None:
    held = _made()
    for number in range(2000):
        held.put(number, (number, "bound", 0))
    held.flush()
    rounds = 0
    while not held.prepare(0.0):
        rounds += 1
        held.narrow(parse_query("bound"), False)
        assert 0 < len(held.shown()) < 2000
    assert rounds > 1
    held.narrow(parse_query("bound"), False)
    assert len(held.shown()) == 2000


def test_a_view_gives_rows_by_place_and_by_slice() -> None:
    held = _made()
    for number in range(4):
        held.put(number, (number, "bound", 0))
    held.flush()
    view = held.view(held.shown())
    assert view[1] == (1, "bound", 0)
    assert [row[0] for row in view[1:3]] == [1, 2]
    assert len(view) == 4
