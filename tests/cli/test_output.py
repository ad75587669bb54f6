"""Results that hold what others wrote."""

import json

import pytest

from tui.cli.output import show_data


def test_json_keeps_words_and_escapes_what_controls_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"event": "größer\u009b31m\u202ered\U000e0001 \x1b[2J 日本"}
    show_data(data, "json")
    out = capsys.readouterr().out
    assert "größer" in out
    assert "日本" in out
    assert not [c for c in out if not c.isprintable() and c != "\n"]
    assert json.loads(out) == data
