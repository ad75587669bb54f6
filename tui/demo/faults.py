"""What can be made to go wrong on a simulated node, at any time. Times are seconds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine


@dataclass(slots=True)
class Rule:
    """A fault of commands whose text begins with `prefix` (without sudo); it happens `times` times, -1 is always.

    With a `reply` the command does nothing and answers this. `cut` ends the whole connection
    "before" or "after" the command took effect. `hang` never answers.
    """

    prefix: str
    reply: Reply | None = None
    seconds: float = 0.0
    cut: str = ""
    hang: bool = False
    times: int = -1


class Faults:
    """The faults of one node. What is set here holds from the next connection or command on."""

    def __init__(self, machine: "Machine", changed: Callable[[], None]) -> None:
        self.machine, self._changed = machine, changed
        self.latency = 0.0
        self.refuse_key = False
        self.hang = False
        self.rules: list[Rule] = []
        self._refuse = False

    @property
    def refuse(self) -> bool:
        """The port is closed: connections are refused."""
        return self._refuse

    @refuse.setter
    def refuse(self, value: bool) -> None:
        self._refuse = value
        self._changed()

    @property
    def powered_off(self) -> bool:
        """The node is switched off: its connections die, its bricks and glusterd are gone."""
        return not self.machine.powered

    @powered_off.setter
    def powered_off(self, value: bool) -> None:
        if value == self.machine.powered:
            (self.machine.power_off if value else self.machine.power_on)()
        self._changed()

    @property
    def glusterd_stopped(self) -> bool:
        """glusterd does not run; its bricks go on, as on a real node."""
        return not self.machine.glusterd.running

    @glusterd_stopped.setter
    def glusterd_stopped(self, value: bool) -> None:
        self.machine.glusterd.set_running(not value)

    @property
    def isolated(self) -> bool:
        """The other nodes can't reach this one; SSH still can."""
        return self.machine.isolated

    @isolated.setter
    def isolated(self, value: bool) -> None:
        self.machine.isolated = value

    @property
    def disk_full(self) -> bool:
        """The root filesystem has no room."""
        return self.machine.files.mounts[0].fs.full

    @disk_full.setter
    def disk_full(self, value: bool) -> None:
        self.machine.files.mounts[0].fs.full = value

    def fail(self, prefix: str, code: int, err: str = "", out: str = "", times: int = -1) -> Rule:
        """Let commands that begin with this text fail without an effect."""
        return self._add(Rule(prefix, Reply(code, out, err), times=times))

    def slow(self, prefix: str, seconds: float, times: int = -1) -> Rule:
        """Let commands that begin with this text take so long."""
        return self._add(Rule(prefix, seconds=seconds, times=times))

    def cut(self, prefix: str, *, after: bool = False, times: int = 1) -> Rule:
        """Cut the connection at such a command, before or after its effect."""
        return self._add(Rule(prefix, cut="after" if after else "before", times=times))

    def stall(self, prefix: str, times: int = -1) -> Rule:
        """Let such a command never end."""
        return self._add(Rule(prefix, hang=True, times=times))

    def _add(self, rule: Rule) -> Rule:
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """No more rules, no latency, and the port open; what is switched off stays off."""
        self.rules.clear()
        self.latency, self.refuse_key, self.hang = 0.0, False, False
        self.refuse = False

    def for_command(self, argv: Sequence[str]) -> list[Rule]:
        """The rules that meet this command; each is counted as used."""
        text = " ".join(argv)
        met = [rule for rule in self.rules if rule.times and text.startswith(rule.prefix)]
        for rule in met:
            rule.times -= 1 if rule.times > 0 else 0
        return met
