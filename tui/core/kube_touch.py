"""Which claims a change of an object may concern.

Marks are taken down in constant time where that is possible ("all pending claims of class gold"), and become
keys only when they are asked for: a burst of changes of one class costs one walk through its claims. A claim
that stops fitting a mark in between was changed itself, which touches it anyway.
"""

from collections.abc import Hashable
from typing import Any

from tui.core.kube import Claim, Endpoints, Key, KubeEvent, PersistentVolume, Pod, StatefulSet, StorageClass
from tui.core.kube_lookups import KubeLookups


class Touches:
    """Takes down what changed; `take()` gives the claims that this concerns."""

    def __init__(self, tables: KubeLookups) -> None:
        self._tables = tables
        self._clear()

    def _clear(self) -> None:
        self._everything = False
        self._keys: set[Key] = set()
        self._classes: set[str] = set()
        self._pending: set[str] = set()
        self._namespaces: set[str] = set()
        self._nodes: set[str] = set()
        self._volumes: set[tuple[str, Hashable]] = set()

    def everything(self) -> None:
        """All claims are concerned."""
        self._everything = True

    def change(self, kind: str, key: Key, old: Any, new: Any) -> None:
        """An object came (`old` is None), went (`new` is None) or changed; the tables hold the new state."""
        match kind:
            case "persistentvolumeclaims":
                self._claim(key, old, new)
            case "persistentvolumes":
                self._volume(old, new)
            case "storageclasses":
                self._class(old, new)
            case "events" | "pods" | "endpoints" | "endpointslices" | "statefulsets":
                for one in (old, new):
                    if one is not None:
                        self._state(one)
            case _:
                self._named(kind, key)

    def _named(self, kind: str, key: Key) -> None:
        """What concerns claims by its name alone, whatever changed of it."""
        match kind:
            case "nodes":
                self._nodes.add(key[1])
            case "services":
                self._service(key)
            case "secrets":
                self._classes.update(one.name for one in self._tables.classes_of_secret(key))
                self._volumes.add(("volumes.secret", key))
            case "resourcequotas" | "limitranges":
                self._namespaces.add(key[0])
            case "namespaces":
                self._namespaces.add(key[1])
            case "csidrivers":
                self._volumes.add(("volumes.driver", key[1]))
                self._provisioner(key[1])
            case "leases":
                self._provisioner(key[1])

    def _state(self, one: Any) -> None:
        """What either state of an object concerns by itself."""
        match one:
            case KubeEvent():
                self._event(one)
            case Pod():
                self._pod(one)
            case Endpoints():
                self._service(one.service_key)
            case StatefulSet():
                self._set(one)

    def _claim(self, key: Key, old: Claim | None, new: Claim | None) -> None:
        self._keys.add(key)
        for claim in (old, new):
            if claim is not None and claim.volume_name:
                self._users_of(claim.volume_name)
        if old is None or new is None or old.uid != new.uid:
            for volume in self._tables.volumes_for(key):
                self._pending.add(volume.class_name)
                self._users(volume)
            for pod in self._tables.index("pods.wanted", key[1]):
                self._keys.add((pod[0], key[1]))
            stem, _, ordinal = key[1].rpartition("-")
            if self._tables.index("sets.stem", (key[0], stem)) and ordinal.isdigit():
                # a set makes its claims one after the other
                self._keys.add((key[0], f"{stem}-{int(ordinal) + 1}"))

    def _volume(self, old: PersistentVolume | None, new: PersistentVolume | None) -> None:
        stays_taken = old is not None and new is not None and _is_settled_alike(old, new)
        for volume in (old, new):
            if volume is not None:
                self._users(volume)
                if not stays_taken:
                    # a claim without a class is told of volumes that differ in their class alone
                    self._pending.update((volume.class_name, volume.spec_class, ""))

    def _users_of(self, name: str) -> None:
        """The claims that name a PersistentVolume, and the one that it names; it may not exist."""
        volume = self._tables.volumes.get(("", name))
        if volume is None:
            self._keys.update(self._tables.index("claims.volume", name))
        else:
            self._users(volume)

    def _users(self, volume: PersistentVolume) -> None:
        if volume.claim is not None:
            self._keys.add(volume.claim.key)
        self._keys.update(self._tables.index("claims.volume", volume.name))

    def _class(self, old: StorageClass | None, new: StorageClass | None) -> None:
        one = new or old
        assert one is not None
        self._classes.add(one.name)
        if old is None or new is None:
            self._pending.update(("", *self._tables.unknown_classes()))
        if any(state is not None and state.is_default for state in (old, new)):
            self._pending.add("")
            for owner in self._tables.stateful_sets.values():
                if any(template.class_name is None for template in owner.templates):
                    self._keys.update(owner.expected_claims())

    def _event(self, event: KubeEvent) -> None:
        key = (event.object_namespace, event.object_name)
        match event.object_kind:
            case "PersistentVolumeClaim":
                self._keys.add(key)
            case "PersistentVolume":
                self._users_of(key[1])
            case "StorageClass":
                self._pending.add(key[1])
            case "Pod" if (pod := self._tables.pods.get(key)) is not None:
                self._pod(pod)
            case "StatefulSet" if (one := self._tables.stateful_sets.get(key)) is not None:
                self._set(one)

    def _pod(self, pod: Pod) -> None:
        self._keys.update(pod.claim_keys)
        if pod.provisioners or not pod.claims:
            for one in self._tables.classes.values():
                if not pod.provisioners or one.provisioner in pod.provisioners:
                    self._pending.add(one.name)

    def _provisioner(self, name: str) -> None:
        """Of a provisioner's name, or of its lease's, which has "-" for "/"."""
        for one in self._tables.classes.values():
            if name in (one.provisioner, one.provisioner.replace("/", "-")):
                self._pending.add(one.name)

    def _service(self, key: Key) -> None:
        self._volumes.update((("volumes.endpoints", key), ("volumes.endpoints", ("", key[1]))))
        self._pending.update(name for _, name in self._tables.index("classes.service", key))

    def _set(self, one: StatefulSet) -> None:
        self._keys.update(one.expected_claims())
        for stem in one.stems:
            self._keys.update(self._tables.index("claims.stem", (one.namespace, stem)))

    def take(self) -> set[Key]:
        """The keys of all claims concerned since the last call, also of claims that do not exist."""
        tables = self._tables
        if self._everything:
            self._keys.update(tables.claims, tables.claims_not_there())
        else:
            for name in self._nodes:
                self._expand_node(name)
            for index, where in self._volumes:
                self._expand_volumes(index, where)
            for namespace in self._namespaces:
                self._keys.update(tables.index("pending.namespace", namespace))
                for one in tables.index("sets.namespace", namespace):
                    self._keys.update(tables.stateful_sets[one].expected_claims())
            for name in self._classes:
                self._keys.update(tables.index("claims.class", name))
            for name in self._pending - self._classes:
                self._keys.update(tables.index("pending.class", name))
        found = self._keys
        self._clear()
        return found

    def _expand_node(self, name: str) -> None:
        """The claims of its pods, of pods that wait for a node, and of volumes that not every node can have."""
        tables = self._tables
        for pod in (*tables.index("pods.node", name), *tables.index("pods.node", "")):
            self._keys.update(tables.pods[pod].claim_keys)
        self._keys.update(tables.index("claims.node", name))
        self._expand_volumes("volumes.pinned", "")
        self._pending.update(one for _, one in tables.index("classes.topology", ""))

    def _expand_volumes(self, index: str, where: Hashable) -> None:
        for key in self._tables.index(index, where):
            volume = self._tables.volumes[key]
            self._users(volume)
            if not volume.is_settled:
                self._pending.add(volume.class_name)


def _is_settled_alike(old: PersistentVolume, new: PersistentVolume) -> bool:
    """Whether it was and is bound to the same claim in the same class: no other claim can notice the change."""
    return old.is_settled and new.is_settled and old.claim == new.claim and old.class_name == new.class_name
