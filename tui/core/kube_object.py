"""What all objects of Kubernetes share: identity, labels, conditions, and how labels are matched.

Times are epoch seconds (0.0 = not told), quantities bytes (None = not told). Equality leaves `version` out:
two objects are equal when nothing that is held here differs, whatever else made the API server count up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Key = tuple[str, str]
"""(namespace, name); the namespace of what belongs to the whole cluster is ""."""

NOTHING: Final[Mapping[str, str]] = {}
"""The one empty mapping that objects without labels share; nobody may write to it."""

KINDS: Final = (
    "storageclasses", "persistentvolumes", "persistentvolumeclaims", "pods", "events", "nodes", "statefulsets",
    "endpoints", "endpointslices", "services", "secrets", "resourcequotas", "limitranges",
)  # fmt: skip
"""The plural resource names of the kinds that are followed, in the order in which they are best asked for."""

MORE_KINDS: Final = ("namespaces", "csidrivers", "leases")
"""Kinds that have tables too but that a diagnosis can do without; only few findings look at them."""


def nothing() -> Mapping[str, str]:
    """The empty mapping, as the default of a field."""
    return NOTHING


@dataclass(frozen=True, slots=True)
class KubeObject:
    """Identity of an object: `uid` is its life, `version` its resourceVersion (opaque text)."""

    namespace: str
    name: str
    uid: str
    version: str = field(compare=False)
    created: float

    @property
    def key(self) -> Key:
        """(namespace, name)."""
        return self.namespace, self.name

    @property
    def told(self) -> float:
        """The newest moment that the object tells of: the cluster's clock had come that far."""
        return self.created


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of `status.conditions`; `status` is "True", "False" or "Unknown"."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    since: float = 0.0

    @property
    def is_true(self) -> bool:
        return self.status == "True"


@dataclass(frozen=True, slots=True)
class Owner:
    """The controlling owner reference, else the first one."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One label expression: In, NotIn, Exists, DoesNotExist, and for nodes also Gt and Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels fulfil it; an operator that Kubernetes does not know is never fulfilled."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case "Gt" | "Lt":
                return _compares(value, self.operator, self.values)
        return False


@dataclass(frozen=True, slots=True)
class Selector:
    """A label selector; all of it must hold, an empty one matches everything."""

    labels: Mapping[str, str]
    expressions: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        wanted = all(labels.get(key) == value for key, value in self.labels.items())
        return wanted and all(expression.matches(labels) for expression in self.expressions)


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """One term of a node selector; terms are alternatives, the requirements of one hold together."""

    labels: tuple[Requirement, ...]
    fields: tuple[Requirement, ...] = ()

    def matches(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether a node fulfils it; a term that demands nothing matches no node, as in Kubernetes."""
        if not self.labels and not self.fields:
            return False
        known = {"metadata.name": name}
        return all(need.matches(labels) for need in self.labels) and all(need.matches(known) for need in self.fields)


def _compares(value: str | None, operator: str, values: tuple[str, ...]) -> bool:
    try:
        have, wanted = int(value or ""), int(values[0])
    except (ValueError, IndexError):
        return False
    return have > wanted if operator == "Gt" else have < wanted
