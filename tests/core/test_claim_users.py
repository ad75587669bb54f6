"""Which claims and pods hang on a volume, a brick, a device, a node."""

from dataclasses import replace

from tests.screens.fake_kube import busy_kube, pod
from tests.screens.scene import busy_store
from tui.core.claim_users import claims_of_volume, claims_on, gluster_of, volumes_under

SNAPSHOT = busy_store().snapshot


def test_a_volume_has_its_claims_and_pods() -> None:
    kube = busy_kube()
    (user,) = claims_of_volume(kube.tables, "pvc-00")
    assert (user.volume, user.claim, user.pods) == ("pv-data-0", ("team-0", "data-0"), (("team-0", "db-0"),))
    assert str(user) == "claim team-0/data-0 (pod team-0/db-0)"
    kube.put("pods", pod("team-0", "job", "data-0", "Succeeded"))
    kube.put("pods", pod("team-0", "web", "data-0"))
    assert str(claims_of_volume(kube.tables, "pvc-00")[0]) == "claim team-0/data-0 (pods team-0/db-0, team-0/web)"
    assert claims_of_volume(kube.tables, "no such volume") == []


def test_a_released_volume_has_no_claim() -> None:
    kube = busy_kube()
    kube.put("persistentvolumes", replace(kube.tables.volumes["", "pv-data-0"], phase="Released"))
    (user,) = claims_of_volume(kube.tables, "pvc-00")
    assert (user.claim, user.pods) == (None, ())
    assert "no claim" in str(user)


def test_what_hangs_on_a_device_hangs_on_its_node() -> None:
    kube = busy_kube()
    device = SNAPSHOT.devices["node1", "/dev/sdb"]
    on_device = claims_on(SNAPSHOT, kube.tables, device)
    on_node = claims_on(SNAPSHOT, kube.tables, SNAPSHOT.nodes["node1"])
    names = volumes_under(SNAPSHOT, device)
    assert [user.gluster for user in on_device] == names
    assert len(names) == 2
    assert {user.claim for user in on_device} < {user.claim for user in on_node}
    brick = next(brick for brick in SNAPSHOT.bricks.values() if (brick.node, brick.device) == device.key)
    (on_brick,) = claims_on(SNAPSHOT, kube.tables, brick)
    assert on_brick in on_device
    assert claims_on(SNAPSHOT, kube.tables, SNAPSHOT.volumes[brick.volume]) == [on_brick]


def test_the_gluster_volume_under_a_claim() -> None:
    tables = busy_kube().tables
    assert gluster_of(tables, ("team-0", "data-0")) == "pvc-00"
    assert gluster_of(tables, ("shop", "cart")) == ""
    assert gluster_of(tables, ("no", "claim")) == ""
