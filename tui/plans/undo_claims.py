"""What becomes of the data of claims that an undo takes away: a claim may have got its volume since. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.core.json_fields import at
from tui.core.kube import PersistentVolume
from tui.core.plan import Check, Danger, Plan, Refused, Step
from tui.dialects import kube_request as api
from tui.dialects.kube import parse
from tui.dialects.kube_request import VOLUME, Raw
from tui.plans.kube_volume import POLICY, reference

_KIND: Final = "PersistentVolumeClaim "
_RETAIN: Final = (POLICY, '"Retain"')
_PATCH: Final = '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'


@dataclass(frozen=True, slots=True)
class ClaimNow:
    """A claim that goes as it is now (None: it is gone, or another's), and the PersistentVolume that it names.

    Where one of them could not be read, `unread` says why.
    """

    claim: Raw | None = None
    volume: Raw | None = None
    unread: str = ""

    @property
    def own(self) -> Raw | None:
        """The volume, where it goes the way of its reclaim policy with this claim."""
        if self.unread or self.claim is None or self.volume is None:
            return None
        mine = reference(self.volume).get("uid") == self.claim["metadata"]["uid"]
        return self.volume if mine else None


def claims_that_go(plan: Plan) -> list[Step]:
    """The steps that delete a claim."""
    return [step for step in plan.steps if path_of_claim(step)]


def path_of_claim(step: Step) -> str:
    """The path of the claim that a step deletes, "" where it deletes none."""
    requests = (command.argv for command in step.commands)
    paths = (argv[1].partition("?")[0] for argv in requests if argv[0] == "DELETE")
    return next((path for path in paths if "/persistentvolumeclaims/" in path), "")


def judged(plan: Plan, seen: Mapping[str, ClaimNow]) -> Plan:
    """The undo with what it means for the data of claims; `seen` by the id of the step that deletes one.

    Raises Refused where a volume would be deleted with its claim. What could not be read may be such a claim: its step
    destroys, and its name has to be typed.
    """
    going = {step.id: step for step in plan.steps if path_of_claim(step)}
    known = {id_: seen.get(id_, ClaimNow(unread="it was not read")) for id_ in going}
    lost = [(_name(going[id_]), now.own) for id_, now in known.items() if now.own and _takes_volume(plan, now.own)]
    if lost:
        raise _refusal(lost)
    words: list[str] = []
    unread: list[str] = []
    steps = {step.id: step for step in plan.steps}
    for id_, step in going.items():
        now, name = known[id_], _name(step)
        if now.unread:
            unread.append(name.rpartition("/")[2])
            steps[step.id] = replace(step, danger=Danger.DESTROYS)
        elif now.claim is not None:
            steps[step.id] = replace(step, guards=(*step.guards, *_still(step, now)))
        words += _warnings(name, now)
    confirm = ", ".join(dict.fromkeys((*filter(None, (plan.confirm,)), *unread)))
    return replace(plan, steps=tuple(steps.values()), warnings=(*words, *plan.warnings), confirm=confirm)


def _name(step: Step) -> str:
    return step.subject.removeprefix(_KIND)


def _takes_volume(plan: Plan, volume: Raw) -> bool:
    """Whether a volume goes with its claim: its policy is not Retain, and no step of the undo sets that before."""
    if at(volume, POLICY) == "Retain":
        return False
    path = api.path_of(volume)
    kept = (step.done for step in plan.steps if step.done is not None and step.done.command.argv[1:2] == (path,))
    return not any(_RETAIN in check.fields for check in kept)


def _still(step: Step, now: ClaimNow) -> Iterator[Check]:
    """What has to be so still when the claim is deleted, which may be long after it was looked at."""
    if (volume := now.own) is not None:
        same = {"/metadata/uid": volume["metadata"]["uid"], POLICY: "Retain"}
        yield api.holds(api.path_of(volume), same, f"{volume['metadata']['name']} would be deleted with claim "
                        f"{_name(step)}: its reclaim policy is not Retain")  # fmt: skip
    elif now.volume is None:
        yield Check(api.read(path_of_claim(step)), absent=r'"phase"\s*:\s*"Bound"',
                    why=f"claim {_name(step)} was bound since: look at the undo again")  # fmt: skip


def _warnings(name: str, now: ClaimNow) -> Iterator[str]:
    if now.unread:
        yield (
            f"Claim {name} goes, and what it is bound to is not known: {now.unread}. Where the reclaim policy of its "
            "volume is Delete, that goes too, with all its data."
        )
    elif now.own is not None:
        yield (
            f"Claim {name} is bound to {_words(now.own)}. It goes, and its data stays: the PersistentVolume has "
            "reclaim policy Retain by then."
        )


def _words(volume: Raw) -> str:
    """ "PersistentVolume pvc-1 (Gluster volume vol_1)"."""
    parsed = parse("persistentvolumes", volume)
    gluster = parsed.gluster_name if isinstance(parsed, PersistentVolume) else ""
    return f"{VOLUME} {volume['metadata']['name']}" + (f" (Gluster volume {gluster})" if gluster else "")


def _refusal(lost: Sequence[tuple[str, Raw]]) -> Refused:
    """`lost` are the names of claims and their volumes."""
    sentences = [
        f"claim {name} is bound to {_words(volume)} with reclaim policy {at(volume, POLICY)}, so all its data would be "
        "deleted with it"
        for name, volume in lost
    ]
    keep = "; ".join(f"kubectl patch pv {volume['metadata']['name']} -p '{_PATCH}'" for _, volume in lost)
    return Refused(
        f"This can't be taken back as it is now: {sentences[0]}. Nothing was changed.",
        (
            *sentences[1:],
            f"what to do, where the data is to stay: set Retain first ({keep}), then undo this again",
            "what to do, where the data may go: delete the claim itself (D in the table of claims) instead of this",
        ),
    )
