"""Every bad topology: all its problems with their places, exit code 2, and no node is asked anything."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tui.__main__ import main
from tui.demo.site import DemoSite, start_site

BAD = Path(__file__).parents[1] / "data" / "topology" / "bad"
FILES = sorted(path for path in BAD.iterdir() if path.suffix != ".problems")


def problems(file: Path) -> list[str]:
    """What must be said of a file: it stands beside it, a line a problem."""
    return [f"{file}:{line}" for line in Path(f"{file}.problems").read_text(encoding="utf-8").splitlines()]


WRONG = [file for file in FILES if any(": error: " in problem for problem in problems(file))]
DOUBTFUL = [file for file in FILES if file not in WRONG]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo() -> AsyncIterator[DemoSite]:
    """Nodes under names that the bad files use."""
    async with await start_site(2, 1) as site:
        yield site


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("file", WRONG, ids=lambda path: path.name)
async def test_a_wrong_topology_is_told_and_nothing_is_tried(
    demo: DemoSite, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["--config", str(demo.config_path), "topology", "load", str(file), "--yes"]
    code = await asyncio.to_thread(main, argv)
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.splitlines() == [*problems(file), f"{file} can't be loaded; no node was asked"]
    assert [(node.executor.history, node.accepted) for node in demo.nodes] == [([], 0)] * 2


@pytest.mark.parametrize("file", DOUBTFUL, ids=lambda path: path.name)
def test_a_doubtful_topology_is_good_with_warnings(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["topology", "check", str(file)])
    printed = capsys.readouterr()
    assert code == 0
    assert printed.out.startswith(f"{file}: ")
    assert printed.err.splitlines() == problems(file)


def test_all_bad_topologies_are_here() -> None:
    assert len(WRONG) >= 55
    assert len(DOUBTFUL) >= 10
