"""Every situation of the corpus is diagnosed as it has to be, by itself and together with others."""

from importlib import import_module
from itertools import combinations
from pathlib import Path

import pytest

from tests.corpus.case import Case, Cases
from tui.checks.claims import diagnose, state_words
from tui.core.finding import Severity


def _collected() -> list[Case]:
    found: list[Case] = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem.startswith(("cases_", "healthy_")):
            cases = getattr(import_module(f"tests.corpus.{path.stem}"), "cases", None)
            assert isinstance(cases, Cases), f"{path.name} has no `cases`"
            found += cases.all
    return found


ALL = _collected()
BROKEN = [case for case in ALL if case.first]
HEALTHY = [case for case in ALL if not case.first]


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_the_expected_code_comes_first(case: Case) -> None:
    found = diagnose(case.build().case(case.claim))
    codes = [finding.code for finding in found]
    assert codes[:1] == [case.first], [(finding.code, finding.sentence) for finding in found]
    assert set(case.others) <= set(codes[1:]), codes


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_finding_tells_object_evidence_cause_and_what_to_do(case: Case) -> None:
    asked = case.build().case(case.claim)
    found = diagnose(asked)
    for finding in found:
        assert finding.about is not None
        assert finding.sentence
        assert finding.cause
        assert finding.proof
        assert finding.remedies or finding.code == "B7"
        assert all(remedy.title for remedy in finding.remedies)
    assert state_words(asked, found)[1] == found[0].sentence


@pytest.mark.parametrize("case", HEALTHY, ids=str)
def test_nothing_is_found_where_all_is_well(case: Case) -> None:
    found = diagnose(case.build().case(case.claim))
    assert [(finding.code, finding.sentence) for finding in found if finding.severity is not Severity.INFO] == []


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 110
    assert len(HEALTHY) >= 20
    assert len({str(case) + case.claim for case in ALL}) == len(ALL)


def _apart(one: Case, other: Case) -> bool:
    """Whether two situations can be in one cluster without changing each other: no object of theirs has one name."""
    first, second = one.build(), other.build()
    if first.version != second.version:
        return False
    return all(not (first.objects[kind].keys() & second.objects[kind].keys()) for kind in first.objects)


def _is_recorded(case: Case) -> bool:
    return case.claim.startswith("cap/")


def test_faults_of_two_claims_in_one_cluster_are_both_found() -> None:
    """All pairs of situations that were recorded from one real cluster: neither hides or changes the other."""
    recorded = [case for case in BROKEN if _is_recorded(case)]
    pairs = 0
    for one, other in combinations(recorded, 2):
        if one.claim == other.claim:
            continue
        both = one.build().joined(other.build())
        for case in (one, other):
            codes = [finding.code for finding in diagnose(both.case(case.claim))]
            alone = [finding.code for finding in diagnose(case.build().case(case.claim))]
            if _shares(one, other):
                continue
            assert codes[:1] == alone[:1], (str(one), str(other), codes)
        pairs += 1
    assert pairs > 100


def _shares(one: Case, other: Case) -> bool:
    """Whether one situation holds an object that the other one asks about or depends on."""
    first, second = one.build().objects, other.build().objects
    return any(
        first[kind].keys() & second[kind].keys() for kind in ("persistentvolumeclaims", "persistentvolumes", "pods")
    )
