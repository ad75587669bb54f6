"""brickyard is killed before, in the middle of, and after every step; then it is resumed, or undone.

The undo is killed at all of its points too, then resumed, or begun anew. `BRICKYARD_FULL=1` runs
every point, otherwise a sample that is spread over all of them.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash import driver
from tests.crash.case import Case, differs_from, differs_from_blank, open_case, resume_all, resume_undo, undo_all
from tests.crash.driver import Job
from tests.crash.photo import without_ids
from tests.crash.trap import Point

FULL = bool(os.environ.get("BRICKYARD_FULL"))
SAMPLE = 12
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Matrix:
    """`first` is done, then `job` is killed, and `put_right` follows; `blank`: nothing may be left then."""

    job: Job
    put_right: Callable[[Case], Awaitable[None]]
    first: Job | None = None
    blank: bool = True


MATRICES = {
    "killed, resumed": Matrix(driver.load_and_create, resume_all, blank=False),
    "killed, undone": Matrix(driver.load_and_create, undo_all),
    "undo killed, resumed": Matrix(driver.undo, resume_undo, driver.load_and_create),
    "undo killed, undone again": Matrix(driver.undo, undo_all, driver.load_and_create),
}


async def uninterrupted(folder: Path, matrix: Matrix) -> tuple[list[Point], str]:
    """Every point of an uninterrupted run, and what stands at its end."""
    async with open_case(folder) as case, case.site() as site:
        if matrix.first:
            await matrix.first(site)
        case.trap.set(None)
        await matrix.job(site)
        return list(dict.fromkeys(case.trap.seen)), without_ids(case.photos())


async def play(folder: Path, point: Point, matrix: Matrix, end: str) -> tuple[bool, list[str]]:
    """Whether the point was reached, and what is wrong in the end."""
    async with open_case(folder) as case:
        if matrix.first:
            async with case.site() as site:
                await matrix.first(site)
        reached = await case.killed_at(point, matrix.job)
        try:
            await matrix.put_right(case)
        except AssertionError as error:
            return reached, [f"{point}: {error}"]
        wrong = differs_from_blank(case) if matrix.blank else differs_from(end, case)
        return reached, [f"{point}: {line}" for line in wrong]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", MATRICES)
async def test_killed_everywhere(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    matrix, turn = MATRICES[name], asyncio.Semaphore(AT_ONCE)
    points, end = await uninterrupted(tmp_path / "whole", matrix)
    tried = points if FULL else points[len(name) % 5 :: max(1, len(points) // SAMPLE)]

    async def one(number: int, point: Point) -> tuple[bool, list[str]]:
        async with turn:
            return await play(tmp_path / str(number), point, matrix, end)

    results = await asyncio.gather(*(one(number, point) for number, point in enumerate(tried)))
    wrong = [line for _, lines in results for line in lines]
    count = sum(reached for reached, _ in results)
    with capsys.disabled():
        print(f"\n{name}: {count} cases ({len(points)} points), {sum(bool(lines) for _, lines in results)} wrong")
    assert not wrong, "\n".join(wrong)
    # a look that is repeated until it is answered well may come less often
    assert count >= len(tried) - sum(point.number > 1 for point in tried)
