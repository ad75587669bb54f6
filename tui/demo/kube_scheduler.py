"""A scheduler that knows claims: it puts pods on nodes, or says what is missing.

Source: pkg/scheduler/framework/plugins/volumebinding.
"""

from typing import Final

from tui.demo.kube_admission import class_of
from tui.demo.kube_match import find_match, reaches
from tui.demo.kube_resources import CLAIMS, CLASSES, NODES, PODS, VOLUMES, Obj
from tui.demo.kube_status import Version
from tui.demo.kube_world import (
    BIND_COMPLETED,
    BY_CONTROLLER,
    SELECTED_NODE,
    World,
    annotations,
    claims_of,
    note,
    reference,
)

NO_PROVISIONER: Final = "kubernetes.io/no-provisioner"
NOTHING_TO_BIND: Final = "node(s) didn't find available persistent volumes to bind"
_SAME: Final = ("type", "status", "reason", "message")


class Scheduler:
    """Puts pods on nodes. A pod whose volumes could not be made is tried again in the next round only."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chosen: dict[str, str] = {}
        self._given_up: set[str] = set()
        self._said: dict[str, str] = {}

    def again(self) -> None:
        """Begin a new round: all pods that wait may be tried again."""
        self._given_up.clear()
        self._said.clear()

    def sync(self, pod: Obj) -> None:
        """Bring a pod that waits as far as it can come now."""
        uid = pod["metadata"]["uid"]
        if pod["spec"].get("nodeName") or "deletionTimestamp" in pod["metadata"] or uid in self._given_up:
            return
        nodes = sorted((node for node in self._world.all(NODES) if _usable(node, pod)), key=self._load)
        if not nodes:
            self._refuse(pod, "node(s) were unschedulable", 0)
            return
        why, waiting = self._claims(pod, nodes)
        if why:
            self._refuse(pod, why, len(nodes))
        elif waiting:
            self._wait(pod, nodes[0]["metadata"]["name"], waiting)
        else:
            self._place(pod, self._chosen.pop(uid, nodes[0]["metadata"]["name"]))

    def _load(self, node: Obj) -> int:
        """How many pods a node has already."""
        name = node["metadata"]["name"]
        return sum(pod["spec"].get("nodeName") == name for pod in self._world.all(PODS))

    def _claims(self, pod: Obj, nodes: list[Obj]) -> tuple[str, list[Obj]]:
        """Why the pod fits nowhere, else the claims for which something is to be bound or made first."""
        space, waiting = pod["metadata"]["namespace"], []
        for name in claims_of(pod):
            claim = self._world.read(CLAIMS, space, name)
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found', []
            if "deletionTimestamp" in claim["metadata"]:
                return f'persistentvolumeclaim "{name}" is being deleted', []
            if claim.get("status", {}).get("phase") == "Lost":
                volume = claim["spec"].get("volumeName", "")
                return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"', []
            if claim["spec"].get("volumeName") and BIND_COMPLETED in annotations(claim):
                why = self._reachable(claim, nodes)
                if why:
                    return why, []
            else:
                why = self._unbound(claim, nodes)
                if why:
                    return why, []
                waiting.append(claim)
        return "", waiting

    def _reachable(self, claim: Obj, nodes: list[Obj]) -> str:
        name = claim["spec"]["volumeName"]
        volume = self._world.read(VOLUMES, "", name)
        if volume is None:
            claim_name = claim["metadata"]["name"]
            return f'persistentvolumeclaim "{claim_name}" bound to non-existent persistentvolume "{name}"'
        if any(reaches(volume, node) for node in nodes):
            return ""
        if self._world.version >= (1, 34):
            return "node(s) didn't match PersistentVolume's node affinity"
        return "node(s) had volume node affinity conflict"

    def _unbound(self, claim: Obj, nodes: list[Obj]) -> str:
        cls = self._world.read(CLASSES, "", class_of(claim))
        if cls is None or cls.get("volumeBindingMode") != "WaitForFirstConsumer" or claim["spec"].get("volumeName"):
            return "pod has unbound immediate PersistentVolumeClaims"
        if (
            find_match(claim, self._world.candidates(claim), node=nodes[0]) is None
            and cls["provisioner"] == NO_PROVISIONER
        ):
            return NOTHING_TO_BIND
        return ""

    def _wait(self, pod: Obj, node: str, waiting: list[Obj]) -> None:
        uid = pod["metadata"]["uid"]
        again = uid in self._chosen
        for claim in waiting:
            found = find_match(claim, self._world.candidates(claim), node=self._world.read(NODES, "", node))
            if found is not None:
                self._reserve(found, claim)
            elif SELECTED_NODE not in annotations(claim):
                if again:
                    self._fail(pod, claim)
                    return
                self._world.update(CLAIMS, claim, lambda obj: note(obj, SELECTED_NODE, node))
        self._chosen[uid] = node

    def _reserve(self, volume: Obj, claim: Obj) -> None:
        def change(obj: Obj) -> None:
            obj["spec"]["claimRef"] = reference(claim)
            note(obj, BY_CONTROLLER, "yes")

        if not volume["spec"].get("claimRef"):
            self._world.update(VOLUMES, volume, change)

    def _fail(self, pod: Obj, claim: Obj) -> None:
        name = claim["metadata"]["name"]
        text = f'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "{name}"'
        del self._chosen[pod["metadata"]["uid"]]
        self._given_up.add(pod["metadata"]["uid"])
        self._say(pod, "SchedulerError", text)

    def _refuse(self, pod: Obj, why: str, nodes: int) -> None:
        self._say(pod, "Unschedulable", unschedulable(why, nodes, self._world.version))

    def _say(self, pod: Obj, reason: str, text: str) -> None:
        uid = pod["metadata"]["uid"]
        if self._said.get(uid) == text:
            return
        self._said[uid] = text
        self._world.recorder.scheduler(pod, "Warning", "FailedScheduling", text, "Scheduling")
        condition = {"type": "PodScheduled", "status": "False", "lastProbeTime": None}
        condition |= {"lastTransitionTime": self._world.store.now(), "reason": reason, "message": text}
        self._condition(pod, condition)

    def _place(self, pod: Obj, node: str) -> None:
        meta = pod["metadata"]
        changed = self._world.update(PODS, pod, lambda obj: obj["spec"].update(nodeName=node))
        if changed is None:
            return
        text = f"Successfully assigned {meta['namespace']}/{meta['name']} to {node}"
        self._world.recorder.scheduler(pod, "Normal", "Scheduled", text, "Binding")
        condition = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        self._condition(pod, {**condition, "lastTransitionTime": self._world.store.now()})

    def _condition(self, pod: Obj, condition: Obj) -> None:
        def change(obj: Obj) -> None:
            old = obj["status"].get("conditions") or ()
            if any(all(one.get(key) == condition.get(key) for key in _SAME) for one in old):
                return
            others = [one for one in old if one["type"] != "PodScheduled"]
            obj["status"]["conditions"] = [*others, condition]

        self._world.update(PODS, pod, change)


def unschedulable(why: str, nodes: int, version: Version) -> str:
    """The text of FailedScheduling: each release says it a little differently."""
    head = f"0/{nodes} nodes are available: "
    about_node = why.startswith("node(s)")
    if version < (1, 24):
        return f"{head}{nodes} {why}."
    tail = f"preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling."
    if version < (1, 26):
        return f"{head}{nodes} {why}. {tail}"
    tail = tail if version < (1, 32) else tail.replace(f"{nodes} Preemption", "Preemption")
    return f"{head}{f'{nodes} ' if about_node else ''}{why}. {tail}"


def _usable(node: Obj, pod: Obj) -> bool:
    if node.get("spec", {}).get("unschedulable"):
        return False
    labels = node["metadata"].get("labels") or {}
    conditions = node.get("status", {}).get("conditions") or ()
    ready = all(one["status"] == "True" for one in conditions if one["type"] == "Ready")
    return ready and all(labels.get(k) == v for k, v in (pod["spec"].get("nodeSelector") or {}).items())
