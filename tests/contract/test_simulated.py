"""The simulated nodes answer as the real ones did, so that a test on them means something."""

import asyncio
import functools
import tempfile
from pathlib import Path

import pytest

from tests.contract.cases import SCENARIOS
from tests.contract.play import Answers, play
from tests.contract.record import recorded
from tests.contract.simulated import simulated_place


async def _played(name: str) -> Answers:
    with tempfile.TemporaryDirectory() as folder:
        place = await simulated_place(Path(folder))
        try:
            return await play(SCENARIOS[name], place)
        finally:
            await place.close()


@functools.cache
def simulated(name: str) -> Answers:
    """The answers of the simulated nodes to a whole scenario."""
    return asyncio.run(_played(name))


@pytest.mark.parametrize(
    ("scenario", "ask"), [(name, ask.name) for name, scenario in SCENARIOS.items() for ask in scenario.asks]
)
def test_a_simulated_node_answers_as_a_real_one(scenario: str, ask: str) -> None:
    assert simulated(scenario)[ask] == recorded(scenario)[ask]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_record_is_of_this_scenario(scenario: str) -> None:
    assert list(recorded(scenario)) == [ask.name for ask in SCENARIOS[scenario].asks]
