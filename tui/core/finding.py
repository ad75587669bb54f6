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
class Remedy:
    """What to do; `plan` does it where this tool can."""

    title: str
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one object ("node1 /dev/sdb"), in one sentence, with its evidence.

    `node` and `device` say what the fault stops: a device, or with device "" the whole node.
    """

    code: str
    severity: Severity
    subject: str
    sentence: str
    node: str = ""
    device: str = ""
    evidence: str = ""
    remedies: tuple[Remedy, ...] = ()
