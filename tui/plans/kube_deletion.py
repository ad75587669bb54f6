"""Plans for deletions that hang: name who holds the object, end what has ended, take away one proven finalizer.

Finalizers are never blanked: the one that is removed is named, and what it waits for is looked at right before.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from tui.core.json_fields import ABSENT, at
from tui.core.plan import Check, Danger, Plan, Refused, Step
from tui.core.runner import KUBERNETES
from tui.dialects import kube_request as api
from tui.dialects.kube_request import CLAIM, VOLUME, Raw
from tui.dialects.kube_write import GLUSTERFS, PROTECTION
from tui.plans import kube_steps as steps
from tui.plans.kube_asks import Needs
from tui.plans.kube_pods import holders, is_finished, words_of
from tui.plans.kube_steps import unused
from tui.plans.kube_volume import reference, unbound

ALL_FINISHED = "finished"
IN_TREE_DELETER = "kubernetes.io/pv-controller"
PROVISIONED_BY = "/metadata/annotations/pv.kubernetes.io~1provisioned-by"


def plan_finish_claim(raw: Raw, pods: Iterable[Raw], chosen: Iterable[str] = ()) -> Plan:
    """Let a claim go that is being deleted. `pods` are those of its namespace.

    `chosen` are names of finished pods to delete ("finished": all of them). Raises Refused with the pods that hold
    the claim where they run, and Needs where those that have ended were not chosen.
    """
    meta = raw["metadata"]
    name = f"{meta['namespace']}/{meta['name']}"
    _need_deletion(raw, f"Claim {name}")
    held = holders(pods, meta["name"])
    live = [pod for pod in held if not is_finished(pod)]
    if live:
        raise Refused(
            f"Claim {name} goes when its pods are gone, and these still run: {words_of(live)}.",
            ("end what makes them (scale it to 0, delete the Job); the claim then goes by itself",),
        )
    wanted = set(chosen)
    left = [pod for pod in held if ALL_FINISHED not in wanted and pod["metadata"]["name"] not in wanted]
    if left:
        raise Needs(
            "pods",
            f"Claim {name} is held by pods that have ended, but are still there: {words_of(left)}."
            " Their logs go with them, so they are deleted only when they are chosen.",
            (ALL_FINISHED, *(pod["metadata"]["name"] for pod in left)),
        )
    if held:
        return _delete_pods(raw, held)
    strange = [one for one in meta.get("finalizers") or () if one != PROTECTION[CLAIM]]
    if strange:
        raise Refused(f"Claim {name} waits for {', '.join(strange)}: whoever set that has to finish its work.")
    owner = next((one for one in meta.get("ownerReferences") or () if one.get("kind") == "Pod"), None)
    guards = [replace(unused(raw), why=f"a pod uses claim {name}")]
    if owner:
        path = api.object_path("Pod", meta["namespace"], str(owner["name"]))
        guards.append(api.gone(path, f"pod {owner['name']}, which the claim belongs to, is there"))
    step = _take_finalizer(raw, PROTECTION[CLAIM], guards)
    warning = (
        "No pod uses the claim, so the controller should have let it go by itself: see that kube-controller-manager"
        " runs. If its volume has reclaim policy Delete, the data goes with the claim."
    )
    title = f"Finish the deletion of claim {name}"
    return Plan(title, (step,), warnings=(warning,), confirm=meta["name"])


def _delete_pods(raw: Raw, pods: Iterable[Raw]) -> Plan:
    meta = raw["metadata"]
    made = tuple(
        steps.delete(
            pod,
            title=f"delete pod {pod['metadata']['namespace']}/{pod['metadata']['name']}, which has ended",
            fields={"/status/phase": at(pod, "/status/phase")},
            no_undo="a pod that has ended is not started again",
            danger=Danger.DESTROYS,
        )
        for pod in pods
    )
    warnings = (
        "The logs of these pods go with them.",
        "Then the claim goes, and with reclaim policy Delete its data.",
    )
    title = f"Delete the finished pods that hold claim {meta['namespace']}/{meta['name']}"
    return Plan(title, made, warnings=warnings, confirm=meta["name"])


def plan_finish_volume(raw: Raw, claim: Raw | None, version: tuple[int, int] = (0, 0)) -> Plan:
    """Let a PersistentVolume go that is being deleted. `claim` is the claim that `claimRef` names, if it is there.

    Raises Refused where somebody uses it, or somebody else has to finish its work.
    """
    name = raw["metadata"]["name"]
    _need_deletion(raw, f"PersistentVolume {name}")
    finalizers = list(raw["metadata"].get("finalizers") or ())
    ref = reference(raw)
    owner = f"{ref.get('namespace')}/{ref.get('name')}"
    if claim is not None and (ref.get("uid") or claim["metadata"]["uid"]) == claim["metadata"]["uid"]:
        raise Refused(
            f"PersistentVolume {name} is still bound to claim {owner}, and goes only after it.",
            ("a deletion can't be called off; to keep the data, see that the reclaim policy is Retain",),
        )
    others = [one for one in finalizers if one not in (PROTECTION[VOLUME], IN_TREE_DELETER)]
    if others:
        provisioner = at(raw, PROVISIONED_BY)
        who = f"the provisioner {provisioner}" if provisioner is not ABSENT else "whoever set it"
        raise Refused(
            f"PersistentVolume {name} waits for {', '.join(others)}: {who} has to finish its work.",
            ("see that it runs, and read its log",),
        )
    guards = [unbound(raw)]
    if ref.get("name"):
        guards.append(_claim_gone(raw))
    if IN_TREE_DELETER in finalizers:
        return _let_go(raw, guards, version)
    step = _take_finalizer(raw, PROTECTION[VOLUME], guards)
    warning = (
        "No claim has it, so the controller should have let it go by itself: see that kube-controller-manager runs."
    )
    return Plan(f"Finish the deletion of PersistentVolume {name}", (step,), warnings=(warning,), confirm=name)


def _let_go(raw: Raw, guards: list[Check], version: tuple[int, int]) -> Plan:
    """The deleter inside Kubernetes that this finalizer waits for is gone from 1.26."""
    name = raw["metadata"]["name"]
    is_gluster = "glusterfs" in raw["spec"] or at(raw, PROVISIONED_BY) == GLUSTERFS
    if not is_gluster or version < (1, 26):
        raise Refused(
            f"PersistentVolume {name} waits for kube-controller-manager to delete what is behind it.",
            ("read the events of the PersistentVolume for the reason why it can't",),
        )
    gluster = str((raw["spec"].get("glusterfs") or {}).get("path") or "")
    warnings = (
        f"Kubernetes {version[0]}.{version[1]} can't delete Gluster volumes any more: volume {gluster} stays, with its"
        " data, its entry in heketi, and its Endpoints and Service. Delete them afterwards if nobody needs them.",
    )
    step = _take_finalizer(raw, IN_TREE_DELETER, guards)
    return Plan(f"Finish the deletion of PersistentVolume {name}", (step,), warnings=warnings, confirm=name)


def _need_deletion(raw: Raw, name: str) -> None:
    if not raw["metadata"].get("deletionTimestamp"):
        raise Refused(f"{name} is not being deleted.")
    if not raw["metadata"].get("finalizers"):
        raise Refused(f"{name} waits for nothing; it is gone in a moment.")


def _claim_gone(raw: Raw) -> Check:
    """Whether the claim of this life is gone; another one of the same name does not have this volume."""
    ref = reference(raw)
    path = api.object_path(CLAIM, str(ref["namespace"]), str(ref["name"]))
    why = f"claim {ref['namespace']}/{ref['name']} is there"
    return api.gone_or_other(path, str(ref["uid"]), why) if ref.get("uid") else api.gone(path, why)


def _take_finalizer(raw: Raw, finalizer: str, guards: Iterable[Check]) -> Step:
    path, uid, name = api.path_of(raw), steps.uid_of(raw), steps.name_of(raw)
    index = list(raw["metadata"]["finalizers"]).index(finalizer)
    still = {"/metadata/uid": uid, f"/metadata/finalizers/{index}": finalizer}
    mark = f'"{re.escape(finalizer)}"'
    return Step(
        id=f"finalizer {name}",
        node=KUBERNETES,
        title=f"take the finalizer {finalizer} off {name}, and no other",
        commands=(api.take_from_list(path, uid, "/metadata/finalizers", index, finalizer),),
        subject=name,
        done=Check(api.read(path, 200, 404), matches=r'"kind"', absent=mark, why=f"{name} still has {finalizer}"),
        guards=(api.holds(path, still, f"{name} is not what it was when the plan was made"), *guards),
        danger=Danger.DESTROYS,
        no_undo="what is deleted does not come back, and no finalizer can be added to it",
        retry=True,
    )
