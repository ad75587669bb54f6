"""Play a scenario on nodes, simulated or real, and note what they answer."""

import asyncio
import dataclasses
import re
import time
from typing import Any, Protocol

from tests.contract.answers import form_of
from tests.contract.case import NODES, Ask, Given, Scenario, Wait
from tui.core.plan import Command, Result
from tui.core.runner import Runner
from tui.dialects import host, lvm
from tui.dialects.host_answers import parse_properties
from tui.dialects.lvm_answers import parse_lvs

Answers = dict[str, dict[str, Any]]


class Place(Protocol):
    """Three clean nodes "node1" to "node3" that a scenario is played on."""

    @property
    def runner(self) -> Runner:
        """The way to the nodes."""
        ...

    async def make(self, given: Given) -> None:
        """Let something be so on a node."""
        ...


async def play(scenario: Scenario, place: Place) -> Answers:
    """The answers by the names of the commands. Raises TimeoutError where a `Wait` waits in vain."""
    known = {await _uuid(place.runner, number): f"UUID-OF-NODE{number}" for number in NODES}
    answers: Answers = {}
    results: list[Result] = []
    for item in scenario.items:
        if isinstance(item, Given):
            await place.make(item)
        elif isinstance(item, Wait):
            await _until(item, place.runner, answers)
        else:
            result = await _one(place.runner, item.node, await _meant(item, place.runner))
            form = form_of(result, results, known)
            answers[item.name] = {key: value for key, value in form.items() if key not in item.ignore}
            results.append(result)
    return answers


async def _one(runner: Runner, node: int, command: Command) -> Result:
    return (await runner.run(f"node{node}", [command], stop=False))[0]


async def _uuid(runner: Runner, node: int) -> str:
    result = await _one(runner, node, host.cat("/var/lib/glusterd/glusterd.info"))
    return parse_properties(result.stdout)["UUID"]


async def _until(wait: Wait, runner: Runner, answers: Answers) -> None:
    ends = time.monotonic() + wait.seconds
    while not wait.check.passes(last := await _one(runner, wait.node, wait.check.command)):
        if time.monotonic() > ends:
            so_far = "\n".join(f"{name}: {answer}" for name, answer in list(answers.items())[-3:])
            raise TimeoutError(f"node{wait.node}: {wait.check.why}: {last.stdout}\nbefore that:\n{so_far}")
        await asyncio.sleep(0.05)


async def _meant(ask: Ask, runner: Runner) -> Command:
    """The command with "@VG/LV@" replaced by the uuid of that logical volume."""
    argv = list(ask.command.argv)
    for place, word in enumerate(argv):
        if match := re.search(r"@(.+)/(.+)@", word):
            rows = parse_lvs((await _one(runner, ask.node, lvm.lvs())).stdout)
            uuid = next(lv.uuid for lv in rows if (lv.vg, lv.name) == match.groups())
            argv[place] = word.replace(match[0], uuid)
    return dataclasses.replace(ask.command, argv=tuple(argv))
