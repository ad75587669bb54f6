"""Plans that delete claims: what becomes of their volumes is said, and kept where the admin wants it so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.core.json_fields import ABSENT, at
from tui.core.kube import Claim, Key, PersistentVolume, StatefulSet, StorageClass
from tui.core.kube_policy import access_words, what_deletion_does
from tui.core.plan import Check, Danger, Plan, Refused, Skipped, Step
from tui.dialects import kube_request as api
from tui.dialects.kube import parse
from tui.dialects.kube_request import Raw
from tui.plans import kube_steps as steps
from tui.plans.kube_asks import Needs
from tui.plans.kube_claim import ClaimChanges, changed_claim
from tui.plans.kube_pods import holders, words_of
from tui.plans.kube_steps import unused
from tui.plans.kube_volume import POLICY, REFERENCE, reference

KEEP: Final = "keep"
LOSE: Final = "lose"
ANSWERS: Final = (KEEP, LOSE)


@dataclass(frozen=True, slots=True)
class Doomed:
    """A claim as it was read, and the PersistentVolume that it names, if that is there."""

    claim: Raw
    volume: Raw | None = None

    @property
    def name(self) -> str:
        """ "shop/db"."""
        meta = self.claim["metadata"]
        return f"{meta['namespace']}/{meta['name']}"

    @property
    def key(self) -> Key:
        """(namespace, name)."""
        meta = self.claim["metadata"]
        return meta["namespace"], meta["name"]

    @property
    def own(self) -> Raw | None:
        """The volume, where it is this life of the claim that has it."""
        mine = self.volume is not None and reference(self.volume).get("uid") == self.claim["metadata"]["uid"]
        return self.volume if mine else None

    @property
    def policy(self) -> str:
        """The reclaim policy that counts, "" where the claim has no volume."""
        return str(at(self.own, POLICY)) if self.own is not None else ""


@dataclass(frozen=True, slots=True)
class Around:
    """What a deletion has to know besides: pods of the namespace, classes by name, StatefulSets, the version."""

    pods: Sequence[Raw] = ()
    classes: Mapping[str, Raw] | None = None
    sets: Sequence[Raw] = ()
    version: tuple[int, int] = (0, 0)


def plan_delete_claims(claims: Sequence[Doomed], around: Around, data: str = "", of: str = "") -> Plan:
    """Delete claims. `data` is "keep" (volumes are set to Retain first) or "lose" (the reclaim policy does its work).

    `of` is what they belong to, and is typed before they go ("" = the claim itself). Raises Refused where none can
    be deleted, and Needs where it was not said what shall become of the data.
    """
    skipped = [skip for one in claims if (skip := _why_not(one, around)) is not None]
    refused = {skip.subject for skip in skipped}
    left = [one for one in claims if f"claim {one.name}" not in refused]
    if not left:
        raise Refused(*_refusal(skipped))
    risky = [one for one in left if one.policy not in ("", "Retain")]
    if risky and data not in ANSWERS:
        raise Needs("data", _question(risky, around), ANSWERS)
    made = [step for one in left for step in _steps(one, data == KEEP)]
    warnings = tuple(line for one in left for line in _warnings(one, around, data == KEEP))
    title = (
        f"Delete claim {left[0].name}" if len(left) == 1 else f"Delete {len(left)} claims of {of or 'one namespace'}"
    )
    confirm = of or str(left[0].claim["metadata"]["name"])
    return Plan(title, tuple(made), tuple(skipped), tuple(dict.fromkeys(warnings)), confirm=confirm)


def _refusal(skipped: Sequence[Skipped]) -> tuple[str, tuple[str, ...]]:
    first = skipped[0]
    subject = first.subject[:1].upper() + first.subject[1:]
    more = tuple(f"{skip.subject}: {skip.reason}" for skip in skipped[1:])
    return f"{subject} {first.reason}.", (*((first.remedy,) if first.remedy else ()), *more)


def _why_not(one: Doomed, around: Around) -> Skipped | None:
    """A deletion can't be called off, so what would only be marked by it is left alone."""
    meta = one.claim["metadata"]
    subject = f"claim {one.name}"
    if meta.get("deletionTimestamp"):
        return Skipped(subject, "is being deleted already", True, "Enter on it says what it waits for")
    if held := holders(around.pods, meta["name"]):
        reason = f"is used by pods, and would stay, marked as terminating, until they are gone: {words_of(held)}"
        return Skipped(subject, reason, True, "stop what makes them first (scale it to 0), then try again")
    return None


