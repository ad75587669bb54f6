"""In which order findings are printed."""

from tui.checks.claim_case import CLAIM, CLASS
from tui.cli.kube_rows import worst_first
from tui.core.finding import Finding, ObjectRef, Severity


def _finding(code: str, kind: str = CLAIM, name: str = "db", severity: str = "error", definite: bool = True) -> Finding:
    about = ObjectRef(kind, "default" if kind == CLAIM else "", name)
    return Finding(code, Severity(severity), str(about), code, about=about, definite=definite)


def test_causes_of_a_claim_stay_in_the_order_of_their_diagnosis() -> None:
    found = [_finding("E6"), _finding("E1"), _finding("B3")]
    assert [finding.code for finding in worst_first(found)] == ["E6", "E1", "B3"]


def test_what_is_certain_stands_first_and_no_fault_last() -> None:
    found = [
        _finding("C2", severity="info"), _finding("D20", definite=False), _finding("B17", severity="warning"),
        _finding("D2", CLASS, "slow"), _finding("A5", "Cluster", "kubernetes"), _finding("D4"),
    ]  # fmt: skip
    assert [finding.code for finding in worst_first(found)] == ["D4", "D2", "A5", "B17", "D20", "C2"]
