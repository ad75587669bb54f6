"""What a diagnosis of claims may look at, and how a finding of it is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tui.core.finding import Evidence, Finding, Fix, ObjectRef, Remedy, Severity
from tui.core.heketi_probe import HeketiProbe
from tui.core.kube import Claim, Key, Lease
from tui.core.kube_tables import KubeTables
from tui.core.model import Snapshot
from tui.core.units import format_size

CLAIM = "PersistentVolumeClaim"
VOLUME = "PersistentVolume"
CLASS = "StorageClass"
ON_KADALU = "-kadalu"
"""How the PersistentVolume is called that stands in for one of the removed glusterfs driver: its name with this."""
_HOURS = 7200.0
_BETWEEN = 90.0
"""Seconds between two readings of a lease, with some to spare."""


@dataclass(frozen=True, slots=True)
class ClaimWorld:
    """All pictures at one moment. `storage` is empty where no storage node is configured.

    `heketi` holds what each heketi answered, by the name of the StorageClass on whose behalf it was asked.
    `now` is seconds since the epoch.
    """

    tables: KubeTables
    now: float
    storage: Snapshot = field(default_factory=Snapshot)
    heketi: Mapping[str, HeketiProbe] = field(default_factory=dict)

    @property
    def version(self) -> tuple[int, int]:
        """The version of Kubernetes, (0, 0) while it is not known."""
        return self.tables.version or (0, 0)

    @property
    def told_until(self) -> float:
        """The moment up to which events tell what happened: now.

        Where everything that the cluster told is hours old, its clock differs from ours, or it is a copy: then the
        newest that it told.
        """
        heard = self.tables.heard
        return heard if 0 < heard < self.now - _HOURS else self.now

    def has_ended(self, lease: Lease) -> bool:
        """Whether nobody holds a lease any more, by the cluster's own clock; leases are not read all the time."""
        if lease.has_ended(min(self.now, self.tables.heard) - _BETWEEN):
            return True
        return lease.has_ended(self.told_until - _HOURS)

    def is_known(self, kind: str, namespace: str = "") -> bool:
        """Whether a kind was read whole, so that what is not there does not exist.

        Where rights reach one namespace only, that is known of this `namespace` alone.
        """
        if not self.tables.is_listed(kind):
            return False
        part = self.tables.parts.get(kind)
        return part is None or (part.state != "denied" and part.only in ("", namespace))


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """One claim under diagnosis; `claim` is None when it does not exist but a pod, set or volume names it."""

    world: ClaimWorld
    key: Key
    claim: Claim | None

    @property
    def ref(self) -> ObjectRef:
        """The claim as the object of a finding."""
        return ObjectRef(CLAIM, *self.key)


def seen(about: ObjectRef, field_name: str, value: object) -> Evidence:
    """One piece of evidence."""
    return Evidence(about, field_name, str(value))


def size_seen(about: ObjectRef, field_name: str, size: int | None) -> Evidence:
    """A size as evidence, readable and exact: "155 GiB (166429982720 bytes)"."""
    return seen(about, field_name, "(not told)" if size is None else f"{format_size(size)} ({size} bytes)")


def by_hand(title: str) -> Remedy:
    """A remedy that somebody has to carry out elsewhere."""
    return Remedy(title)


def fixed_by(title: str, name: str, /, **values: str) -> Remedy:
    """A remedy that a repair of this tool carries out."""
    return Remedy(title, fix=Fix(name, tuple(values.items())))


def found(
    code: str,
    about: ObjectRef,
    sentence: str,
    *,
    cause: str,
    proof: Iterable[Evidence] = (),
    remedies: Iterable[Remedy] = (),
    severity: Severity = Severity.ERROR,
    definite: bool = True,
) -> Finding:
    """A finding about an object of Kubernetes or of Gluster."""
    return Finding(
        code, severity, str(about), sentence, remedies=tuple(remedies), about=about, definite=definite, cause=cause,
        proof=tuple(proof),
    )  # fmt: skip
