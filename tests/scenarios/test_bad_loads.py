"""Bad loads of heketi's users, on simulated nodes, with `brickyard topology load`.

heketi-cli ended nearly all of them with code 0 and left something. Here each ends loaded, or refused
before any change, or half loaded and then taken back without a trace; and one line names node, device
and cause. What begins on nodes that are loaded already is in `test_loads_of_loaded_nodes`.

Transcripts that tell of heketi's own database or server, and of no node:
- 02, 08, 20: the lists of its clusters and volumes after a failure. brickyard has no list beside the
  nodes; what 02 and 08 show (an empty cluster gone, a second cluster made) is looked at in 01 and 07.
- 05: its tree of a half-loaded cluster; the nodes of it are in 06.
- 16: a wrong key of its REST interface, and 17: its server does not run. There is no server here; in
  their places stand the nodes, which refuse a key or are dead.
- 19: its list of pending operations, empty after a failure; brickyard's list is looked at in 18.
"""

import pytest

from tests.scenarios.cases import DISKS, FILES, NODES, Case, End
from tests.scenarios.stage import DATA, Stage, said, same, unexplained
from tests.scenarios.states import make_bad, put_right
from tui.core.topology_file import parse_topology


@pytest.mark.parametrize("case", [*NODES, *DISKS], ids=lambda case: case.name)
def test_a_bad_load(stage: Stage, case: Case) -> None:
    stage.happen(make_bad, case.state)
    before = stage.photos()
    ended = stage.load(case.topology)
    assert ended.code == case.code, ended
    assert [words for words in case.says if not said(ended, words)] == [], ended.out
    assert unexplained(ended, case.says) == []
    assert tuple(stage.groups().values())[:3] == case.groups
    if case.end is End.REFUSED:
        assert stage.changes() == []
    else:
        assert stage.photos() != before
        undone = stage.run("undo", "--yes")
        assert undone.code == 0, undone
    same(before, stage.photos())
    if case.mend:
        mended(stage, case)


def mended(stage: Stage, case: Case) -> None:
    """The cause is gone, and the same command completes the load."""
    stage.happen(put_right, case.state)
    again = stage.load(case.topology)
    assert again.code == 0, again
    reading = parse_topology((DATA / case.topology).read_bytes(), case.topology)
    assert reading.topology is not None
    assert stage.groups() == {n.manage.partition(".")[0]: len(n.devices) for n in reading.topology.nodes} | {
        "node99": 0
    }


@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
def test_a_bad_file(stage: Stage, case: Case) -> None:
    before = stage.photos()
    ended = stage.load(case.topology)
    assert (ended.code, ended.out) == (2, "")
    assert [words for words in case.says if not said(ended, words)] == [], ended.err
    assert [node.accepted for node in stage.demo.nodes] == [0] * 4
    same(before, stage.photos())
