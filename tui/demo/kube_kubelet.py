"""Kubelets: pods on nodes run once their volumes are mounted, and end when they are deleted."""

import asyncio
from typing import Final

from tui.demo.kube_resources import CLAIMS, ENDPOINTS, PODS, VOLUMES, Obj
from tui.demo.kube_world import World

NO_PLUGIN: Final = "no volume plugin matched"
NO_ADDRESS: Final = "failed to execute mount command:[no valid ipaddress found in endpoint address list]"


class Kubelet:
    """The kubelets of all nodes. `held` are nodes whose kubelet does nothing, as if it were gone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.held: set[str] = set()
        self._addresses = 1

    def sync(self, pod: Obj) -> None:
        """Bring a pod on a node as far as it can come now."""
        node = pod["spec"].get("nodeName")
        if not node or node in self.held:
            return
        if "deletionTimestamp" in pod["metadata"]:
            self._end(pod)
        elif pod.get("status", {}).get("phase") == "Pending":
            self._world.run_once(f"pod {pod['metadata']['uid']}", self._run(pod))

    def _end(self, pod: Obj) -> None:
        def change(obj: Obj) -> None:
            obj["metadata"].pop("deletionGracePeriodSeconds", None)

        self._world.update(PODS, pod, change)

    async def _run(self, pod: Obj) -> None:
        if self._world.delays.mount:
            await asyncio.sleep(self._world.delays.mount)
        ready = True
        for one in pod["spec"].get("volumes") or ():
            name = one.get("persistentVolumeClaim", {}).get("claimName")
            if name:
                ready = self._mounted(pod, one["name"], name) and ready
        if ready:
            self._start(pod)
        else:
            waiting = {"waiting": {"reason": "ContainerCreating"}}
            self._state(pod, "Pending", waiting, False)

    def _mounted(self, pod: Obj, volume_name: str, name: str) -> bool:
        claim = self._world.read(CLAIMS, pod["metadata"]["namespace"], name)
        volume = self._world.read(VOLUMES, "", (claim or {}).get("spec", {}).get("volumeName", ""))
        if claim is None or volume is None or claim.get("status", {}).get("phase") != "Bound":
            return False
        why = self._why_not(pod, volume, volume_name)
        if why:
            node = pod["spec"]["nodeName"]
            self._world.recorder.event(pod, "Warning", "FailedMount", why, "kubelet", node)
        return not why

    def _why_not(self, pod: Obj, volume: Obj, volume_name: str) -> str:
        name, source = volume["metadata"]["name"], volume["spec"].get("glusterfs")
        if source is None:
            return self._world.hooks.mount(pod, volume)
        if self._world.version >= (1, 26):
            more = ", failed to process volumes=[]" if self._world.version >= (1, 27) else ""
            frame = f"unmounted volumes=[{volume_name}], unattached volumes=[{volume_name}]{more}"
            why = f'failed to get Plugin from volumeSpec for volume "{name}" err={NO_PLUGIN}'
            return f"Unable to attach or mount volumes: {frame}: {why}"
        space = source.get("endpointsNamespace") or pod["metadata"]["namespace"]
        endpoints = self._world.read(ENDPOINTS, space, source["endpoints"])
        if endpoints is None:
            why = f'endpoints "{source["endpoints"]}" not found'
            return f'MountVolume.NewMounter initialization failed for volume "{name}" : {why}'
        addresses = [one for part in endpoints.get("subsets") or () for one in part.get("addresses") or ()]
        if not addresses:
            return f'MountVolume.SetUp failed for volume "{name}" : {NO_ADDRESS}'
        return self._world.hooks.mount(pod, volume)

    def _start(self, pod: Obj) -> None:
        self._addresses += 1
        address = f"10.244.{self._addresses // 250}.{self._addresses % 250 + 1}"
        running = {"running": {"startedAt": self._world.store.now()}}
        self._state(pod, "Running", running, True, podIP=address, startTime=self._world.store.now())

    def _state(self, pod: Obj, phase: str, state: Obj, ready: bool, **more: str) -> None:
        def change(obj: Obj) -> None:
            statuses = [
                {"name": one["name"], "state": state, "ready": ready, "restartCount": 0, "image": one.get("image", "")}
                for one in obj["spec"]["containers"]
            ]
            old = obj.get("status", {})
            conditions = [one for one in old.get("conditions") or () if one["type"] not in ("Ready", "ContainersReady")]
            if ready:
                now = self._world.store.now()
                for kind in ("Ready", "ContainersReady"):
                    conditions.append(
                        {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
                    )
            obj["status"] = {**old, "phase": phase, "conditions": conditions, **more, "containerStatuses": statuses}

        self._world.update(PODS, pod, change)
