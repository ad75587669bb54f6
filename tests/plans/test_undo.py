"""What an undo takes away with the data on it, and what it only sets back."""

import pytest

from tui.core.plan import Command, Danger, Plan, Step
from tui.plans.undo import plan_undo, takes_data
from tui.plans.undo_claims import ClaimNow, judged


def undo(*argv: str) -> Plan:
    """The undo of one step whose way back is this command."""
    step = Step("a", "n1", "make a", (Command(("make", "a")),), undo=(Command(argv),))
    return plan_undo(Plan("Make a", (step,)), {"a"}, ())


@pytest.mark.parametrize(
    "argv",
    [
        ("lvm", "vgremove", "-qq", "vg_a"),
        ("lvm", "lvremove", "-qq", "--select", "lv_uuid=x"),
        ("gluster", "--mode=script", "--xml", "volume", "delete", "zz"),
        ("DELETE", "/volumes/abc"),
    ],
)
def test_data_goes_with_what_holds_it(argv: tuple[str, ...]) -> None:
    assert takes_data(undo(*argv))


@pytest.mark.parametrize(
    "argv",
    [
        ("PATCH", "/api/v1/persistentvolumes/media-uploads", "application/merge-patch+json"),
        ("DELETE", "/apis/storage.k8s.io/v1/storageclasses/fast"),
        ("gluster", "--mode=script", "--xml", "volume", "start", "delete"),
        ("gluster", "--mode=script", "--xml", "volume", "stop", "zz"),
    ],
)
def test_what_is_only_set_back_loses_nothing(argv: tuple[str, ...]) -> None:
    assert not takes_data(undo(*argv))


def test_a_claim_takes_data_with_it_unless_it_was_looked_at() -> None:
    plan = undo("DELETE", "/api/v1/namespaces/shop/persistentvolumeclaims/db")
    assert takes_data(judged(plan, {}))
    gone = judged(plan, {"undo a": ClaimNow()})
    assert (takes_data(gone), gone.warnings, gone.danger) == (False, (), Danger.CHANGES)
