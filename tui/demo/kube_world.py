"""What the simulated controllers share: the objects, the events that they write, and what they ask of the outside."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from tui.demo.kube_api import KubeApi
from tui.demo.kube_recorder import Recorder
from tui.demo.kube_resources import VOLUMES, Obj, Resource
from tui.demo.kube_status import Version

BIND_COMPLETED: Final = "pv.kubernetes.io/bind-completed"
BY_CONTROLLER: Final = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY: Final = "pv.kubernetes.io/provisioned-by"
SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
PROVISIONER: Final = "volume.kubernetes.io/storage-provisioner"
BETA_PROVISIONER: Final = "volume.beta.kubernetes.io/storage-provisioner"
RESIZER: Final = "volume.kubernetes.io/storage-resizer"
BINDER: Final = "persistentvolume-controller"
GLUSTERFS: Final = "kubernetes.io/glusterfs"


class OutsideError(Exception):
    """What heketi, a provisioner or a mount failed with, in its own words."""


@dataclass(frozen=True, slots=True)
class Made:
    """A Gluster volume that was made: heketi's id, its name, the addresses of its nodes, its size in GiB."""

    volume_id: str
    path: str
    hosts: tuple[str, ...]
    gib: int


async def _refuse_provision(claim: Obj, cls: Obj, key: str) -> Made:
    raise OutsideError('Post "http://127.0.0.1:1/volumes": dial tcp 127.0.0.1:1: connect: connection refused')


async def _refuse(volume: Obj, cls: Obj, key: str) -> None:
    raise OutsideError("connect: connection refused")


async def _refuse_expand(volume: Obj, gib: int) -> None:
    raise OutsideError("connect: connection refused")


@dataclass(slots=True)
class Hooks:
    """The outside of Kubernetes. Each raises OutsideError; as they stand, no heketi can be reached.

    `provision(claim, class, key)`, `delete(volume, class, key)` and `expand(volume, gib)` are heketi's part of
    kubernetes.io/glusterfs; `external` are provisioners that run, by name: (claim, class) -> the source of the
    volume (`{"csi": {...}}`); `mount(pod, volume)` gives the error of a mount, "" for none.
    """

    provision: Callable[[Obj, Obj, str], Awaitable[Made]] = _refuse_provision
    delete: Callable[[Obj, Obj, str], Awaitable[None]] = _refuse
    expand: Callable[[Obj, int], Awaitable[None]] = _refuse_expand
    external: dict[str, Callable[[Obj, Obj], Awaitable[Obj]]] = field(default_factory=dict)
    mount: Callable[[Obj, Obj], str] = lambda pod, volume: ""


@dataclass(slots=True)
class Delays:
    """Seconds: between two things a controller does, of provisioning, of a mount, between two rounds over all."""

    step: float = 0.0
    provision: float = 0.0
    mount: float = 0.0
    resync: float = 15.0
    event_life: float = 3600.0


class World:
    """Everything that a controller works on."""

    def __init__(self, api: KubeApi) -> None:
        self.api, self.store = api, api.store
        self.recorder = Recorder(api.store, lambda: api.version)
        self.hooks, self.delays = Hooks(), Delays()
        self.tasks: set[asyncio.Task[None]] = set()
        self.busy: set[str] = set()

    @property
    def version(self) -> Version:
        return self.api.version

    def read(self, resource: Resource, namespace: str, name: str) -> Obj | None:
        """A copy of an object, None when there is none."""
        return self.store.read(resource, namespace, name)

    def all(self, resource: Resource, namespace: str = "") -> list[Obj]:
        """Copies of all objects of a kind."""
        return [stored.obj() for stored in self.store.all(resource, namespace)]

    def candidates(self, claim: Obj) -> list[Obj]:
        """Copies of the volumes that a claim could get: those that are free, or name a claim like it."""
        name = b'"name":"%s"' % claim["metadata"]["name"].encode()
        free = b'"phase":"Available"'
        return [one.obj() for one in self.store.all(VOLUMES) if free in one.body or name in one.body]

    def update(self, resource: Resource, obj: Obj, change: Callable[[Obj], None]) -> Obj | None:
        """Change the newest version of an object; None when it is gone or another one by now."""
        meta = obj["metadata"]
        stored = self.store.get(resource, meta.get("namespace", ""), meta["name"])
        if stored is None or stored.uid != meta["uid"]:
            return None
        return self.store.update(stored, change).obj()

    def event(self, obj: Obj, kind: str, reason: str, message: str, component: str = BINDER) -> None:
        """Write an event about an object; `kind` is Normal or Warning."""
        self.recorder.event(obj, kind, reason, message, component)

    def run_once(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        """Do something that takes time, unless the same is being done already."""
        if key in self.busy:
            work.close()
            return
        self.busy.add(key)
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)

        def done(finished: asyncio.Task[None]) -> None:
            self.busy.discard(key)
            self.tasks.discard(finished)
            if not finished.cancelled() and finished.exception():
                raise finished.exception()  # type: ignore[misc]

        task.add_done_callback(done)


def annotations(obj: Obj) -> Obj:
    """The annotations of an object to read."""
    found: Obj = obj["metadata"].get("annotations") or {}
    return found


def note(obj: Obj, name: str, value: str | None) -> None:
    """Set an annotation; None takes it away."""
    found = dict(annotations(obj))
    if value is None:
        found.pop(name, None)
    else:
        found[name] = value
    obj["metadata"]["annotations"] = found


def reference(obj: Obj) -> Obj:
    """A reference to an object as in claimRef and involvedObject."""
    meta = obj["metadata"]
    found = {"kind": obj["kind"], "namespace": meta.get("namespace", ""), "name": meta["name"], "uid": meta["uid"]}
    found |= {"apiVersion": obj["apiVersion"], "resourceVersion": meta["resourceVersion"]}
    return {name: value for name, value in found.items() if value}


def claims_of(pod: Obj) -> list[str]:
    """The names of the claims that a pod uses."""
    volumes = pod["spec"].get("volumes") or ()
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]


def is_bound_to(volume: Obj, claim: Obj) -> bool:
    """Whether a volume is kept for a claim: by name, and by uid where the volume names one."""
    ref = volume["spec"].get("claimRef")
    meta = claim["metadata"]
    if not ref or (ref.get("namespace"), ref.get("name")) != (meta["namespace"], meta["name"]):
        return False
    return not ref.get("uid") or ref["uid"] == meta["uid"]
