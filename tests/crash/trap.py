"""A trap on simulated nodes: when a certain command reaches one of them, something happens there and then."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tui.demo.executor import CutConnectionError, Executor
from tui.demo.node import SimNode
from tui.demo.reply import Reply
from tui.demo.site import DemoSite

CHANGING = re.compile(
    r"lvm (vgcreate|vgremove|vgchange|pvremove|lvcreate|lvremove)|mkdir|mkfs|mount|umount|tee|sed|chown|chmod|rmdir|dd"
    r"|gluster (peer (probe|detach)|volume (create|start|stop|delete))"
)
# the first command of a batch that only looks: between two steps
LOOKING = re.compile(r"lvm (pvs|vgs|lvs)|cat|gluster (pool list|volume (info|status))")


@dataclass(frozen=True, slots=True)
class Point:
    """A moment: the `number`-th time that a command of this kind comes, "before" or "after" its effect."""

    command: str
    number: int
    when: str

    @property
    def program(self) -> str:
        """The program, with LVM's or gluster's its subcommand."""
        words = self.command.split()[1:]
        return words[1] if words[0] == "lvm" else words[0]

    def __str__(self) -> str:
        return f"{self.when} {self.command} #{self.number}"


class Trap:
    """Counts the commands on all nodes of a site, and springs once where it was set."""

    def __init__(self, demo: DemoSite) -> None:
        self.demo = demo
        self.seen: list[Point] = []
        self.sprung = False
        self._counts: Counter[str] = Counter()
        self._point: Point | None = None
        self._spring: Callable[[SimNode], Awaitable[None]] | None = None
        self._batches: set[asyncio.Task[object]] = set()
        for node in demo.nodes:
            node.executor = _Trapped(node, self)

    def set(self, point: Point | None, spring: Callable[[SimNode], Awaitable[None]] | None = None) -> None:
        """Wait for this point from now on, then await `spring` and cut the connection; None: only count."""
        self.seen, self.sprung = [], False
        self._counts.clear()
        self._point, self._spring = point, spring

    async def meet(self, node: SimNode, argv: Sequence[str], act: Callable[[], Awaitable[Reply]]) -> Reply:
        """A command comes to a node."""
        task = asyncio.current_task()
        begins, label = task not in self._batches, name_of(node.name, argv)
        if task is not None and begins:
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)
        short = label.partition(": ")[2]
        changes = CHANGING.match(short) is not None
        if not changes and not (begins and LOOKING.match(short)):
            return await act()
        self._counts[label] += 1
        number = self._counts[label]
        self.seen.append(Point(label, number, "before"))
        await self._maybe(Point(label, number, "before"), node)
        reply = await act()
        if changes:
            self.seen.append(Point(label, number, "after"))
            await self._maybe(Point(label, number, "after"), node)
        return reply

    async def _maybe(self, point: Point, node: SimNode) -> None:
        if point == self._point and not self.sprung and self._spring is not None:
            self.sprung = True
            await self._spring(node)
            raise CutConnectionError


class _Trapped(Executor):
    """The programs of a node with a trap before them."""

    def __init__(self, node: SimNode, trap: Trap) -> None:
        super().__init__(node.machine, node.faults)
        self._node, self._trap = node, trap

    async def run(self, argv: Sequence[str], stdin: str) -> Reply:
        return await self._trap.meet(self._node, argv, lambda: super(_Trapped, self).run(argv, stdin))


def name_of(node: str, argv: Sequence[str]) -> str:
    """A command as it is called in every run: without random names, and without the node where that is chance."""
    words = [word for word in argv if not word.startswith(("-", "brickyard.", "pv_", "vg_name,", "lv_"))]
    if words[:2] == ["gluster", "volume"]:
        return f"any: {' '.join(words[:3])}"
    kept = words[: 2 if words[0] == "lvm" else 3 if words[0] == "gluster" else 1]
    last = [words[-1]] if len(words) > len(kept) and "|" not in words[-1] else []
    return f"{node}: " + re.sub(r"[0-9a-f]{32}", "ID", " ".join([*kept, *last]))
