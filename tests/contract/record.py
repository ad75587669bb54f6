"""Play scenarios on the real nodes and write down what they answer: python -m tests.contract.record [NAME...]."""

import asyncio
import functools
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.contract.cases import SCENARIOS
from tests.contract.play import Answers, play
from tests.contract.real import RealPlace
from tests.lab.nodes import Lab, running_lab

RECORDED = Path(__file__).parent / "recorded"


def file_of(name: str) -> Path:
    """Where the answers of a scenario are kept."""
    return RECORDED / f"{name.replace(' ', '-')}.json"


@functools.cache
def recorded(name: str) -> Answers:
    """What the real nodes answered; {} where nobody has asked them yet."""
    path = file_of(name)
    answers: Answers = json.loads(path.read_text()) if path.exists() else {}
    return answers


async def on_real_nodes(name: str, lab: Lab) -> Answers:
    """Play one scenario on clean real nodes."""
    await asyncio.to_thread(lab.wipe)
    with tempfile.TemporaryDirectory() as folder:
        place = RealPlace(lab, Path(folder))
        try:
            return await play(SCENARIOS[name], place)
        finally:
            await place.close()


def main(names: list[str]) -> None:
    """Record the named scenarios, or all."""
    RECORDED.mkdir(exist_ok=True)
    with running_lab() as lab:
        for name in names or SCENARIOS:
            began = time.monotonic()
            answers = asyncio.run(on_real_nodes(name, lab))
            file_of(name).write_text(json.dumps(answers, indent=1) + "\n")
            print(f"{name}: {len(answers)} answers in {time.monotonic() - began:.0f} s", flush=True)
        lab.wipe()


if __name__ == "__main__":
    main(sys.argv[1:])
