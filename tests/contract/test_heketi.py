"""The simulated heketi answers each recorded request as the real one did."""

import asyncio
import functools
import warnings

import aiohttp
import pytest

from tests.contract.heketi_calls import differences, read_calls, shape
from tests.contract.heketi_world import Recorder, recorded_server

CALLS = read_calls()


async def _replayed(number: int) -> dict[str, list[str]]:
    async with recorded_server(number) as server, aiohttp.ClientSession() as session:
        recorder = Recorder(server, session)
        found = {}
        for call in CALLS:
            if call.server == number:
                found[call.name] = differences(call, await recorder.replay(call), recorder.ids)
        return found


@functools.cache
def replayed(number: int) -> dict[str, list[str]]:
    """The differences of all calls of one server."""
    with warnings.catch_warnings():
        # the keys are as short as those that admins choose
        warnings.simplefilter("ignore")
        return asyncio.run(_replayed(number))


@pytest.mark.parametrize("name", [call.name for call in CALLS])
def test_the_simulated_heketi_answers_as_the_real_one(name: str) -> None:
    call = next(call for call in CALLS if call.name == name)
    assert replayed(call.server)[name] == []


def test_the_record_is_whole() -> None:
    assert len(CALLS) == 228
    assert [sum(call.server == number for call in CALLS) for number in range(3)] == [133, 68, 27]


def test_a_shape_tells_keys_and_types_apart() -> None:
    assert shape({"a": 1, "b": [1, 2]}) == shape({"b": [1.5], "a": 7})
    assert shape({"a": 1}) != shape({"a": "1"})
    assert shape({"a": 1}) != shape({"a": 1, "b": None})
    assert shape([{"a": 1}, {"b": 1}]) != shape([{"a": 1}])
    assert shape([{"a": 1, "b": []}, {"b": [2]}]) == shape([{"b": [3]}, {"a": 2, "b": [4]}])
