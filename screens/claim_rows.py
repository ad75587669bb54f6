"""Claims as rows: the claim, its state with the reason, and the pods that wait for it. Pure."""

from dataclasses import dataclass
from typing import Final

from screens.words import BAD, DIM, GOOD, PLAIN, WARN
from tui.core.finding import Finding, Severity
from tui.core.kube import Claim, Key, Pod
from tui.core.kube_source import KubeSource
from tui.core.kube_tables import KubeTables

_LOOKS: Final = {
    "bound": ("●", GOOD), "available": ("○", PLAIN), "released": ("◇", WARN), "waiting": ("◌", WARN),
    "terminating": ("◔", WARN), "lost": ("✖", BAD), "failed": ("✖", BAD), "missing": ("✖", BAD), "taken": ("✖", BAD),
    "empty": ("✖", BAD), "default": ("★", GOOD), "defined": ("●", GOOD), "running": ("●", GOOD), "there": ("●", GOOD),
    "all well": ("●", GOOD), "pending": ("◌", WARN), "not ready": ("◐", WARN), "unknown": ("?", WARN),
}  # fmt: skip
_OTHERS: Final = ("·", "▲", "✖")
_TONES: Final = (PLAIN, WARN, BAD)
_SEVERITIES: Final = {Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFO: 0}


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim; `claim` is None for one that does not exist but that somebody names. `severity` as in `State`.

    `pods` counts those that wait for it, `pod` is the name of the first of them.
    """

    key: Key
    claim: Claim | None
    state: str
    reason: str
    severity: int
    pods: int = 0
    pod: str = ""

    @property
    def text(self) -> str:
        """ "waiting: no StorageClass 'slo'"."""
        return f"{self.state}: {self.reason}" if self.reason else self.state


def claim_row(source: KubeSource, key: Key) -> ClaimRow | None:
    """The row of a key; None when there is no such claim and nobody misses it."""
    tables = source.tables
    claim = tables.claims.get(key)
    findings = source.findings(key)
    if claim is None and not findings:
        return None
    word, reason = source.state_words(key)
    waiting = waiting_pods(tables, key)
    first = waiting[0].name if waiting else ""
    return ClaimRow(key, claim, word, reason, _severity(claim, word, findings), len(waiting), first)


def waiting_pods(tables: KubeTables, key: Key) -> list[Pod]:
    """The pods of a claim that have not come up, by name."""
    if not tables.index("pods.claim", key):
        return []
    return [pod for pod in tables.pods_of(key) if pod.phase not in ("Running", "Succeeded", "Failed")]


def severity_of(findings: tuple[Finding, ...]) -> int:
    """0 where nothing is wrong, 1 for warnings, 2 for errors."""
    return max((_SEVERITIES[finding.severity] for finding in findings), default=0)


def _severity(claim: Claim | None, word: str, findings: tuple[Finding, ...]) -> int:
    worst = severity_of(findings)
    if worst or word == "bound":
        return worst
    # waiting for a first pod is as it should be: the diagnosis says so, and that it does is enough
    return 2 if word in ("lost", "missing") else 0 if findings else 1


def look(word: str, severity: int) -> tuple[str, str]:
    """The sign and the tone of a state; what is worse than its word sounds has the sign of a fault."""
    sign, tone = _LOOKS.get(word, (_OTHERS[severity], _TONES[severity]))
    if severity == 0:
        return sign, tone if tone in (GOOD, PLAIN) else DIM
    return "▲" if tone in (GOOD, PLAIN) and word in _LOOKS else sign, _TONES[severity]
