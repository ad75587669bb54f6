"""A Kubernetes cluster whose objects a test puts into real tables; findings and words are what the test says."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from tui.core.finding import Evidence, Finding, Fix, ObjectRef, Remedy, Severity
from tui.core.kube import (
    Claim,
    ClaimRef,
    Condition,
    Endpoints,
    GlusterSource,
    Key,
    KubeObject,
    PersistentVolume,
    Pod,
    PodClaim,
    StorageClass,
)
from tui.core.kube_tables import KubeTables, PartState
from tui.core.units import GIB

NOW = time.time()
LISTED = (
    "persistentvolumeclaims", "persistentvolumes", "storageclasses", "pods", "endpoints", "secrets", "events",
)  # fmt: skip


@dataclass
class FakeKube:
    """Stands where `tui.sync.kube.KubeSource` stands; nothing is asked of any server."""

    tables: KubeTables = field(default_factory=KubeTables)
    said: dict[Key, tuple[Finding, ...]] = field(default_factory=dict)
    words: dict[Key, tuple[str, str]] = field(default_factory=dict)
    server: str = "https://10.0.0.1:6443"
    context: str = "lab"
    changes: list[set[Key]] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def findings(self, key: Key) -> tuple[Finding, ...]:
        """What the test said."""
        return self.said.get(key, ())

    def state_words(self, key: Key) -> tuple[str, str]:
        """What the test said, else the phase."""
        claim = self.tables.claims.get(key)
        if claim is None:
            return self.words.get(key, ("missing", ""))
        phase = {"Bound": "bound", "Lost": "lost"}.get(claim.phase, "waiting")
        return self.words.get(key, (phase, ""))

    def changes_since(self, mark: int) -> tuple[int, set[Key] | None]:
        """A mark is how many rounds of changes there were."""
        if mark == 0:
            return len(self.changes) + 1, None
        return len(self.changes) + 1, set().union(*self.changes[mark - 1 :])

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Remembered."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def put(self, kind: str, *objects: KubeObject) -> None:
        """Objects came or changed."""
        for one in objects:
            self.tables.put(kind, one)
        self.tell()

    def drop(self, kind: str, key: Key) -> None:
        """An object went."""
        self.tables.drop(kind, key)
        self.tell()

    def tell(self, *keys: Key) -> None:
        """Claims may look otherwise now."""
        self.changes.append(self.tables.take_touched() | set(keys))
        for listener in list(self.listeners):
            listener()

    def listed(self) -> Self:
        """All kinds were read whole."""
        for kind in LISTED:
            self.tables.replace(kind, list(self.tables.table(kind).values()))
            self.tables.set_part(kind, PartState("live", NOW))
        self.tell()
        return self


def claim(namespace: str, name: str, phase: str = "Bound", **fields: Any) -> Claim:
    """A claim of 20 GiB with the class "fast", bound to "pv-NAME"."""
    values: dict[str, Any] = {
        "phase": phase, "spec_class": "fast", "request": 20 * GIB, "access_modes": ("ReadWriteMany",),
        "volume_name": f"pv-{name}" if phase != "Pending" else "", "capacity": 20 * GIB if phase == "Bound" else None,
    }  # fmt: skip
    return Claim(namespace, name, f"uid-{namespace}-{name}", "1", NOW - 90_000, **{**values, **fields})


def persistent(held: Claim, gluster: str, phase: str = "Bound", **fields: Any) -> PersistentVolume:
    """The PersistentVolume of a claim, on a Gluster volume."""
    values: dict[str, Any] = {
        "phase": phase, "spec_class": "fast", "capacity": 20 * GIB, "access_modes": ("ReadWriteMany",),
        "claim": ClaimRef(held.namespace, held.name, held.uid), "source": GlusterSource("gluster", gluster),
    }  # fmt: skip
    return PersistentVolume("", f"pv-{held.name}", f"uid-{held.name}", "1", NOW - 90_000, **{**values, **fields})


def pod(namespace: str, name: str, claim_name: str, phase: str = "Running") -> Pod:
    """A pod with one claim."""
    scheduled = () if phase == "Running" else (Condition("PodScheduled", "False", message="unbound claims"),)
    node = "worker1" if phase == "Running" else ""
    return Pod(
        namespace, name, f"uid-{name}", "1", NOW - 600, phase=phase, node=node, claims=(PodClaim("data", claim_name),),
        conditions=scheduled,
    )  # fmt: skip


def no_class(key: Key) -> Finding:
    """What a class that does not exist is found to be."""
    about = ObjectRef("PersistentVolumeClaim", *key)
    return Finding(
        "C1", Severity.ERROR, str(about), "no StorageClass 'slo' - did you mean 'slow'?", about=about,
        cause="Names of classes are compared letter by letter, and nobody provisions for a class that is not there.",
        proof=(Evidence(about, "spec.storageClassName", "slo"), Evidence(about, "event", "[red]x[/] not found")),
        remedies=(
            Remedy("Make the StorageClass slo", fix=Fix("create-class", (("name", "slo"),))),
            Remedy("Make the claim anew with slow", fix=Fix("recreate-claim", (("name", key[1]),))),
            Remedy("Ask who removed the class"),
        ),
    )  # fmt: skip


def busy_kube() -> FakeKube:
    """40 bound claims on the volumes of `scene.busy_store`, and three that are not well."""
    from tests.screens.scene import VOLUMES, new_id

    kube = FakeKube()
    for name in ("fast", "slow"):
        one = StorageClass("", name, f"uid-{name}", "1", NOW - 900_000, provisioner="kubernetes.io/glusterfs",
                           is_default=name == "fast")  # fmt: skip
        kube.tables.put("storageclasses", one)
    for number in range(VOLUMES):
        gluster = f"vol_{new_id('v', number)}" if number % 2 else f"pvc-{number:02d}"
        held = claim(f"team-{number % 6}", f"data-{number}")
        kube.tables.put("persistentvolumeclaims", held)
        kube.tables.put("persistentvolumes", persistent(held, gluster))
        kube.tables.put("pods", pod(held.namespace, f"db-{number}", held.name))
    for namespace in [f"team-{number}" for number in range(6)]:
        addresses = ("10.77.0.11", "10.77.0.12")
        kube.tables.put(
            "endpoints", Endpoints(namespace, "gluster", "u", "1", NOW, service="gluster", addresses=addresses)
        )
    _faults(kube)
    return kube.listed()


def _faults(kube: FakeKube) -> None:
    wrong = claim("shop", "cart", "Pending", spec_class="slo")
    lost = claim("shop", "orders", "Lost")
    kube.tables.put("persistentvolumeclaims", wrong)
    kube.tables.put("persistentvolumeclaims", lost)
    for name in ("web-0", "web-1"):
        kube.tables.put("pods", pod("shop", name, "cart", "Pending"))
    kube.said[wrong.key] = (no_class(wrong.key),)
    kube.words[wrong.key] = ("waiting", "no StorageClass 'slo' - did you mean 'slow'?")
    gone = ObjectRef("PersistentVolumeClaim", *lost.key)
    text = "its PersistentVolume pv-orders was deleted; the data is usually still there"
    kube.said[lost.key] = (Finding("B7", Severity.ERROR, str(gone), text, about=gone),)
    kube.words[lost.key] = ("lost", text)
    absent = ("shop", "[bold]absent[/]")
    kube.said[absent] = (Finding("C5", Severity.ERROR, "claim", "pod shop/web-9 names it and it does not exist"),)
    kube.words[absent] = ("missing", "pod shop/web-9 names it and it does not exist")
    kube.tables.put("pods", pod("shop", "web-9", absent[1], "Pending"))
