"""Plans: what will be run, where, in which order, and how it is taken back. Pure data.

A plan is a graph of steps. Nothing in here runs anything: `tui.ops.executor` does.
"""

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum

from tui.core.json_fields import fields_hold


class Danger(StrEnum):
    """How much a step can cost."""

    SAFE = "safe"
    CHANGES = "changes"
    DESTROYS = "destroys"


@dataclass(frozen=True, slots=True)
class Command:
    """One program with its arguments, run on a node without a shell of ours in between.

    For the targets "kubernetes" and "heketi" it is a request instead: argv is (METHOD, PATH) or
    (METHOD, PATH, CONTENT TYPE), the body is in `stdin`, and `ok` are HTTP status codes.

    `timeout` is seconds. `ok` are the exit codes that mean success. `xml` marks a gluster
    command that answers in XML: opRet decides there and not the exit code (gluster exits 0
    when an operation failed). `sudo` asks for root where the site logs in as another user.
    """

    argv: tuple[str, ...]
    stdin: str = ""
    timeout: float = 120.0
    ok: tuple[int, ...] = (0,)
    sudo: bool = True
    xml: bool = False

    def __str__(self) -> str:
        return shlex.join(self.argv) + (" <<< " + shlex.quote(self.stdin.rstrip("\n")) if self.stdin else "")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command answered. `code` is None when it never ran or its end is not known."""

    command: Command
    code: int | None
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A question to a node whose answer is yes or no.

    Yes: the exit code is one of the command's `ok`, standard output matches `matches` (a regular
    expression, dot matches newlines) and does not match `absent`, and where there are `fields`, standard
    output is a JSON object that has each of them: a JSON pointer ("/spec/volumeName") and the JSON text of
    the value there ("" = there is no such field). `why` says what a no means. Where there is an `also`,
    that has to be a yes too.
    """

    command: Command
    matches: str = ""
    absent: str = ""
    why: str = ""
    also: "Check | None" = None
    fields: tuple[tuple[str, str], ...] = ()

    def parts(self) -> "tuple[Check, ...]":
        """This question and all that has to be a yes with it."""
        return (self, *(self.also.parts() if self.also else ()))

    def passes(self, result: Result) -> bool:
        """Whether this result of the check's command is a yes; `also` is not looked at."""
        if result.code not in self.command.ok:
            return False
        if self.matches and not re.search(self.matches, result.stdout, re.DOTALL):
            return False
        if self.absent and re.search(self.absent, result.stdout, re.DOTALL):
            return False
        return not self.fields or fields_hold(result.stdout, self.fields)


@dataclass(frozen=True, slots=True)
class Step:
    """One change on one node.

    `done` is asked first: a yes means there is nothing to do. `guards` are asked right before
    the change: one no and the step is refused. `commands` then run in order and stop at the
    first that fails. `settled` is asked after, again and again for `settle_seconds`, until yes.
    `needs` are ids of steps that must have succeeded before, `after` of steps that must only have
    ended (clean-up runs after a failed test too). Steps with the same `serial` never run at once
    ("gluster ID": one transaction a cluster; "lvm node1": one lvcreate a node). `undo` takes it
    back, unless `undone` says that nothing of it is there (any more): a yes there protects what
    others made under the same name. `undo_guards` are asked right before that. Where there is no
    undo, `no_undo` says why. `subject` is the object that progress is shown for ("node1 /dev/sdb").
    A step that `follows` goes on with what its `needs` have just made under a name nobody else
    uses, and its command refuses by itself what is done already: `done` and `guards` are asked
    only when it is tried again or resumed.
    """

    id: str
    node: str
    title: str
    commands: tuple[Command, ...]
    subject: str = ""
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    done: Check | None = None
    guards: tuple[Check, ...] = ()
    settled: Check | None = None
    settle_seconds: float = 0.0
    serial: str = ""
    danger: Danger = Danger.CHANGES
    undo: tuple[Command, ...] = ()
    undone: Check | None = None
    undo_guards: tuple[Check, ...] = ()
    no_undo: str = ""
    retry: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was asked for and is not in the plan, with the reason ("already in volume group vg_x")."""

    subject: str
    reason: str
    is_fault: bool = False
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that reach one goal. `confirm` is the name to type before destruction ("" = a key).

    `then` is what can be done once all is well: a sentence, or a command to copy.
    """

    title: str
    steps: tuple[Step, ...]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()
    confirm: str = ""
    then: str = ""

    @property
    def danger(self) -> Danger:
        """The greatest danger of any step."""
        order = (Danger.DESTROYS, Danger.CHANGES, Danger.SAFE)
        return next((d for d in order if any(s.danger is d for s in self.steps)), Danger.SAFE)

    def check_order(self) -> None:
        """Raise ValueError where an id is double, a need is unknown, or steps wait for each other."""
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids):
            raise ValueError("two steps have the same id")
        reached: set[str] = set()
        waiting = list(self.steps)
        while waiting:
            ready = [step for step in waiting if {*step.needs, *step.after} <= reached]
            if not ready:
                raise ValueError("steps wait for unknown or for each other: " + ", ".join(s.id for s in waiting))
            reached.update(step.id for step in ready)
            waiting = [step for step in waiting if step.id not in reached]


def describe(plan: Plan) -> list[str]:
    """The plan as lines of text, as `--dry-run` prints it."""
    lines = [plan.title]
    lines += [f"  warning: {text}" for text in plan.warnings]
    for number, step in enumerate(plan.steps, 1):
        mark = " [destroys]" if step.danger is Danger.DESTROYS else ""
        lines.append(f"  {number}. {step.node}: {step.title}{mark}")
        lines += [f"       {command}" for command in step.commands]
    for skip in plan.skipped:
        word = "refused" if skip.is_fault else "nothing to do"
        lines.append(f"  {word}: {skip.subject}: {skip.reason}" + (f" ({skip.remedy})" if skip.remedy else ""))
    return lines


class Refused(Exception):
    """A plan can't be made, or may not be run: one sentence why, and the details."""

    def __init__(self, sentence: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.details = sentence, details
