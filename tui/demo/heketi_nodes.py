"""The nodes behind the simulated heketi: they run its command lines, fail where a fault says so, and remember."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

PV_UUID = "c7GVWe-Igsn-jILm-I4Bz-RGs1-FNO1-HjUI51"
MOCK_DISK_KIB = 524288000


class CommandError(Exception):
    """A command ended with an error; the text is its standard error, which heketi shows as it is."""


class Executor(Protocol):
    """Runs one command line on one node, as heketi's executors do."""

    async def run(self, host: str, command: str) -> str:
        """Return standard output. Raises CommandError."""
        ...


@dataclass(slots=True)
class NodeFault:
    """Commands that match `command` (a regular expression) on `host` ("" = any) fail with `text`, `times` times.

    With `hang` they never end; `answer` is printed instead of failing.
    """

    command: str
    text: str = ""
    host: str = ""
    times: int = -1
    hang: bool = False
    answer: str | None = None

    def takes(self, host: str, command: str) -> bool:
        return self.times != 0 and self.host in ("", host) and bool(re.search(self.command, command))


class PretendNodes:
    """Nodes on which everything works. `cost` are seconds that a command takes, `history` all that ran."""

    def __init__(self, disk_kib: int = MOCK_DISK_KIB) -> None:
        self.disk_kib, self.cost = disk_kib, 0.0
        self.history: list[tuple[str, str]] = []
        self.mounts: set[tuple[str, str]] = set()

    async def run(self, host: str, command: str) -> str:
        """Note the command and answer as LVM would."""
        self.history.append((host, command))
        if self.cost:
            await asyncio.sleep(self.cost)
        if "mount" in command:
            return self._mount(host, command.split(" "))
        if " pvs -o " in command:
            name = command.rpartition(" ")[2]
            return json.dumps({"report": [{"pv": [{"pv_name": name, "pv_uuid": PV_UUID, "vg_name": ""}]}]})
        if "udevadm" in command:
            return "disk/by-id/virtio-abc disk/by-path/pci-0000:00:06.0\n"
        if "vgdisplay -c" in command:
            extents = self.disk_kib // 4096
            fields = [command.rpartition(" ")[2], *["0"] * 10, "4096", str(extents), "0", str(extents), "x"]
            return "  " + ":".join(fields) + "\n"
        return ""

    def _mount(self, host: str, words: list[str]) -> str:
        if words == ["mount"]:
            return "".join(f"x on {path} type xfs (rw)\n" for where, path in sorted(self.mounts) if where == host)
        if words[0] == "mount":
            self.mounts.add((host, words[-1]))
        if words[0] == "umount":
            self.mounts.discard((host, words[-1]))
        return ""


class Nodes:
    """An executor with faults in front of it, and one list of commands at a time on each node."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        self.faults: list[NodeFault] = []
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def fail(self, command: str, text: str, host: str = "", times: int = -1) -> NodeFault:
        """Let commands fail; the newest fault wins."""
        fault = NodeFault(command, text, host, times)
        self.faults.insert(0, fault)
        return fault

    def hang(self, command: str, host: str = "") -> NodeFault:
        """Let commands never end."""
        fault = NodeFault(command, host=host, hang=True)
        self.faults.insert(0, fault)
        return fault

    async def batch(self, host: str, commands: Sequence[str]) -> list[str]:
        """Run commands one after another, up to the first that fails. Raises CommandError."""
        async with self._locks[host]:
            return [await self._one(host, command) for command in commands]

    async def try_one(self, host: str, command: str) -> str | None:
        """The output of one command, None where it fails."""
        try:
            return (await self.batch(host, [command]))[0]
        except CommandError:
            return None

    async def _one(self, host: str, command: str) -> str:
        fault = next((fault for fault in self.faults if fault.takes(host, command)), None)
        if fault is None:
            return await self.executor.run(host, command)
        fault.times -= 1 if fault.times > 0 else 0
        if fault.hang:
            await asyncio.Event().wait()
        if fault.answer is not None:
            return fault.answer
        if isinstance(self.executor, PretendNodes):
            self.executor.history.append((host, command))
        raise CommandError(fault.text)
