"""Results that hold what others wrote, and results that are long."""

import json
from collections.abc import Iterator

import pytest
import yaml

from tui.cli.output import show_data, show_long

ODD: dict[str, object] = {
    "event": "größer\u009b31m\u202ered\U000e0001 \x1b[2J 日本\nnext line: [x]",
    "none": None,
    "list": [],
    "more": [{}],
}
LISTS: dict[str, list[object]] = {
    "findings": [ODD, {"code": "C1", "on": True}], "sources": [], "others": [1, "a: b", [2, [3]]]
}  # fmt: skip


def test_json_keeps_words_and_escapes_what_controls_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"event": "größer\u009b31m\u202ered\U000e0001 \x1b[2J 日本"}
    show_data(data, "json")
    out = capsys.readouterr().out
    assert "größer" in out
    assert "日本" in out
    assert not [c for c in out if not c.isprintable() and c != "\n"]
    assert json.loads(out) == data


@pytest.mark.parametrize("output", ["json", "yaml"])
@pytest.mark.parametrize("data", [LISTS, LISTS["findings"], [], {"findings": [], "sources": []}], ids=str)
def test_what_is_printed_bit_by_bit_is_the_same_to_the_byte(
    output: str, data: dict[str, list[object]] | list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    show_data(data, output)
    whole = capsys.readouterr().out
    show_long({name: iter(items) for name, items in data.items()} if isinstance(data, dict) else iter(data), output)
    assert capsys.readouterr().out == whole
    assert yaml.safe_load(whole) == data if output == "yaml" else json.loads(whole) == data


def test_of_a_long_list_little_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    written: list[int] = []

    def rows() -> Iterator[str]:
        for _ in range(100):
            written.append(len(capsys.readouterr().out))
            yield "x" * 10_000

    show_long({"findings": rows()}, "json")
    assert max(written) < 100_000
    assert sum(written) + len(capsys.readouterr().out) > 1_000_000
