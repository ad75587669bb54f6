"""The command line on one simulated heketi, which is named on it."""

import asyncio
import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import Ended, begin, end
from tests.site.heketi_world import key_file
from tui.__main__ import main
from tui.demo.heketi import SimHeketi


@dataclass(frozen=True, slots=True)
class HeketiCli:
    """The command line on one heketi, which is named on it."""

    server: SimHeketi
    home: Path

    async def __call__(self, *args: object) -> Ended:
        """Run a command: a change in a process of its own, the others in a thread of this one, 0.6 s faster."""
        key = key_file(self.home, self.server)
        words = ["--heketi", self.server.url, "--heketi-key-file", key, *map(str, args)]
        if "--yes" in args:
            return await end(await begin(*words, home=self.home))
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = await asyncio.to_thread(main, words)
        return Ended(code, out.getvalue(), err.getvalue())

    async def do(self, *args: object) -> Ended:
        """Run a change without a question; it has to work."""
        ended = await self(*args, "--yes")
        assert ended.code == 0, ended
        return ended

    def seed(self, nodes: int = 4) -> None:
        """Nodes with two disks each."""
        cluster = self.server.seed_cluster()
        for number in range(nodes):
            self.server.seed_node(
                cluster.id, f"node{number}", f"10.0.0.{number}", number % 3 + 1, ["/dev/sdb", "/dev/sdc"]
            )

    def changes(self) -> list[str]:
        """What was asked that changes something."""
        return [line for line in self.server.requests if not line.startswith("GET ") or line.endswith("/resync")]


def topology(path: Path, *names: str) -> Path:
    """A topology file of nodes with a disk each."""
    nodes = [
        {
            "node": {"hostnames": {"manage": [name], "storage": [f"10.0.0.{ord(name)}"]}, "zone": 1},
            "devices": ["/dev/sdb"],
        }
        for name in names
    ]
    path.write_text(json.dumps({"clusters": [{"nodes": nodes}]}))
    return path
