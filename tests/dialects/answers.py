"""Answers that were captured on real nodes, as results of our own commands."""

import json
from pathlib import Path
from typing import Any

from tui.core.plan import Command, Result
from tui.dialects import probe

DATA = Path(__file__).parent.parent / "data"


def gluster_answer(name: str, *argv: str, code: int = 0) -> Result:
    """A captured answer of gluster, in XML or not."""
    command = Command(argv or ("gluster", "--mode=script", "--xml", "volume", "info"), xml=True)
    return Result(command, code, (DATA / "gluster" / name).read_text())


def recorded(name: str) -> list[Result]:
    """A batch of commands with their answers."""
    return [result(row) for row in json.loads((DATA / "host" / name).read_text())]


def result(row: dict[str, Any]) -> Result:
    """One recorded command with its answer; a command of the probe is that very command."""
    argv = tuple(row["argv"])
    plain = Command(argv, xml="--xml" in argv)
    command = next((known for known in probe.probe_commands() if known.argv == argv), plain)
    return Result(command, row["code"], row["stdout"], row["stderr"])