def _question(risky: Sequence[Doomed], around: Around) -> str:
    parts = [f"Claim {one.name}: {' '.join(what_happens(one, around))}" for one in risky[:3]]
    if len(risky) > 3:
        parts.append(f"So it is with {len(risky) - 3} more.")
    return " ".join((*parts, "keep: the policy is set to Retain first, and the data stays. lose: it goes its way."))


def what_happens(one: Doomed, around: Around) -> tuple[str, ...]:
    """What the reclaim policy does to the volume of a claim now, in sentences."""
    claim, volume = parse("persistentvolumeclaims", one.claim), parse("persistentvolumes", one.own or {})
    assert isinstance(claim, Claim)
    found = volume if isinstance(volume, PersistentVolume) else None
    raw = (around.classes or {}).get(found.class_name) if found is not None else None
    of_class = parse("storageclasses", raw) if raw is not None else None
    one_class = of_class if isinstance(of_class, StorageClass) else None
    return what_deletion_does(replace(claim, finalizers=()), found, one_class, around.version)


def _steps(one: Doomed, keep: bool) -> tuple[Step, ...]:
    volume = one.own
    fields = {"/status/phase": at(one.claim, "/status/phase"), "/spec/volumeName": at(one.claim, "/spec/volumeName")}
    title = f"delete claim {one.name}"
    if volume is None:
        return (steps.delete(one.claim, title=title, fields=fields, guards=(unused(one.claim),)),)
    before: tuple[Step, ...] = ()
    policy, name = one.policy, volume["metadata"]["name"]
    if keep and policy != "Retain":
        said = f"set the reclaim policy of {name} to Retain, so that its data stays"
        before, policy = (steps.patch(volume, {POLICY: "Retain"}, title=said, key="retain"),), "Retain"
    stays = policy == "Retain"
    same = {"/metadata/uid": steps.uid_of(volume), POLICY: policy}
    guard = api.holds(api.path_of(volume), same, f"the reclaim policy of {name} is not {policy} (any more)")
    gone = steps.delete(
        one.claim, title=title, needs=[step.id for step in before], fields=fields, guards=(guard, unused(one.claim)),
        danger=Danger.CHANGES if stays else Danger.DESTROYS,
        no_undo="" if stays else f"the reclaim policy {policy} has its way with {name}",
    )  # fmt: skip
    return (*before, _with_way_back(gone, one.claim, volume) if stays else gone)


def _with_way_back(gone: Step, claim: Raw, volume: Raw) -> Step:
    """The claim that undo makes has another uid, so the volume is kept for its name first."""
    path, uid, name = api.path_of(volume), steps.uid_of(volume), volume["metadata"]["name"]
    free = {f"{REFERENCE}/uid": ABSENT, f"{REFERENCE}/resourceVersion": ABSENT}
    ours = {"/metadata/uid": uid} | {f"{REFERENCE}/{key}": claim["metadata"][key] for key in ("namespace", "name")}
    guard = Check(
        api.read(path),
        absent=r'"phase"\s*:\s*"Bound"',
        why=f"{name} is not free for the claim any more",
        fields=api.holds(path, ours, "").fields,
    )
    undo = (api.merge(path, api.merge_body(uid, free)), api.create(changed_claim(claim, ClaimChanges())))
    return replace(gone, undo=undo, undo_guards=(guard,))


def _warnings(one: Doomed, around: Around, keep: bool) -> Iterable[str]:
    volume = one.own
    if volume is None:
        yield f"Claim {one.name} is not bound: nothing but the claim itself goes."
    elif keep and one.policy != "Retain":
        yield f"{volume['metadata']['name']} of claim {one.name} is set to Retain first: its data stays, as Released."
        yield "No claim gets it again before its claimRef is cleared by hand, or this is undone."
    else:
        yield from (f"Claim {one.name}: {sentence}" for sentence in what_happens(one, around))
    if volume is not None:
        modes = (volume["spec"].get("accessModes") or ()) if volume else ()
        yield from access_words(modes)
    wanting = next((found for found in _parsed_sets(around) if one.key in found.expected_claims()), None)
    if wanting is not None:
        yield (
            f"StatefulSet {wanting.namespace}/{wanting.name} wants claim {one.name}: it is made anew, and empty, with"
            " the next pod."
        )
    owner = next(iter(one.claim["metadata"].get("ownerReferences") or ()), None)
    if owner is not None:
        yield f"Claim {one.name} belongs to {owner.get('kind')} {owner.get('name')}, which may make it anew."


def _parsed_sets(around: Around) -> Iterable[StatefulSet]:
    parsed = (parse("statefulsets", raw) for raw in around.sets)
    return (one for one in parsed if isinstance(one, StatefulSet) and one.deleted is None)
