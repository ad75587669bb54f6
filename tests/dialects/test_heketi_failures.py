"""What heketi says when it refuses or fails stays whole, and says what to do."""

import pytest

from tests.contract.heketi_calls import read_calls
from tui.core.plan import Command, Result
from tui.dialects import heketi_requests as requests
from tui.dialects.failures import explain


def failed(text: str, code: int = 500) -> Result:
    return Result(Command(("POST", "/volumes"), sudo=False, ok=(200,)), code, text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Failed to allocate new volume: No space\n", "as many online nodes with room"),
        ("Failed to allocate new volume: Id not found\n", "brickyard heketi export-repair"),
        ("Failed to allocate volume expansion: Maximum number of bricks reached.\n", "32 bricks at most"),
        ("Unable to replace brick a:/x with b:/y for volume db\n", "gluster volume status db"),
        ("New Node doesn't have glusterd running\n", "systemctl status glusterd"),
        ("None of the nodes in cluster has glusterd running\n", "systemctl status glusterd"),
        ("Hostname node1 already used by node with id 123\n", "look for node1"),
        ("Service disabled for maintenance\n", "SIGUSR2"),
        ("Initializing device /dev/sdb failed (already initialized or contains data?): x\n", "destroydata"),
        ("  Volume group \"vg_a\" has insufficient free space (185 extents): 512 required.\n", "heketi resync"),
        ("  thin: Required device-mapper target(s) not detected in your kernel.\n", "modprobe"),
        ("something that nobody has seen yet\n", ""),
    ],
)  # fmt: skip
def test_what_to_do_now(text: str, remedy: str) -> None:
    told = explain(failed(text))
    assert told.reason == text.strip()
    assert remedy in told.remedy
    assert bool(told.remedy) == bool(remedy)


def test_several_lines_stay_whole_in_one() -> None:
    told = explain(failed("volume set: failed: option : group does not exist\nDid you mean locks.trace?\n"))
    assert told.reason == "volume set: failed: option : group does not exist; Did you mean locks.trace?"
    assert len(explain(failed("x" * 2000)).reason) == 500
    assert explain(failed("")).reason == "'POST /volumes' was answered with HTTP 500"


def test_of_xml_that_heketi_hands_on_only_glusters_words_are_told() -> None:
    words = "volume replace-brick: failed: Unable to get &quot;volinfo&quot; of db"
    xml = f"<?xml version='1.0'?>\n<cliOutput><opRet>-1</opRet>\n<opErrstr>{words}</opErrstr></cliOutput>\n"
    assert explain(failed(xml)).reason == 'volume replace-brick: failed: Unable to get "volinfo" of db'
    empty = "<cliOutput><opRet>-1</opRet><opErrstr></opErrstr></cliOutput>"
    assert explain(failed(empty)).reason == empty


@pytest.mark.parametrize(
    ("kind", "state", "stays"),
    [("devices", "failed", "brickyard undo"), ("nodes", "failed", "heketi enable NODE"), ("devices", "offline", "")],
)
def test_what_was_taken_offline_to_be_emptied_stays_so_and_that_is_told(kind: str, state: str, stays: str) -> None:
    command = requests.set_state(kind, "d" * 32, state).command(60.0)
    told = explain(Result(command, 500, "No Replacement was found for resource requested to be removed\n"))
    assert "room on a node" in told.remedy
    assert ("takes no new bricks now" in told.remedy) == bool(stays)
    assert stays in told.remedy


def test_every_recorded_refusal_is_told_in_heketis_words() -> None:
    refusals = [call for call in read_calls() if call.status >= 400 and isinstance(call.body, str)]
    assert len(refusals) > 50
    for call in refusals:
        told = explain(failed(call.body, call.status))
        first = call.body.strip().splitlines()[0] if call.body.strip() else "was answered with HTTP"
        assert first[:400] in told.reason
        assert "{" not in told.remedy
        assert told.transient == (call.status == 429)
