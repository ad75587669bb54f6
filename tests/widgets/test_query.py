"""The filter language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.query import matches, parse_query, searchable

ROW = {"node": "Storage-1", "state": "offline", "path": "node1:/brick [a]", "f2": ""}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("   ! ", True),
        ("STORAGE", True),
        ("storage off", True),
        ("storage online", False),
        ("!online", True),
        ("!offline", False),
        ("state:off", True),
        ("path:off", False),
        ("!state:on", True),
        ("!state:off", False),
        ("State:OFF !path:b9", True),
        ("node1:/brick", True),
        ("[a]", True),
        ("path:[a]", True),
        ("path:.*", False),
        ("f2", False),
        ("state", False),
        ("1state", False),
        ("node:", True),
    ],
)
def test_matches(text: str, found: bool) -> None:
    assert matches(parse_query(text, ROW), ROW) is found


@given(st.lists(st.text(max_size=20), max_size=20), st.text(st.characters(exclude_characters="!: \n\t"), max_size=3))
def test_select_agrees_with_python(values: list[str], word: str) -> None:
    query = parse_query(word)
    lines = [searchable({"a": value}) for value in values]
    words = word.casefold().split()
    assert query.select(lines) == [
        place for place, value in enumerate(values) if all(part in value.casefold() for part in words)
    ]
