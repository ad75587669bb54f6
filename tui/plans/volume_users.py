"""Who loses a Gluster volume that a plan stops or deletes, as far as Kubernetes is known."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tui.core.claim_users import VolumeUser, claims_of_volume
from tui.core.kube_tables import KubeTables
from tui.core.plan import Plan, Refused, Step
from tui.core.runner import HEKETI

_SHOWN: Final = 10
_NEEDED: Final = ("persistentvolumes", "pods")


def with_users(plan: Plan, tables: KubeTables | None) -> Plan:
    """The plan with a warning, on top, for each claim that loses its volume."""
    if tables is None:
        return plan
    names = list(lost_volumes(plan.steps))
    if names and not all(tables.is_listed(kind) for kind in _NEEDED):
        part = next(tables.parts[kind] for kind in _NEEDED if not tables.is_listed(kind))
        why = part.reason or part.state
        return replace(plan, warnings=(f"Which claims and pods use it could not be read: {why}.", *plan.warnings))
    users = [user for name in names for user in claims_of_volume(tables, name)]
    users.sort(key=lambda user: (not user.pods, user.claim is None))
    words = [f"Volume {user.gluster} is used by {user}." for user in users[:_SHOWN]]
    if len(users) > _SHOWN:
        words.append(f"{len(users) - _SHOWN} more claims and PersistentVolumes stand on what is lost.")
    return replace(plan, warnings=(*words, *plan.warnings)) if words else plan


def refuse_used(plan: Plan, tables: KubeTables | None) -> None:
    """Raise Refused where pods use a volume that a plan takes away: they are to be ended first."""
    if tables is None:
        return
    used: list[VolumeUser] = []
    for name in lost_volumes(plan.steps):
        used += [user for user in claims_of_volume(tables, name) if user.pods]
    if used:
        names = ", ".join(sorted({user.gluster for user in used})[:5])
        raise Refused(
            f"Pods use what would be taken away (volume {names}): end them first, for example with kubectl scale.",
            tuple(f"volume {user.gluster}: {user}" for user in used),
        )


def lost_volumes(steps: tuple[Step, ...]) -> Iterator[str]:
    """The names of the volumes that steps stop or delete, each once."""
    seen: set[str] = set()
    for step in steps:
        for command in step.commands:
            if step.node == HEKETI and command.argv[0] == "DELETE" and command.argv[1].startswith("/volumes/"):
                if step.subject not in seen:
                    seen.add(step.subject)
                    yield step.subject
                continue
            words = [word for word in command.argv if not word.startswith("-")]
            if words[:2] == ["gluster", "volume"] and words[2:3] in (["stop"], ["delete"]) and words[3] not in seen:
                seen.add(words[3])
                yield words[3]
