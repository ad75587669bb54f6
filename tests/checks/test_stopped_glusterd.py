"""A glusterd that stands still is a finding with a repair, and told once."""

import pytest

from tests.core.site_facts import entry, facts, site
from tui.checks.stopped_glusterd import stopped_glusterds
from tui.core.finding import Finding, ObjectRef, Severity


def test_where_all_run_nothing_is_found() -> None:
    assert stopped_glusterds(site()) == []


@pytest.mark.parametrize(
    ("state", "fix"), [("inactive", "start-glusterd"), ("failed", "start-glusterd"), ("unknown", "")]
)
def test_one_that_stands_still_can_be_started(state: str, fix: str) -> None:
    found = stopped_glusterds(site({2: entry(2, facts(2, glusterd=state))}))
    assert [finding.remedies[0].fix.name for finding in found if finding.remedies[0].fix] == ([fix] if fix else [])
    assert [finding.severity for finding in found] == [Severity.ERROR] * len(found)
    assert all(f"glusterd does not run on {finding.node} ({state})" in finding.sentence for finding in found)


def test_what_heketi_is_told_to_be_wrong_about_is_not_told_again() -> None:
    snapshot = site({2: entry(2, facts(2, glusterd="inactive"))})
    (name,) = [finding.node for finding in stopped_glusterds(snapshot)]
    told = Finding("R12", Severity.WARNING, "x", "y.", about=ObjectRef("HeketiNode", "", name))
    assert stopped_glusterds(snapshot, [told]) == []
