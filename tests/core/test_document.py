"""Documents: every value knows its place, every fault of the text is a sentence with a place."""

import json
import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.document import Problem, Value, describe, nearest, parse_document, shown

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
TREES = st.recursive(
    LEAVES, lambda t: st.lists(t, max_size=4) | st.dictionaries(st.text(), t, max_size=4), max_leaves=12
)
ROOTS = st.lists(TREES, max_size=4) | st.dictionaries(st.text(), TREES, max_size=4)


def read(text: str | bytes, source: str = "f") -> Value:
    value, problems = parse_document(text, source)
    assert not problems
    assert value is not None
    return value


def fault(text: str | bytes, source: str = "f") -> str:
    _, problems = parse_document(text, source)
    assert len(problems) == 1
    return str(problems[0])


def test_a_problem_reads_like_a_compiler_s() -> None:
    assert str(Problem("t.json", 3, 7, "error", "no")) == "t.json:3:7: error: no"


@pytest.mark.parametrize("text", ['{\n\t"a": [1,\n\t\t"x"]}', "a:\n  - 1\n  - x\n"])
def test_keys_and_values_know_line_and_column(text: str) -> None:
    member = read(text).members["a"]
    places = [(item.line, item.column) for item in member.value.items]
    if text.startswith("{"):
        assert (member.line, member.column, places) == (2, 2, [(2, 8), (3, 3)])
    else:
        assert (member.line, member.column, places) == (1, 1, [(2, 5), (3, 5)])


def test_byte_order_mark_and_windows_line_ends_do_not_move_places() -> None:
    member = read(b'\xef\xbb\xbf{\r\n  "a": 1}').members["a"]
    assert (member.line, member.column, member.value.scalar) == (2, 3, 1)


@given(ROOTS)
def test_json_is_read_as_json_reads_it(data: Any) -> None:
    text = json.dumps(data, indent=1, ensure_ascii=False)
    if any("\ud800" <= c <= "\udfff" for c in text):
        return
    # Line ends inside of texts are escapes in JSON, so cleaning line ends can't change one.
    assert read(text).plain() == data


@settings(max_examples=300)
@given(st.text(alphabet='{}[]",:\\/ \n\t\r01e-.truefalsn\u00e9', max_size=14))
def test_what_json_refuses_is_refused_and_nothing_else(text: str) -> None:
    value, problems = parse_document("[" + text, "f.json")
    try:
        expected = json.loads(("[" + text).replace("\r", "\n"), parse_constant=_refuse, object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        assert value is None
        assert [p.severity for p in problems] == ["error"]
    else:
        assert value is not None
        assert value.plain() == expected


def _refuse(word: str) -> None:
    raise ValueError(word)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


@given(ROOTS)
def test_yaml_that_pyyaml_writes_is_read_back(data: Any) -> None:
    text = yaml.safe_dump(data, allow_unicode=True)
    if any(tag in text for tag in ("!!", "? ", ".e", ".inf")) or text.lstrip()[0] in "{[":
        return
    value, problems = parse_document(text, "f.yaml")
    assert value is not None, problems
    assert _same(value.plain(), yaml.safe_load(text))


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, dict):
        return list(map(str, ours)) == list(map(str, theirs)) and all(map(_same, ours.values(), theirs.values()))
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(theirs, float):
        return math.isclose(float(ours), theirs)
    # A number of more than 40 digits stays a text.
    return bool(str(ours) == str(theirs))


