"""A probe whose answers are the same as before is not read again; what changed is."""

from dataclasses import replace

from tests.dialects.answers import recorded
from tui.core.plan import Result
from tui.dialects import probe


def test_the_same_answers_give_the_same_facts_at_a_new_time() -> None:
    first = probe.parse_probe(recorded("probe-brick.json"), 7.0)
    again = probe.parse_probe(recorded("probe-brick.json"), 8.0)
    assert again == replace(first, read_at=8.0)
    assert again.logical_volumes is first.logical_volumes


def test_only_what_changed_is_read_anew() -> None:
    first = probe.parse_probe(recorded("probe-brick.json"), 7.0)
    assert first.swaps == ()
    swap = "Filename\t\t\tType\t\tSize\tUsed\tPriority\n/dev/vdd partition\t1048572\t0\t-2\n"
    changed = probe.parse_probe(_with("/proc/swaps", swap), 8.0)
    assert changed == replace(first, read_at=8.0, swaps=("/dev/vdd",))
    assert changed.peers is first.peers
    assert probe.parse_probe(recorded("probe-brick.json"), 9.0) == replace(first, read_at=9.0)


def test_an_answer_that_fails_is_unread_until_it_comes_again() -> None:
    first = probe.parse_probe(recorded("probe-brick.json"), 7.0)
    cut = [answer for answer in recorded("probe-brick.json") if answer.command.argv[:2] != ("lvm", "lvs")]
    partly = probe.parse_probe(cut, 8.0)
    assert list(partly.unread) == ["logical_volumes"]
    assert partly.logical_volumes == ()
    assert probe.parse_probe(recorded("probe-brick.json"), 9.0) == replace(first, read_at=9.0)


def test_two_nodes_of_one_name_are_not_mixed_up() -> None:
    blank, used = recorded("probe-blank.json"), recorded("probe-brick.json")
    names = {answer.command.argv: answer for answer in used[:4]}
    twin = [
        names.get(answer.command.argv, answer) if answer.command.argv[0] == "hostname" else answer for answer in blank
    ]
    alone = probe.parse_probe(twin, 7.0)
    probe.parse_probe(used, 8.0)
    assert probe.parse_probe(twin, 9.0) == replace(alone, read_at=9.0)


def _with(path: str, text: str) -> list[Result]:
    """The recorded answers, with another text for one file."""
    return [
        replace(answer, code=0, stdout=text, stderr="") if answer.command.argv == ("cat", path) else answer
        for answer in recorded("probe-brick.json")
    ]
