"""What may not be read is never called missing: without a kind nothing is found that was not there with it."""

from collections.abc import Iterator
from itertools import chain

import pytest

from tests.checks.claims.rooms import codes
from tests.corpus import cases_d, cases_d_heketi, cases_e, cases_f, cases_h
from tests.corpus.case import Case
from tui.core.kube import KINDS, MORE_KINDS

VAGUE = ("D11", "E2", "F1")
"""What stands for a more exact finding that can not be made without the kind."""


def _cases() -> Iterator[Case]:
    return chain.from_iterable(one.cases.all for one in (cases_d, cases_d_heketi, cases_e, cases_f, cases_h))


@pytest.mark.parametrize("kind", [kind for kind in (*KINDS, *MORE_KINDS) if kind != "persistentvolumeclaims"])
def test_a_kind_that_is_denied_or_not_read_yet_adds_no_finding(kind: str) -> None:
    count = 0
    for case in _cases():
        whole = set(codes(case.build(), case.claim))
        denied = case.build().deny(kind)
        unread = case.build().unlisted(kind)
        unread.objects[kind] = {}
        for cluster in (denied, unread):
            assert set(codes(cluster, case.claim)) - whole <= set(VAGUE), f"{case} without {kind}"
            count += 1
    assert count > 300
