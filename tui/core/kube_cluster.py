"""Namespaces, CSI drivers and leases: what tells that a provisioner can work at all."""

from dataclasses import dataclass, field

from tui.core.kube_object import Condition, KubeObject


@dataclass(frozen=True, slots=True)
class Namespace(KubeObject):
    """A namespace; while it goes nothing can be created in it, and its true conditions tell what is still there."""

    deleted: float | None = None
    phase: str = "Active"
    finalizers: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class CsiDriver(KubeObject):
    """A CSIDriver that is registered with the cluster; its name is that of the driver."""

    attach_required: bool = True


@dataclass(frozen=True, slots=True)
class Lease(KubeObject):
    """A leader's lease. Renewal is no change: `renewed` is left out of what makes two leases equal."""

    holder: str = ""
    seconds: int = 0
    renewed: float = field(default=0.0, compare=False)

    @property
    def told(self) -> float:
        return max(self.created, self.renewed)

    def has_ended(self, now: float) -> bool:
        """Whether nobody holds it any more at `now` (epoch seconds)."""
        return not self.holder or now > self.renewed + self.seconds
