"""Every situation of the corpus is diagnosed as it has to be, by itself and together with others."""

from importlib import import_module
from itertools import combinations
from pathlib import Path

import pytest

from tests.corpus.build import Cluster, key_of
from tests.corpus.case import Case, Cases
from tui.checks.claim_case import ClaimCase, ClaimWorld
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


_OWN = ("persistentvolumeclaims", "persistentvolumes", "pods")


def test_faults_of_two_claims_in_one_cluster_are_both_found() -> None:
    """All pairs of situations that were recorded from one real cluster: neither hides or changes the other."""
    recorded = [(case, case.build()) for case in BROKEN if case.claim.startswith("cap/")]
    alone = {str(case): _first_code(cluster.world(), case) for case, cluster in recorded}
    pairs = 0
    for (one, first), (other, second) in combinations(recorded, 2):
        if one.claim == other.claim or any(first.objects[kind].keys() & second.objects[kind].keys() for kind in _OWN):
            continue
        both = Cluster(*first.version).joined(first).joined(second).world()
        for case in (one, other):
            assert _first_code(both, case) == alone[str(case)], (str(one), str(other))
        pairs += 1
    assert pairs > 500


def _first_code(world: ClaimWorld, case: Case) -> str:
    key = key_of(case.claim)
    return diagnose(ClaimCase(world, key, world.tables.claims.get(key)))[0].code
