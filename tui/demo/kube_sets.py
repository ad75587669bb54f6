"""StatefulSets: their claims and pods, one after the other."""

import json
from typing import Final

from tui.demo.kube_delete import delete
from tui.demo.kube_resources import CLAIMS, PODS, SETS, Obj
from tui.demo.kube_status import ApiError
from tui.demo.kube_world import World

COMPONENT: Final = "statefulset-controller"


class StatefulSets:
    """Keeps as many pods as the sets ask for. Claims stay when a set shrinks or goes, as they do in Kubernetes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def sync(self, found: Obj) -> None:
        """Bring one set as far as it can come now."""
        wanted = int(found["spec"].get("replicas", 1))
        pods = {pod["metadata"]["name"]: pod for pod in self._pods(found)}
        name = found["metadata"]["name"]
        parallel = found["spec"].get("podManagementPolicy") == "Parallel"
        for number in range(wanted):
            pod = pods.get(f"{name}-{number}")
            if pod is None and not self._create(found, number):
                break
            if not parallel and not _ready(pod):
                break
        for pod_name, pod in pods.items():
            if int(pod_name.rpartition("-")[2]) >= wanted:
                self._remove(pod)
        self._count(found)

    def gone(self, uid: str) -> None:
        """Take the pods of a set away that is gone."""
        for pod in self._world.all(PODS):
            if any(owner.get("uid") == uid for owner in pod["metadata"].get("ownerReferences") or ()):
                self._remove(pod)

    def _pods(self, found: Obj) -> list[Obj]:
        meta = found["metadata"]
        return [
            pod for pod in self._world.all(PODS, meta["namespace"])
            if any(owner.get("uid") == meta["uid"] for owner in pod["metadata"].get("ownerReferences") or ())
        ]  # fmt: skip

    def _remove(self, pod: Obj) -> None:
        stored = self._world.store.get(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])
        if stored and "deletionTimestamp" not in pod["metadata"]:
            delete(self._world.store, stored, {})

    def _create(self, found: Obj, number: int) -> bool:
        meta, spec = found["metadata"], found["spec"]
        pod_name, space = f"{meta['name']}-{number}", meta["namespace"]
        volumes = list(spec["template"]["spec"].get("volumes") or ())
        for template in spec.get("volumeClaimTemplates") or ():
            claim_name = f"{template['metadata']['name']}-{pod_name}"
            if not self._claim(found, template, claim_name, pod_name):
                return False
            volumes.append({"name": template["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim_name}})
        labels = {**(spec["template"].get("metadata", {}).get("labels") or {})}
        labels["statefulset.kubernetes.io/pod-name"] = pod_name
        owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": meta["name"], "uid": meta["uid"]}
        owner |= {"controller": True, "blockOwnerDeletion": True}
        pod = {
            "metadata": {"name": pod_name, "labels": labels, "ownerReferences": [owner]},
            "spec": json.loads(json.dumps({**spec["template"]["spec"], "hostname": pod_name, "volumes": volumes})),
        }
        try:
            self._world.api.create(PODS, space, pod)
        except ApiError as error:
            text = f"create Pod {pod_name} in StatefulSet {meta['name']} failed error: {error.message}"
            self._world.event(found, "Warning", "FailedCreate", text, COMPONENT)
            return False
        text = f"create Pod {pod_name} in StatefulSet {meta['name']} successful"
        self._world.event(found, "Normal", "SuccessfulCreate", text, COMPONENT)
        return True

    def _claim(self, found: Obj, template: Obj, name: str, pod_name: str) -> bool:
        meta = found["metadata"]
        if self._world.store.get(CLAIMS, meta["namespace"], name):
            return True
        labels = (found["spec"].get("selector") or {}).get("matchLabels") or {}
        given = template["metadata"]
        head = {"name": name, "labels": {**(given.get("labels") or {}), **labels}}
        head["annotations"] = given.get("annotations") or {}
        subject = f"Claim {name} for Pod {pod_name} in StatefulSet {meta['name']}"
        try:
            spec = json.loads(json.dumps(template["spec"]))
            self._world.api.create(CLAIMS, meta["namespace"], {"metadata": head, "spec": spec})
        except ApiError as error:
            self._world.event(
                found, "Warning", "FailedCreate", f"create {subject} failed error: {error.message}", COMPONENT
            )
            why = f"failed to create PVC {name}: {error.message}"
            text = f"create Pod {pod_name} in StatefulSet {meta['name']} failed error: {why}"
            self._world.event(found, "Warning", "FailedCreate", text, COMPONENT)
            return False
        self._world.event(found, "Normal", "SuccessfulCreate", f"create {subject} success", COMPONENT)
        return True

    def _count(self, found: Obj) -> None:
        pods = self._pods(found)
        ready = sum(_ready(pod) for pod in pods)
        state = {"replicas": len(pods), "currentReplicas": len(pods), "availableReplicas": ready}
        if ready:
            state["readyReplicas"] = ready
        self._world.update(SETS, found, lambda obj: obj.update(status=state))


def _ready(pod: Obj | None) -> bool:
    return pod is not None and pod.get("status", {}).get("phase") == "Running"
