"""Findings: what is wrong, how we know, why, and what can be done about it."""

from dataclasses import dataclass
from enum import StrEnum

from tui.core.plan import Plan


class Severity(StrEnum):
    """An error stops the object it names, a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair by name, with what it needs to know: `tui.site_kube` makes the plan when it is asked for.

    A plan for objects of Kubernetes needs them whole, which are read only then. Values are text.
    """

    name: str
    values: tuple[tuple[str, str], ...] = ()

    def value(self, name: str, default: str = "") -> str:
        """One of the values."""
        given = self.given(name)
        return default if given is None else given

    def given(self, name: str) -> str | None:
        """One of the values; None where it is not there, which may mean something else than ""."""
        return next((value for key, value in self.values if key == name), None)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do; `plan` does it where this tool can, or `fix` names the repair that a plan is made of on demand."""

    title: str
    plan: Plan | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object by its kind ("PersistentVolumeClaim", "Pod", "GlusterVolume", "Brick", ...) and name.

    `namespace` is "" for what belongs to the whole cluster.
    """

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was seen: of which object, in which field ("spec.storageClassName", "event"), and its value."""

    about: ObjectRef
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one object ("node1 /dev/sdb"), in one sentence, with its evidence.

    `node` and `device` say what the fault stops: a device, or with device "" the whole node.
    Findings about claims name their object in `about`, say in `cause` why it is so, and hold what was seen
    in `proof`. `definite`: the evidence leaves no other explanation.
    """

    code: str
    severity: Severity
    subject: str
    sentence: str
    node: str = ""
    device: str = ""
    evidence: str = ""
    remedies: tuple[Remedy, ...] = ()
    about: ObjectRef | None = None
    definite: bool = True
    cause: str = ""
    proof: tuple[Evidence, ...] = ()
