"""The real nodes still answer as they did when they were recorded."""

import asyncio

import pytest

from tests.contract.cases import SCENARIOS
from tests.contract.record import on_real_nodes, recorded
from tests.lab.nodes import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_real_node_answers_as_recorded(lab: Lab, scenario: str) -> None:
    answers = asyncio.run(on_real_nodes(scenario, lab))
    differing = {name: answer for name, answer in answers.items() if answer != recorded(scenario).get(name)}
    assert differing == {name: recorded(scenario).get(name) for name in differing}
