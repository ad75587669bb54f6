"""How many channels are let through, and what a refusal changes."""

import asyncio

import pytest

from tui.remote.gate import Gate


async def test_a_refusal_means_no_more_than_are_open() -> None:
    gate = Gate(8)
    for _ in range(3):
        gate.channel_opened()
    gate.refused()
    assert gate.limit == 3


async def test_a_refusal_below_what_was_possible_before_only_means_that_sshd_lags() -> None:
    gate = Gate(8)
    for _ in range(3):
        gate.channel_opened()
    gate.channel_closed()
    gate.refused()
    assert gate.limit == 8


async def test_one_is_always_let_through() -> None:
    gate = Gate(8)
    gate.refused()
    assert gate.limit == 1
    async with gate.slot():
        assert gate.used == 1


async def test_who_leaves_the_queue_hands_its_turn_on() -> None:
    gate = Gate(1)
    order: list[str] = []

    async def pass_through(name: str) -> None:
        async with gate.slot():
            order.append(name)

    async with gate.slot():
        first = asyncio.create_task(pass_through("first"))
        second = asyncio.create_task(pass_through("second"))
        await asyncio.sleep(0)
    first.cancel()  # its turn was given to it right before
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait_for(second, 5)
    assert (order, gate.used) == (["second"], 0)
