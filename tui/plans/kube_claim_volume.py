"""A claim made anew without losing its volume: Retain, delete, keep the volume for the new claim, make that, as before.

The volume is never without either its claim or the policy Retain, so that no moment is left in which the data
could be deleted, wherever the plan breaks off.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from tui.core.json_fields import ABSENT, at
from tui.core.plan import Check, Danger, Refused, Step
from tui.dialects import kube_request as api
from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_request import Raw
from tui.dialects.kube_write import Manifest, effective_class
from tui.plans import kube_steps as steps
from tui.plans.kube_volume import POLICY, REFERENCE, class_changes

_FREE: Final[dict[str, Any]] = {f"{REFERENCE}/uid": ABSENT, f"{REFERENCE}/resourceVersion": ABSENT}


def with_volume(raw: Raw, volume: Raw, manifest: Manifest, again: Manifest, token: str) -> tuple[Step, ...]:
    """The steps where the new claim gets the same volume; `again` is the claim that undo makes.

    Raises Refused where the volume would not fit the new claim.
    """
    _need_fit(volume, manifest)
    keep = _keep(volume)
    gone = _gone(raw, volume, keep, again)
    reserve = _reserve(raw, volume, manifest, gone.id, token)
    back = volume["metadata"]["name"]
    bound = {"/status/phase": "Bound", "/spec/volumeName": back}
    made = steps.create(
        manifest, token, title=f"create claim {raw['metadata']['namespace']}/{raw['metadata']['name']} anew",
        needs=(reserve.id,), settled=api.holds(api.path_of(raw), bound, f"the new claim is not bound to {back} yet"),
        settle_seconds=steps.BOUND_SECONDS,
    )  # fmt: skip
    return (*keep, gone, reserve, made, *_restore(volume, keep, made.id))


def without_volume(raw: Raw, volume: Raw, manifest: Manifest, token: str) -> tuple[Step, ...]:
    """The steps where the new claim gets another volume; the old one stays, released, with Retain."""
    keep = _keep(volume)
    gone = replace(_gone(raw, volume, keep, {}), undo=(), undone=None, no_undo="its volume is not bound to it any more")
    meta = raw["metadata"]
    title = f"create claim {meta['namespace']}/{meta['name']} anew"
    return (*keep, gone, steps.create(manifest, token, title=title, needs=(gone.id,)))


def _keep(volume: Raw) -> tuple[Step, ...]:
    """The step before anything is deleted: a volume with Retain outlives its claim."""
    if at(volume, POLICY) == "Retain":
        return ()
    title = f"set the reclaim policy of {volume['metadata']['name']} to Retain, so that its data stays"
    return (steps.patch(volume, {POLICY: "Retain"}, title=title, key="retain"),)


def _gone(raw: Raw, volume: Raw, keep: Sequence[Step], again: Manifest) -> Step:
    meta = raw["metadata"]
    retains = {"/metadata/uid": steps.uid_of(volume), POLICY: "Retain"}
    kept = api.holds(api.path_of(volume), retains, f"{steps.name_of(volume)} would be deleted with its claim")
    step = steps.delete(
        raw, title=f"delete claim {meta['namespace']}/{meta['name']}", needs=[step.id for step in keep],
        fields={"/spec/volumeName": volume["metadata"]["name"]}, guards=(kept, steps.unused(raw)), again=again or raw,
        danger=Danger.DESTROYS,
    )  # fmt: skip
    # the claim that comes back has another uid, so the volume must be kept for its name by then
    free = api.merge(api.path_of(volume), api.merge_body(steps.uid_of(volume), _FREE))
    return replace(step, undo=(api.read(api.path_of(raw), 404), free, *step.undo))


def _restore(volume: Raw, keep: Sequence[Step], after: str) -> tuple[Step, ...]:
    if not keep:
        return ()
    old = at(volume, POLICY)
    retained = {**volume, "spec": {**volume["spec"], "persistentVolumeReclaimPolicy": "Retain"}}
    title = f"set the reclaim policy of {volume['metadata']['name']} to {old} again"
    bound = {"/status/phase": "Bound"}
    return (steps.patch(retained, {POLICY: old}, title=title, key="policy", needs=(after,), fields=bound),)


def _reserve(raw: Raw, volume: Raw, manifest: Manifest, needs: str, token: str) -> Step:
    """Keep the volume for a claim of this name, with the class and modes that the new one asks for."""
    path, uid, name = api.path_of(volume), steps.uid_of(volume), volume["metadata"]["name"]
    fit = _fitting(volume, manifest)
    before = {where: at(volume, where) for where in fit}
    step = steps.patch(volume, _FREE | fit, title=f"keep {name} for the new claim", key="reserve", needs=(needs,))
    ours = {"/metadata/uid": uid} | {f"{REFERENCE}/{key}": raw["metadata"][key] for key in ("namespace", "name")}
    done = Check(
        api.read(path),
        absent=f'"{re.escape(raw["metadata"]["uid"])}"',
        why=f"{name} is still bound to the claim that was deleted",
        fields=api.holds(path, {"/metadata/uid": uid} | fit, "").fields,
    )
    other = Check(
        api.read(path),
        absent=rf'"claimRef"\s*:\s*\{{[^{{}}]*"uid"\s*:\s*"(?!{re.escape(raw["metadata"]["uid"])}")',
        why=f"{name} is bound to another claim by now",
        fields=api.holds(path, ours | before, "").fields,
    )
    # once the old claim is there again the volume is its own, and must not be taken from it
    back = Check(api.read(api.path_of(raw)), absent=f'"{token}"', why=f"{steps.name_of(raw)} is not there again")
    # after half an undo the volume is kept for the name alone already, which is no reason not to go on
    return replace(
        step,
        commands=(api.merge(path, api.merge_body(uid, _FREE | fit)),),
        guards=(other,),
        done=done,
        undo=(api.merge(path, api.merge_body(uid, _FREE | before)),),
        undone=back,
        undo_guards=(api.holds(path, ours, f"{name} is bound to another claim by now"),),
    )


def _fitting(volume: Raw, manifest: Manifest) -> dict[str, Any]:
    """What has to change of a volume so that the new claim may have it."""
    fit: dict[str, Any] = {}
    if effective_class(volume) != effective_class(manifest):
        fit |= class_changes(volume, effective_class(manifest))
    modes = list(volume["spec"].get("accessModes") or ())
    missing = [mode for mode in manifest["spec"].get("accessModes") or () if mode not in modes]
    return fit | ({"/spec/accessModes": [*modes, *missing]} if missing else {})


def _need_fit(volume: Raw, manifest: Manifest) -> None:
    name, spec = volume["metadata"]["name"], manifest["spec"]
    asked = parse_quantity(((spec.get("resources") or {}).get("requests") or {}).get("storage"))
    there = parse_quantity((volume["spec"].get("capacity") or {}).get("storage"))
    if asked is not None and there is not None and asked > there:
        raise Refused(
            f"PersistentVolume {name} has {volume['spec']['capacity']['storage']}, less than the new claim asks for.",
            ("expand the volume first, or change its capacity, then make the claim anew",),
        )
    mode = volume["spec"].get("volumeMode") or "Filesystem"
    if (spec.get("volumeMode") or "Filesystem") != mode:
        raise Refused(f"PersistentVolume {name} has volume mode {mode}, which can't be changed.")


def warnings(name: str, volume: Raw, manifest: Manifest) -> Iterable[str]:
    """What making claim `name` anew means for the volume that it is bound to."""
    policy, back = at(volume, POLICY), volume["metadata"]["name"]
    if manifest["spec"].get("volumeName") != back:
        yield f"The new claim does not get {back}: the data stays there, and the claim starts with another volume."
        yield f"{back} stays with reclaim policy Retain, released; undo does not bind it again."
    if policy == "Retain":
        yield f"{back} has reclaim policy Retain: its data stays while the claim is away."
    elif policy == "Recycle":
        yield f"{back} has reclaim policy Recycle: it would be emptied with the claim. It is set to Retain first."
    else:
        yield (
            f"{back} has reclaim policy {policy}: with the claim its data would be deleted. It is set to Retain first,"
            " and to what it was when the new claim is bound. Do not set it back by hand in between."
        )
    yield f"Pods can't start with claim {name} until it is bound again."
