"""An undo takes no disk and no node away that carries bricks of a volume which it does not delete."""

import pytest

from tui.core.model import Brick, Snapshot, State
from tui.core.plan import Command, Plan, Refused, Step
from tui.core.runner import HEKETI
from tui.plans.undo_stands import refuse_standing


def site(*volumes: str) -> Snapshot:
    """Each volume has a brick on node1 /dev/sdb in volume group vg_a."""
    bricks = [
        Brick(name, "node1", "10.0.0.1", f"/b/{name}", "/dev/sdb", None, None, State.ONLINE, vg="vg_a")
        for name in volumes
    ]
    return Snapshot(bricks={brick.key: brick for brick in bricks})


def plan(*words: tuple[str, ...], node: str = "node1", subject: str = "") -> Plan:
    steps = [Step(str(n), node, "x", (Command(one),), subject=subject) for n, one in enumerate(words)]
    return Plan("Undo: load", tuple(steps))


GROUP = ("lvm", "vgremove", "-qq", "vg_a")


def test_the_volumes_and_their_places_are_named_with_what_to_do() -> None:
    with pytest.raises(Refused, match="Volumes la, zz have bricks on what this would take away") as refused:
        refuse_standing(plan(GROUP), site("zz", "la"))
    assert refused.value.details == (
        "volume la: node1 /dev/sdb", "volume zz: node1 /dev/sdb",
        "what to do: delete them first (brickyard volume delete la), then undo this",
    )  # fmt: skip


def test_a_node_with_bricks_stays_in_the_pool_and_heketi_keeps_its_device() -> None:
    detach = ("gluster", "--mode=script", "--xml", "peer", "detach", "10.0.0.1")
    with pytest.raises(Refused, match="Volume zz has bricks"):
        refuse_standing(plan(detach, node="node2", subject="node1"), site("zz"))
    with pytest.raises(Refused, match="Volume zz has bricks"):
        refuse_standing(plan(("DELETE", "/devices/1"), node=HEKETI, subject="node1 /dev/sdb"), site("zz"))


def test_what_carries_nothing_goes() -> None:
    refuse_standing(plan(GROUP), site())
    refuse_standing(plan(GROUP, node="node2"), site("zz"))
    refuse_standing(plan(("lvm", "vgremove", "-qq", "vg_b")), site("zz"))
    delete = ("gluster", "--mode=script", "--xml", "volume", "delete", "zz")
    refuse_standing(plan(delete, GROUP), site("zz"))
