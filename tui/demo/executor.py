"""Runs commands on a simulated node: sudo, latency, faults and gluster's locks come in between."""

import asyncio
from collections.abc import Sequence

from tui.demo.faults import Faults
from tui.demo.gluster_commands import locked_answer, locked_volume
from tui.demo.machine import Machine
from tui.demo.reply import Reply

# programs that any user may run
_UNPRIVILEGED = frozenset(
    ("cat", "hostname", "uname", "which", "ls", "test", "[", "stat", "true", "false", "sha256sum", "lsblk", "findmnt")
)


class CutConnectionError(Exception):
    """The connection shall end here."""


class Executor:
    """The programs of one node as they run in time. `history` are all command lines, in order."""

    def __init__(self, machine: Machine, faults: Faults) -> None:
        self.machine, self.faults = machine, faults
        self.history: list[str] = []

    async def run(self, argv: Sequence[str], stdin: str) -> Reply:
        """Run one command. Raises CutConnectionError where a fault says so."""
        words, refused = self._without_sudo(list(argv))
        self.history.append(" ".join(words))
        if refused is not None:
            return refused
        rules = self.faults.for_command(words)
        if any(rule.hang for rule in rules):
            await asyncio.Event().wait()
        seconds = self.faults.latency + sum(rule.seconds for rule in rules)
        volume = locked_volume(words)
        locked = self.machine.glusterd.pool.locked
        if volume and volume in locked:
            await asyncio.sleep(seconds)
            return locked_answer(words, volume)
        if volume:
            locked.add(volume)
        try:
            if seconds:
                await asyncio.sleep(seconds)
            return self._finish(words, stdin, [r for r in rules if r.cut], [r.reply for r in rules if r.reply])
        finally:
            locked.discard(volume)

    def _finish(self, words: Sequence[str], stdin: str, cuts: Sequence[object], replies: Sequence[Reply]) -> Reply:
        after = [rule for rule in cuts if getattr(rule, "cut", "") == "after"]
        if cuts and not after:
            raise CutConnectionError
        reply = replies[0] if replies else self.machine.run(words, stdin)
        if after:
            raise CutConnectionError
        return reply

    def _without_sudo(self, words: list[str]) -> tuple[list[str], Reply | None]:
        machine = self.machine
        if words[0] != "sudo":
            if machine.user != "root" and words[0] not in _UNPRIVILEGED and machine.has_program(words[0]):
                return words, _not_root(words)
            return words, None
        rest = [word for number, word in enumerate(words[1:]) if number > 2 or word not in ("-n", "--")]
        if machine.sudo == "absent":
            return rest, Reply(127, err="sh: sudo: not found\n")
        if machine.sudo == "password":
            return rest, Reply(1, err="sudo: a password is required\n")
        return rest, None


def _not_root(words: Sequence[str]) -> Reply:
    if words[0] in ("lvm", "pvs", "vgs", "lvs"):
        text = "  WARNING: Running as a non-root user. Functionality may be unavailable.\n"
        return Reply(5, err=text + "  /run/lock/lvm/P_global:aux: open failed: Permission denied\n")
    if words[0] in ("mount", "umount"):
        return Reply(32, err=f"{words[0]}: {words[-1]}: must be superuser to {words[0]}.\n")
    return Reply(1, err=f"{words[0]}: {words[-1]}: Permission denied\n")
