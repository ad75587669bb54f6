"""A clean in the making: what was found, what is to be done, and what must stay."""

from collections import defaultdict
from dataclasses import dataclass, field

from tui.core.model import Brick, Snapshot
from tui.core.plan import Skipped, Step
from tui.plans.clean_bricks import Names
from tui.plans.clean_disks import Holding
from tui.plans.clean_target import Facts, Scope


@dataclass(slots=True)
class Clean:
    """A plan in the making.

    `ready` are the nodes that can be cleaned, `stuck` those that must stay in their pool with the
    reason. `removed` are the bricks that go with their volumes, by node; `kept` the volume groups
    (node, name) that must stay. `before` are steps by node that must be done before it may leave.
    """

    snapshot: Snapshot
    facts: Facts
    scope: Scope
    held: list[Holding] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)
    removed: defaultdict[str, set[Names]] = field(default_factory=lambda: defaultdict(set))
    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    before: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def leave(self, node: str, skip: Skipped) -> None:
        """Leave something out; a fault keeps its node in the pool."""
        self.skipped.append(skip)
        if skip.is_fault:
            self.stuck.setdefault(node, f"{skip.subject}: {skip.reason}")

    def covers(self, brick: Brick) -> bool:
        """Whether a brick stands on something that is to be cleaned."""
        scope = self.scope
        if brick.node in scope.whole:
            return True
        if brick.device and brick.device in scope.named.get(brick.node, ()):
            return True
        return any((held.node, held.vg) == (brick.node, brick.vg) for held in self.held if held.vg)
