"""The command line on a machine beside the real nodes."""

import os
import subprocess
import sys
from pathlib import Path

from tests.lab.nodes import Lab


class Bastion:
    """Runs the command line as an admin would, with a journal of its own."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self._site = ("--config", str(lab.write_site(folder)), "--site", "lab", "--yes", "-o", "json")
        self.load = ("topology", "load", str(lab.write_topology(folder / "topology.json", devices=1)))
        self._environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Begin a command."""
        argv = [sys.executable, "-m", "tui", *words, *self._site]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=self._environment
        )

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command to its end."""
        process = self.start(*words)
        out, err = process.communicate(timeout=600)
        assert process.returncode == code, (words, process.returncode, out, err)
        return out
