"""Bad loads of heketi's users, on simulated nodes, with `brickyard topology load`.

heketi-cli ended each of them with code 0 and left something. Here each ends loaded, or refused before any
change, or half loaded and then taken back without a trace; and one line names node, device and cause.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.cases import DISKS, NODES, Case, End
from tests.scenarios.stage import Stage, open_stage, said, same, unexplained
from tests.scenarios.states import make_bad, put_right


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Nodes that nothing was done to yet."""
    with open_stage(tmp_path) as opened:
        yield opened


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
    mended(stage, case)


def mended(stage: Stage, case: Case) -> None:
    """The cause is gone, and the same command completes the load."""
    stage.happen(put_right, case.state)
    again = stage.load(case.topology)
    assert again.code == 0, again
    assert tuple(stage.groups().values()) == (3, 3, 3, 0)
