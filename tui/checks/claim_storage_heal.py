"""Copies of a claim's Gluster volume that differ: split-brain (H6), and what waits to be healed (H13).

From what the nodes count; what pods tell of it is read in `claim_mount_words`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_seen_words import some
from tui.checks.claim_storage_words import DOWN, gluster_ref
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.heal import BrickHeal, Heal, entries
from tui.core.model import Brick, Volume

_MOST: Final = 6


def heal_faults(
    case: ClaimCase, key: str, gluster: Volume, bricks: Sequence[Brick], chain: list[Evidence]
) -> Iterator[Finding]:
    """H6, or H13: what the bricks of a started volume say of each other."""
    heal = gluster.heal
    if heal is None:
        return
    if heal.split_brain:
        # an arbiter holds names alone: it must never be taken for the good copy
        arbiters = {f"{brick.host}:{brick.path}" for brick in bricks if brick.arbiter}
        yield _split_brain(case, gluster, heal, heal.split_brain, chain, arbiters)
    # a brick that is away is told by itself, and nothing heals onto it
    if heal.pending and not heal.unknown and not any(brick.state in DOWN for brick in bricks):
        yield _pending(case, key, gluster, heal, heal.pending, chain)


def _split_brain(
    case: ClaimCase, gluster: Volume, heal: Heal, count: int, chain: list[Evidence], arbiters: set[str]
) -> Finding:
    is_one = count == 1
    told = [brick for brick in heal.bricks if brick.split_brain]
    return found(
        "H6", case.ref,
        f"{entries(count)} of Gluster volume '{gluster.name}' {'is' if is_one else 'are'} in split-brain",
        cause="Copies were written apart from each other while nodes did not see each other. Gluster does not choose "
        "one: reads of them fail with 'Input/output error' until somebody does.",
        proof=[*chain, seen(gluster_ref(gluster), "entries in split-brain", count),
               *([seen(gluster_ref(gluster), "files", some(heal.files, _MOST))] if heal.files else []),
               *(_evidence(brick, "entries in split-brain", brick.split_brain) for brick in told[:_MOST])],
        remedies=_resolve(gluster.name, [brick for brick in told if brick.name not in arbiters]),
    )  # fmt: skip


def _resolve(name: str, told: Sequence[BrickHeal]) -> list[Remedy]:
    heal = f"gluster volume heal {name}"
    source = told[0].name if told else "HOST:BRICK"
    others = ", ".join(brick.name for brick in told[1:3])
    return [
        by_hand(f"On a storage node list them: {heal} info split-brain. Keep a copy of what matters."),
        by_hand(f"For each file, the copy that was changed last: {heal} split-brain latest-mtime FILE"),
        by_hand(f"Or the larger copy: {heal} split-brain bigger-file FILE"),
        by_hand(f"Or the copy of one brick: {heal} split-brain source-brick {source} FILE"
                + (f" (or {others})" if others else "")),
        by_hand("FILE is the path from the root of the volume, or gfid:GFID as it is listed. Where one copy is a "
                "file and the other a folder, none of these helps: move one of them away on its brick."),
    ]  # fmt: skip


def _pending(case: ClaimCase, key: str, gluster: Volume, heal: Heal, count: int, chain: list[Evidence]) -> Finding:
    told = [brick for brick in heal.bricks if brick.pending]
    return found(
        "H13", case.ref,
        f"{entries(count)} of Gluster volume '{gluster.name}' {'waits' if count == 1 else 'wait'} to be healed",
        cause="A brick missed writes while it was away; until it is healed it is no full copy. The self-heal daemons "
        "do that by themselves, large files take long.",
        proof=[*chain, seen(gluster_ref(gluster), "entries pending", count),
               *(_evidence(brick, "entries pending", brick.pending) for brick in told[:_MOST])],
        remedies=[
            fixed_by(f"Start a heal of '{key}' now", "start-heal", volume=key),
            by_hand(f"Watch it: gluster volume heal {gluster.name} info summary. Take no other brick away before it "
                    "says 0."),
        ],
        severity=Severity.INFO,
    )  # fmt: skip


def _evidence(brick: BrickHeal, field: str, count: int | None) -> Evidence:
    return seen(ObjectRef("Brick", "", brick.name), field, count)
