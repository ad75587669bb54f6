"""The admin at the command line, in front of the nodes of a bad load.

The nodes live in a thread of their own, so that the command line has the main thread, as in life.
"""

import asyncio
import contextlib
import functools
import io
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tests.cli.running import Cli, Ended
from tests.crash.photo import Photo, difference, photographs
from tests.scenarios.states import FSTAB, SIZE, Bad
from tui.__main__ import main
from tui.demo.site import DemoSite, start_site

DATA: Final = Path(__file__).parents[1] / "data" / "badtopo"
# names and storage addresses as heketi's users had them
STORAGE: Final = {
    "node00.example.com": "10.0.0.10",
    "node01.example.com": "10.0.0.11",
    "node02.example.com": "10.0.0.12",
    "node99.example.com": "10.0.0.99",
}
_NEW: Final = "node99.example.com"


T = TypeVar("T")


class Nodes:
    """An event loop in a thread of its own, where the simulated nodes run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nodes", daemon=True)
        self._thread.start()

    def wait(self, work: Coroutine[object, object, T]) -> T:
        """Run this among the nodes to its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def do(self, deed: Callable[[], T]) -> T:
        """Let this happen to the nodes between two of their own doings."""

        async def done() -> T:
            return deed()

        return self.wait(done())

    def end(self) -> None:
        """Stop the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass(slots=True)
class Stage:
    """The nodes, and the command line in front of them."""

    demo: DemoSite
    nodes: Nodes

    def photos(self) -> dict[str, Photo]:
        """All nodes now."""
        return self.nodes.do(lambda: photographs(node.machine for node in self.demo.nodes))

    def happen(self, deed: Callable[[DemoSite, Bad], None], state: Iterable[Bad]) -> None:
        """Let the nodes go bad, or be put right."""
        for bad in state:
            self.nodes.do(functools.partial(deed, self.demo, bad))

    def load(self, topology: str) -> Ended:
        """`brickyard topology load`, with the file under the name that it has here."""
        file = self.demo.folder / topology
        if (DATA / topology).exists():
            shutil.copy(DATA / topology, file)
        return self.run("topology", "load", file, "--yes")

    def run(self, *words: object) -> Ended:
        """Any command."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--config", str(self.demo.config_path), *map(str, words)])
        return Ended(code, out.getvalue(), err.getvalue())

    def changes(self) -> list[str]:
        """What the nodes were asked that may change them."""
        return Cli(self.demo, self.demo.folder).changes()

    def know(self, alias: str, name: str) -> None:
        """SSH finds a node by another name too."""
        _know(self.demo, alias, name)

    def forget(self) -> None:
        """What nodes were asked so far is no longer of interest."""
        for node in self.demo.nodes:
            node.executor.history.clear()

    def groups(self) -> dict[str, int]:
        """How many volume groups for bricks each node has, by the short name of the node."""
        count = {
            node.name: sum(
                any(tag.startswith("brickyard.") for tag in g.tags) for g in node.machine.lvm.groups.values()
            )
            for node in self.demo.nodes
        }
        return {name.partition(".")[0]: number for name, number in count.items()}


def said(ended: Ended, words: Sequence[str]) -> bool:
    """Whether one line that the admin read holds all these words."""
    return any(all(word in line for word in words) for line in f"{ended.out}\n{ended.err}".splitlines())


def unexplained(ended: Ended, expected: Sequence[Sequence[str]]) -> list[str]:
    """Faults that the admin was told of besides those that are the cause, and what they brought with them."""
    faults = [line for line in ended.out.splitlines() if line.startswith(("  refused: ", "  failed: "))]
    faults = [line for line in faults if not line.endswith(": its node is left out")]
    return [line for line in faults if not any(all(word in line for word in words) for words in expected)]


def same(before: dict[str, Photo], after: dict[str, Photo]) -> None:
    """Both moments are the same, or the test ends with what differs."""
    assert difference(before, after) == []


@contextlib.contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """Four nodes of which the topologies name three, each with three blank disks of 100 GiB."""
    nodes = Nodes()
    try:
        demo = nodes.wait(start_site(tuple(STORAGE), 3, folder=folder / "demo", disk_size=SIZE))
        try:
            _settle(demo)
            yield Stage(demo, nodes)
        finally:
            nodes.wait(demo.close())
    finally:
        nodes.end()


def _settle(demo: DemoSite) -> None:
    for node in demo.nodes:
        node.machine.addresses = (STORAGE[node.name], *node.machine.addresses[1:])
        node.machine.files.write("/etc/fstab", FSTAB)
    demo.write_files()
    _find_by_address(demo)


def _find_by_address(demo: DemoSite) -> None:
    """The admin's own machine is in the network of the nodes: SSH finds them by address and by alias too."""
    for storage, name in [*((s, n) for n, s in STORAGE.items()), ("dup1", "node00.example.com"), ("x1", _NEW)]:
        _know(demo, storage, name)


def _know(demo: DemoSite, alias: str, name: str) -> None:
    node = demo.node(name)
    with demo.ssh_config.open("a") as file:
        file.write(f"Host {alias}\n  HostName {node.address}\n  Port {node.port}\n  HostKeyAlias {name}\n")
