"""Taking an operation back: its steps in reverse, those that it did and no others."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from tui.core.plan import Danger, Plan, Skipped, Step

UNDO: Final = "undo "
"""What the ids of steps begin with that take another one back."""


def plan_undo(plan: Plan, done: Collection[str], unsure: Collection[str], new_name: str = "") -> Plan:
    """The plan that takes back what a plan did.

    `done` are the ids of its steps that it did itself (what was there already stays), `unsure`
    those that were begun and whose end is not known: their undo has to cope with nothing being
    there. A step that can't be undone is named with the reason; so is one for whose object a later
    step left nothing (a brick that was unmounted and then removed is not mounted again).
    """
    taken = [step for step in plan.steps if step.id in done or step.id in unsure]
    reasons = {step.id: _why_not(step, taken) for step in taken}
    undone = {id_ for id_, reason in reasons.items() if not reason}
    steps = tuple(_undo_step(step, taken, undone) for step in reversed(taken) if step.id in undone)
    skipped = tuple(
        Skipped(step.subject or step.title, f"'{step.title}' is not taken back: {reasons[step.id]}")
        for step in reversed(taken)
        if step.id not in undone and step.danger is not Danger.SAFE
    )
    lost = any(step.danger is Danger.DESTROYS for step in taken if not step.undo)
    warnings = ["What was destroyed does not come back."] if lost else []
    volumes = [step.subject for step in taken if step.id in done and _deletes_volume(step)]
    warnings += [f"All data of volume {name} is lost, and its clients lose it at once." for name in volumes]
    if volumes:
        steps = tuple(replace(step, danger=Danger.DESTROYS) for step in steps)
    confirm = ", ".join(volumes)
    return Plan(new_name or f"Undo: {plan.title}", steps, skipped, tuple(warnings), confirm=confirm)


def takes_data(plan: Plan) -> bool:
    """Whether what a plan takes away may hold data: volumes, bricks and their disks, or claims whose volume may go."""
    return any(_holds_data(step, command.argv) for step in plan.steps for command in step.commands)


def _holds_data(step: Step, argv: tuple[str, ...]) -> bool:
    if argv[0] == "DELETE":
        if "/persistentvolumeclaims/" in argv[1]:  # those that were looked at lose nothing, or the undo was refused
            return step.danger is Danger.DESTROYS
        return any(f"/{kind}/" in argv[1] for kind in ("volumes", "blockvolumes", "devices"))
    words = [word for word in argv if not word.startswith("-")]
    return tuple(words[:2]) in (("lvm", "vgremove"), ("lvm", "lvremove")) or (
        words[:1] == ["gluster"] and "delete" in words[:-1]
    )


def _deletes_volume(step: Step) -> bool:
    """Whether clients may have written on what the undo takes away."""
    return any(command.argv[0] == "gluster" and "delete" in command.argv[:-1] for command in step.undo)


def _why_not(step: Step, taken: list[Step]) -> str:
    """Why a step is not taken back, "" if it is."""
    if not step.undo:
        return step.no_undo or "it changed nothing"
    by = next((o for o in taken if o.danger is Danger.DESTROYS and not o.undo and _stands_on(o, step, taken)), None)
    return f"after '{by.title}' there is nothing to take it back for" if by else ""


def _undo_step(step: Step, taken: list[Step], undone: set[str]) -> Step:
    """What was done later on top of it goes first."""
    later = tuple(f"{UNDO}{other.id}" for other in taken if other.id in undone and _stands_on(other, step, taken))
    return Step(
        id=f"{UNDO}{step.id}",
        node=step.node,
        title=f"take back: {step.title}",
        commands=step.undo,
        subject=step.subject,
        needs=later,
        done=step.undone,
        guards=step.undo_guards,
        serial=step.serial,
        danger=step.danger,
        no_undo="run the operation again instead",
        retry=step.retry,
    )


def _stands_on(other: Step, step: Step, taken: list[Step]) -> bool:
    """Whether `other` needed `step`, directly or through steps that have no undo of their own."""
    by_id = {known.id: known for known in taken}
    waiting, seen = [other.id], set[str]()
    while waiting:
        for need in by_id[waiting.pop()].needs:
            if need == step.id:
                return True
            if need in by_id and need not in seen:
                seen.add(need)
                waiting.append(need)
    return False
