"""How far copies are apart, as gluster's answers tell it."""

from dataclasses import replace

import pytest

from tests.dialects.answers import gluster_answer
from tui.core.heal import BrickHeal
from tui.core.plan import Result
from tui.dialects import gluster_heal
from tui.dialects.gluster_heal import file_names, parse_heal, parse_split_brain

DOWN = "Transport endpoint is not connected"


def _summary(**changes: str) -> Result:
    answer = gluster_answer("heal-summary-two-down.xml", *gluster_heal.heal_summary("r3").argv)
    text = answer.stdout
    for old, new in changes.items():
        text = text.replace(f"<{old}>0</{old}>", f"<{old}>{new}</{old}>")
    return replace(answer, stdout=text)


def test_commands_are_what_an_admin_can_type() -> None:
    assert str(gluster_heal.heal_summary("db")) == "gluster --mode=script --xml volume heal db info summary"
    assert str(gluster_heal.split_brain_files("db")) == "gluster --mode=script --xml volume heal db info split-brain"
    start = gluster_heal.heal_start("db")
    assert str(start) == "gluster --mode=script volume heal db"
    # it ignores --xml: its exit code decides
    assert not start.xml


def test_a_brick_that_is_down_counts_nothing_and_is_not_well() -> None:
    one, two, three = parse_heal(_summary())
    assert one == BrickHeal("127.1.1.1", "/mnt/b1/r3", 0, 0, 0)
    assert two == BrickHeal("127.1.1.2", "/mnt/b2/r3", None, None, None, DOWN)
    assert three.reason == DOWN


def test_counts_are_told_apart() -> None:
    said = _summary(
        totalNumberOfEntries="17", numberOfEntriesInHealPending="12", numberOfEntriesInSplitBrain="3",
        numberOfEntriesPossiblyHealing="2",
    )  # fmt: skip
    brick = parse_heal(said)[0]
    assert (brick.pending, brick.split_brain, brick.healing, brick.reason) == (12, 3, 2, "")


def test_a_dash_is_unknown() -> None:
    brick = parse_heal(_summary(numberOfEntriesInHealPending="-", numberOfEntriesInSplitBrain="-"))[0]
    assert (brick.pending, brick.split_brain, brick.healing) == (None, None, 0)
    assert brick.reason


def test_the_plain_status_of_a_brick_that_is_down_is_its_reason() -> None:
    bricks = parse_heal(gluster_answer("heal-info-two-down.xml"))
    assert [(brick.pending, brick.split_brain) for brick in bricks] == [(None, None)] * 3
    assert [brick.reason for brick in bricks] == ["it was not counted", DOWN, DOWN]


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        ("heal-distribute.xml", 234, "volume dist keeps no copies of that kind"),
        ("heal-no-brick.xml", 251, "did not give the description of volume r2, or none of its bricks answers"),
        ("glusterd-down.txt", 1, "glusterd does not run on the node"),
    ],
)
def test_what_could_not_be_read_says_why(file: str, code: int, reason: str) -> None:
    # opRet decides, whatever the exit code
    for exit_code in (code, 0):
        answer = gluster_answer(file, *gluster_heal.heal_summary("x").argv, code=exit_code)
        with pytest.raises(ValueError, match=reason):
            parse_heal(answer)
        with pytest.raises(ValueError, match=reason):
            parse_split_brain(answer)


def test_an_answer_that_was_cut_off_is_no_answer() -> None:
    answer = _summary()
    with pytest.raises(ValueError, match="no complete XML"):
        parse_heal(replace(answer, stdout=answer.stdout[:700]))


def test_the_files_in_split_brain_by_brick() -> None:
    answer = gluster_answer("heal-split-brain-two-down.xml")
    names = [f"127.1.1.{n}:/mnt/b{n}/r3" for n in (1, 2, 3)]
    assert parse_split_brain(answer) == dict.fromkeys(names, ())
    files = '<file gfid="7e0f">/a &amp; b/[red]x</file><file gfid="8e0f">&lt;gfid:8e0f&gt;</file>'
    more = replace(answer, stdout=answer.stdout.replace("<status>Connected", f"{files}<status>Connected"))
    assert parse_split_brain(more)[names[0]] == ("/a & b/[red]x", "<gfid:8e0f>")


def test_files_are_named_once_by_their_path_where_one_brick_knows_it() -> None:
    assert file_names({"a:/b": ("<gfid:7e0f>",), "b:/b": ("/file",), "c:/b": ()}, 9) == ("/file",)
    assert file_names({"a:/b": ("<gfid:7e0f>", "/x"), "b:/b": ("<gfid:7e0f>", "/x")}, 9) == ("/x", "gfid:7e0f")
    assert file_names({"a:/b": ("/x", "/y", "/z")}, 2) == ("/x", "/y")
    assert file_names({}, 9) == ()
