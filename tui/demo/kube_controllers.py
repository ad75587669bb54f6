"""The controllers over the simulated Kubernetes: what changed is looked at, one thing after the other."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from tui.demo.kube_api import KubeApi
from tui.demo.kube_binder import Binder
from tui.demo.kube_kubelet import Kubelet
from tui.demo.kube_protect import Protector
from tui.demo.kube_provision import Provisioners
from tui.demo.kube_reclaim import Reclaimer
from tui.demo.kube_resources import BY_PLURAL, CLAIMS, NAMESPACES, PODS, SERVICES, SETS, VOLUMES, Obj, Resource
from tui.demo.kube_scheduler import Scheduler
from tui.demo.kube_services import Services
from tui.demo.kube_sets import StatefulSets
from tui.demo.kube_store import Change
from tui.demo.kube_world import Delays, Hooks, World, claims_of

Key = tuple[str, str, str]
"""(plural, namespace, name)."""

_LOG: Final = logging.getLogger(__name__)
_COUNTED: Final = ("persistentvolumeclaims", "resourcequotas", "services", "secrets", "pods", "configmaps")
_ROUNDS: Final = (
    "namespaces",
    "persistentvolumes",
    "persistentvolumeclaims",
    "statefulsets",
    "pods",
    "services",
    "resourcequotas",
)


class Controllers:
    """All controllers. `off` are parts that stand still, by name: the plural of what they look after."""

    def __init__(self, api: KubeApi) -> None:
        self.world = World(api)
        self.kubelet, self.scheduler = Kubelet(self.world), Scheduler(self.world)
        self._binder = Binder(self.world, Provisioners(self.world))
        self._reclaimer, self._protector = Reclaimer(self.world, self._binder), Protector(self.world)
        self._sets, self._services = StatefulSets(self.world), Services(self.world)
        self.off: set[str] = set()
        self._queue: dict[Key, None] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._broken: Exception | None = None
        self._sync: dict[str, Callable[[Key], None]] = {
            "persistentvolumeclaims": self._claim,
            "persistentvolumes": self._volume,
            "pods": self._pod,
            "statefulsets": self._set,
            "services": lambda key: self._services.service(key[1], key[2]),
            "endpoints": lambda key: self._services.endpoints(key[1], key[2]),
            "namespaces": self._namespace,
            "resourcequotas": lambda key: self._protector.quotas(key[1]),
        }

    @property
    def hooks(self) -> Hooks:
        """The outside: heketi, provisioners, mounts."""
        return self.world.hooks

    @property
    def delays(self) -> Delays:
        """How long things take."""
        return self.world.delays

    def start(self) -> None:
        """Look at everything once, then at what changes."""
        if self._task is None:
            self.world.store.listeners.append(self._changed)
            self._task = asyncio.get_running_loop().create_task(self._work())
            self._services.collect()
            self.resync()

    async def stop(self) -> None:
        """Stand still."""
        if self._changed in self.world.store.listeners:
            self.world.store.listeners.remove(self._changed)
        for task in [*self.world.tasks, *([self._task] if self._task else [])]:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._task = None
        self._queue.clear()

    def resync(self) -> None:
        """Begin a new round over all objects, as real controllers do every 15 seconds."""
        self.scheduler.again()
        self.world.recorder.expire(self.delays.event_life)
        for plural in _ROUNDS:
            for stored in self.world.store.all(BY_PLURAL[plural]):
                self._add(plural, stored.namespace, stored.name)

    async def settle(self) -> None:
        """Wait until there is nothing left to do now; at once where the controllers stand still.

        Raises what one of them failed with.
        """
        while self._task is not None and (self._queue or self.world.tasks or not self._idle.is_set()):
            await asyncio.sleep(0)
            if self._broken:
                error, self._broken = self._broken, None
                raise error
            if self.world.tasks and not self._queue:
                await asyncio.wait(self.world.tasks, return_when=asyncio.FIRST_COMPLETED)

    def _changed(self, change: Change) -> None:
        stored = change.new
        plural = stored.resource.plural
        self._add(plural, stored.namespace, stored.name)
        if plural in _COUNTED and change.type != "MODIFIED":
            self._add("resourcequotas", stored.namespace, "")
        if stored.resource is PODS:
            self._pod_changed(stored.obj(), stored.namespace)
        elif stored.resource is CLAIMS:
            self._claim_changed(stored.obj(), change.type)
        elif stored.resource is SETS and change.type == "DELETED":
            self._sets.gone(stored.uid)
        elif plural == "services" or plural == "endpoints":
            self._add("endpoints", stored.namespace, stored.name)
        if stored.namespace and change.type == "DELETED":
            self._add("namespaces", "", stored.namespace)

    def _pod_changed(self, pod: Obj, namespace: str) -> None:
        for name in claims_of(pod):
            self._add("persistentvolumeclaims", namespace, name)
        for owner in pod["metadata"].get("ownerReferences") or ():
            if owner.get("kind") == "StatefulSet":
                self._add("statefulsets", namespace, owner["name"])
        labels = pod["metadata"].get("labels") or {}
        for stored in self.world.store.all(SERVICES, namespace) if labels else ():
            self._add("services", namespace, stored.name)

    def _claim_changed(self, claim: Obj, kind: str) -> None:
        meta = claim["metadata"]
        if claim["spec"].get("volumeName"):
            self._add("persistentvolumes", "", claim["spec"]["volumeName"])
        if kind == "DELETED" or claim.get("status", {}).get("phase") != "Pending" or meta.get("annotations"):
            for stored in self.world.store.all(PODS, meta["namespace"]):
                if meta["name"] in claims_of(stored.obj()):
                    self._add("pods", meta["namespace"], stored.name)

    def _add(self, plural: str, namespace: str, name: str) -> None:
        if plural in self._sync:
            self._queue[plural, namespace, name] = None
            self._idle.clear()
            self._wake.set()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        round_at = loop.time() + self.delays.resync
        while True:
            while self._queue:
                key = next(iter(self._queue))
                del self._queue[key]
                self._look_at(key)
                # others get their turn after each step
                await asyncio.sleep(self.delays.step)
            self._idle.set()
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                wait = max(0.0, round_at - loop.time()) if self.delays.resync else None
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            if self.delays.resync and loop.time() >= round_at:
                round_at = loop.time() + self.delays.resync
                self.resync()

    def _look_at(self, key: Key) -> None:
        try:
            if key[0] not in self.off:
                self._sync[key[0]](key)
        except Exception as error:
            # the others go on, as in a cluster; whoever waits for all of them hears of it
            _LOG.exception("%s %s/%s could not be looked at", *key)
            self._broken = error

    def _read(self, resource: Resource, key: Key) -> Obj | None:
        return self.world.read(resource, key[1], key[2])

    def _claim(self, key: Key) -> None:
        claim = self._read(CLAIMS, key)
        if claim is None:
            return
        self._protector.claim(claim)
        claim = self._read(CLAIMS, key)
        if claim is not None:
            self._binder.sync(claim)
            self._protector.grow(self._read(CLAIMS, key) or claim)

    def _volume(self, key: Key) -> None:
        volume = self._read(VOLUMES, key)
        if volume is None:
            # who is bound to it shall hear that it is gone
            for stored in self.world.store.all(CLAIMS):
                if b'"volumeName":"%s"' % key[2].encode() in stored.body:
                    self._add("persistentvolumeclaims", stored.namespace, stored.name)
            return
        if self._reclaimer.sync(volume):
            ref = volume["spec"]["claimRef"]
            self._add("persistentvolumeclaims", ref.get("namespace", ""), ref.get("name", ""))
        volume = self._read(VOLUMES, key)
        if volume is not None:
            self._protector.volume(volume)

    def _pod(self, key: Key) -> None:
        pod = self._read(PODS, key)
        if pod is not None:
            self.scheduler.sync(pod)
            self.kubelet.sync(self._read(PODS, key) or pod)

    def _set(self, key: Key) -> None:
        found = self._read(SETS, key)
        if found is not None and "deletionTimestamp" not in found["metadata"]:
            self._sets.sync(found)

    def _namespace(self, key: Key) -> None:
        found = self._read(NAMESPACES, key)
        if found is not None:
            self._protector.namespace(found)


__all__ = ["Controllers", "Delays", "Hooks"]