@given(st.text() | st.binary(), st.sampled_from(["f", "f.json", "f.yaml"]))
def test_junk_never_raises(text: str | bytes, source: str) -> None:
    value, problems = parse_document(text, source)
    assert value is not None or problems
    assert all(p.line >= 1 and p.column >= 1 and p.message for p in problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,}', "f:1:8: error: the comma after the last entry, before '}', is one too many; take it out"),
        ('{"a" 1}', 'f:1:6: error: a colon is missing after the key "a"'),
        ('{"a": [1 2]}', "f:1:10: error: a comma is missing before '2'"),
        ('{"a": [1\n', "f:2:1: error: the file ends here, but the '[' of line 1 is not closed"),
        ('{"a": 1]', "f:1:8: error: ']' does not close the '{' of line 1; '}' is expected"),
        ("{'a': 1}", "f:1:2: error: a key stands in double quotes (\"), but here is 'a'"),
        ('{"a": True}', "f:1:7: error: write true, JSON does not know 'True'"),
        ('{"a": "b\n"}', "f:1:7: error: this text is not closed: a double quote is missing on this line"),
        ('{"a": "\\d"}', "f:1:8: error: '\\d' is no escape that JSON knows; write \\\\ for a backslash"),
        ('{"a": "\t"}', "f:1:8: error: a tab may not stand inside a text; write it as an escape"),
        ('{"a": 01}', "f:1:7: error: '01' is no number that JSON knows"),
        ('{"a": \u201cb\u201d}', "f:1:7: error: text stands in double quotes (\"), not as \u201cb\u201d"),
        ('{}\n// x', "f:2:1: error: JSON knows no comments; take this one out, or write the file as YAML"),
        ('{} {}', "f:1:4: error: nothing may follow the end of the first value, but here stands '{'"),
        ('{"a": 1,\n "a": 2}', 'f:2:2: error: the key "a" is given twice in this object; the first is on line 1'),
        ('["\\ud800"]',
         "f:1:2: error: this text holds half of a surrogate pair (\\ud800 to \\udfff), which is no character"),
        ("[" * 5000, "f:1:66: error: this is nested deeper than 64 levels"),
    ],
)  # fmt: skip
def test_faults_of_json(text: str, expected: str) -> None:
    assert fault(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\t- b", "f:2:1: error: a tab stands here; YAML is indented with spaces only"),
        ("a: b: c", "f:1:5: error: no colon may stand here; is the indentation right, or a quote missing?"),
        ('a: "x', "f:1:6: error: a quote that was opened is not closed before the end of the file"),
        ("- a\nb: 1",
         "f:2:1: error: this line is indented unlike the ones it belongs to, or a '-' or key is missing"),
        ("a: 1\na: 2", 'f:2:1: error: the key "a" is given twice in this object; the first is on line 1'),
        ("a: 1\n---\nb: 2", "f:2:1: error: a second document starts here; a file holds only one"),
        ("a: &x [*x]", "f:1:8: error: no anchor &x stands before this alias"),
        ("a: !!python/object:os.x {}",
         "f:1:4: error: the tag !!python/object:os.x is not read here; write a plain value"),
        ("b: {<<: 1}", "f:1:5: error: merge keys (<<) are not read here; write the keys out"),
        ("? [a]\n: b", "f:1:3: error: a key must be a word, not a list or an object"),
        ("- " * 3000 + "a", "f:1:129: error: this is nested deeper than 64 levels"),
        ("a: \x01", "f:1:4: error: the character U+0001 may not stand in a text file"),
        ("a: \x00", "f:1:4: error: the file is no UTF-8 text from here on"),
        (b"a: b\nc: \xff", "f:2:4: error: the file is no UTF-8 text from here on"),
        (b"\xff\xfea\x00", "f:1:1: error: the file is UTF-16 text; save it as UTF-8"),
        (" \n", "f:1:1: error: the file is empty"),
        ("# nothing\n", "f:1:1: error: the file holds nothing but comments"),
    ],
)  # fmt: skip
def test_faults_of_yaml(text: str | bytes, expected: str) -> None:
    assert fault(text) == expected


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "with its aliases the file holds more than 200000 values" in fault("\n".join(lines))


def test_an_alias_stands_where_it_is_written() -> None:
    item = read("a: &x [1]\nb: *x\n").members["b"].value
    assert (item.line, item.column, item.plain()) == (2, 4, [1])


def test_words_that_old_yaml_takes_for_something_else_stay_text() -> None:
    root = read("[on, yes, off, no, 0:30, 010, 2024-01-01, true, ~, 1.5, '1', 1_000]", "f.yaml")
    assert root.plain() == ["on", "yes", "off", "no", "0:30", "010", "2024-01-01", True, None, 1.5, "1", "1_000"]


def test_the_language_is_chosen_by_name_then_by_content() -> None:
    assert read("{a: 1}", "f.yaml").plain() == {"a": 1}
    assert read('{\t"a": 1}', "f.yaml").plain() == {"a": 1}
    assert "rename it to .yaml" in fault("a:\n- 1", "f.json")
    assert "'nonsense' is no value" in fault("nonsense", "f.json")


def test_values_in_words() -> None:
    texts = [describe(item) for item in read('["1", 5, 1.5, true, null, {}, []]').items]
    assert texts == ['the text "1"', "the number 5", "the number 1.5", "true", "nothing (null)", "an object", "a list"]
    assert shown("a\x1b[1m" + "b" * 90) == "a\\x1b[1m" + "b" * 52 + "..."


def test_the_nearest_word() -> None:
    assert nearest("cluster", ["clusters", "nodes"]) == "clusters"
    assert nearest("HostNames", ["hostnames"]) == "hostnames"
    assert nearest("quux", ["clusters", "nodes"]) == ""
