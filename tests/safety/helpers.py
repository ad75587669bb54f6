"""What the simulated world holds, byte for byte, and a runner that meddles between two batches."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.site.helpers import Bench
from tui.core.plan import Command, Plan, Result
from tui.core.runner import OnOutput, Runner
from tui.demo.machine import Machine
from tui.demo.site import DemoSite
from tui.ops.events import Outcome

# LVM writes these itself; nothing of ours is on them before the first load
Picture = dict[tuple[str, str], object]


def picture(machine: Machine) -> dict[str, object]:
    """Everything on one machine that can be lost: disks, groups, mounts, fstab."""
    lvm = machine.lvm
    seen: dict[str, object] = {}
    for device in machine.devices.all.values():
        if device.type in ("disk", "part", "mpath"):
            seen[device.path] = (tuple(map(str, device.signatures)), frozenset(device.data), device.swap)
    for group in lvm.groups.values():
        seen[f"group {group.name}"] = (
            group.uuid, tuple(pv.uuid for pv in group.pvs), frozenset(group.tags),
            tuple((pool.uuids, tuple(thin.uuid for thin in pool.thins)) for pool in group.pools.values()),
        )  # fmt: skip
    for mount in machine.files.mounts:
        seen[f"mount {mount.target}"] = mount.source
    for line in machine.files.read("/etc/fstab").decode().splitlines():
        if line.strip():
            seen[f"fstab {line}"] = True
    return seen


def world(site: DemoSite) -> Picture:
    """The pictures of all machines, and the volumes and members of their pools."""
    seen: Picture = {}
    for node in site.nodes:
        seen |= {(node.name, key): value for key, value in picture(node.machine).items()}
        for volume in node.machine.glusterd.pool.volumes.values():
            seen[node.name, f"volume {volume.name}"] = (volume.id, volume.status, tuple(map(str, volume.bricks)))
    return seen


def changed(before: Picture, after: Picture) -> set[tuple[str, str]]:
    """What was there before and is gone or different now."""
    return {key for key, value in before.items() if after.get(key) != value}


class Meddler:
    """A runner in front of the real one: `act` is called before each batch and may change the world or raise."""

    def __init__(self, inner: Runner, act: Callable[[str, Sequence[Command]], None]) -> None:
        self.inner, self.act = inner, act

    async def run(
        self, node: str, commands: Sequence[Command], *, stop: bool = True, on_output: OnOutput | None = None
    ) -> list[Result]:
        """Meddle, then run."""
        self.act(node, commands)
        return await self.inner.run(node, commands, stop=stop, on_output=on_output)


def meddle(bench: Bench, act: Callable[[str, Sequence[Command]], None]) -> None:
    """Put a meddler between the executor of a bench and its nodes."""
    executor: Any = bench.site._executor
    patience = executor._nodes_asked
    patience._runner = Meddler(patience._runner, act)


async def run(bench: Bench, plan: Plan) -> Outcome:
    """Run a plan to its end without reading the nodes again."""
    return await bench.site.start(plan).wait()


def reasons(outcome: Outcome) -> str:
    """All reasons of failures in one text."""
    return "\n".join(report.reason for report in outcome.failed)
