"""Who loses a volume is said before it goes, and pods that use it keep it."""

import pytest

from tests.corpus.build import Cluster
from tui.core.heketi_model import HeketiVolume
from tui.core.plan import Command, Plan, Refused, Step
from tui.plans.heketi_steps import delete_volume
from tui.plans.volume_users import refuse_used, with_users


def plan(*names: str) -> Plan:
    """A plan that stops and deletes volumes."""
    words = [(f"{what} {name}", what, name) for name in names for what in ("stop", "delete")]
    steps = [Step(id_, "n1", id_, (Command(("gluster", "--xml", "volume", what, name)),)) for id_, what, name in words]
    return Plan("away", tuple(steps), warnings=("All data is lost.",))


def cluster() -> Cluster:
    """Claim "db" on Gluster volume vol_db, used by a pod, and one on vol_old that nobody uses."""

    def on(name: str) -> dict[str, object]:
        return {"source": {"glusterfs": {"endpoints": "gluster", "path": name}}}

    world = Cluster().bound("db", pv=on("vol_db")).bound("old", pv=on("vol_old"))
    return world.pod("web-0", "db", node="n1")


def test_claims_and_pods_stand_on_top_of_what_is_lost() -> None:
    warned = with_users(plan("vol_db", "vol_old", "vol_other"), cluster().tables())
    assert warned.warnings == (
        "Volume vol_db is used by claim default/db (pod default/web-0).",
        "Volume vol_old is used by claim default/old (no pod).",
        "All data is lost.",
    )


def test_pods_keep_what_they_use() -> None:
    with pytest.raises(Refused, match="Pods use what would be taken away") as caught:
        refuse_used(plan("vol_old", "vol_db"), cluster().tables())
    assert caught.value.details == ("volume vol_db: claim default/db (pod default/web-0)",)
    refuse_used(plan("vol_old"), cluster().tables())


def test_what_is_not_known_is_said() -> None:
    unread = cluster().unlisted("pods").tables()
    assert with_users(plan("vol_old"), unread).warnings[0].startswith("Which claims and pods use it could not be read")
    start = Plan("on", (Step("s", "n1", "start", (Command(("gluster", "volume", "start", "vol_db")),)),))
    assert with_users(start, unread) is start
    assert with_users(plan("vol_db"), None).warnings == ("All data is lost.",)


def test_what_heketi_deletes_is_lost_all_the_same() -> None:
    through = Plan("away", (delete_volume(HeketiVolume("1", "vol_db", "c", 1, "replicate"), ()),))
    assert with_users(through, cluster().tables()).warnings == (
        "Volume vol_db is used by claim default/db (pod default/web-0).",
    )
    with pytest.raises(Refused, match="Pods use what would be taken away"):
        refuse_used(through, cluster().tables())
