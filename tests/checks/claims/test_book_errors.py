"""A rule that fails stops neither the other claims nor hides its own."""

import pytest

from tests.corpus.build import Cluster
from tui import pages
from tui.checks import claims
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimCase


def test_a_rule_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def room(case: ClaimCase) -> object:
        if case.key[1] == "odd":
            raise KeyError("spec")
        return ()

    monkeypatch.setattr(claims, "ROOMS", (room, *claims.ROOMS))
    world = Cluster().claim("odd", cls="none").claim("even", cls="none").world()
    book = FindingsBook()
    book.mark(world.tables.claims)
    book.work(world, 10)
    (odd,) = book.of(("default", "odd"))
    assert (odd.code, odd.definite, odd.cause) == ("Z1", False, "KeyError('spec')")
    assert book.of(("default", "even"))[0].code == "C1"
    assert pages.title("Z1")
