"""The real command line, run as its own process against simulated nodes of this process."""

import asyncio
import contextlib
import io
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from tui.__main__ import main
from tui.demo.site import DemoSite

_GLUSTER = "gluster --mode=script --xml "
# what only looks, and the lock of the cluster, which goes with its channel; all else is taken for a change
_LOOKS = (
    "flock -n", "hostname", "uname", "cat ", "systemctl show", "gluster --version", "lsblk ", "lvm pvs",
    "lvm vgs", "lvm lvs", "findmnt ", "find /dev -type l",
    "dmsetup targets", "modinfo", "which ", "stat ", "blkid ", "lvm pvcreate --test",
    "cmp ", "wipefs -J", "lvm lvmconfig", f"{_GLUSTER}pool list", f"{_GLUSTER}volume info", f"{_GLUSTER}volume status",
    f"{_GLUSTER}volume heal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def environment(home: Path) -> dict[str, str]:
    """An admin without any configuration of his own."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "COLUMNS": "80", "BRICKYARD_CONFIG": ""}


async def begin(*args: object, home: Path) -> asyncio.subprocess.Process:
    """Start the command line without a terminal."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui", *map(str, args),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment(home), preexec_fn=_hang_up_as_usual,
    )  # fmt: skip


def _hang_up_as_usual() -> None:
    """These tests may run under nohup, whose ignored hang-up would be inherited."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


async def end(process: asyncio.subprocess.Process) -> Ended:
    """Wait for the end of a command."""
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@dataclass(frozen=True, slots=True)
class Cli:
    """The command line on one simulated site."""

    demo: DemoSite
    home: Path

    async def __call__(self, *args: object) -> Ended:
        """Run a command on the site's own configuration."""
        return await self.bare("--config", self.demo.config_path, *args)

    async def here(self, *args: object) -> Ended:
        """Run a command that needs no process of its own in a thread of this one: 0.6 s faster."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = await asyncio.to_thread(main, ["--config", str(self.demo.config_path), *map(str, args)])
        return Ended(code, out.getvalue(), err.getvalue())

    async def bare(self, *args: object) -> Ended:
        """Run a command as it stands."""
        return await end(await begin(*args, home=self.home))

    async def interrupted(self, number: signal.Signals, at: str, *args: object) -> Ended:
        """Run a command and send it a signal as soon as a node was asked something with this text."""
        process = await begin("--config", self.demo.config_path, *args, home=self.home)
        while process.returncode is None and not self.asked(at):
            await asyncio.sleep(0.01)
        process.send_signal(number)
        return await end(process)

    def asked(self, *words: str) -> list[str]:
        """What nodes were asked with any of these words in it."""
        lines = [f"{node.name}: {line}" for node in self.demo.nodes for line in node.executor.history]
        return [line for line in lines if any(word in line for word in words)]

    def changes(self) -> list[str]:
        """What nodes were asked that may change them."""
        return [line for line in self.asked("") if not line.partition(": ")[2].startswith(_LOOKS)]

    def groups(self) -> list[int]:
        """How many volume groups each node has."""
        return [len(node.machine.lvm.groups) for node in self.demo.nodes]
