"""PersistentVolumes, claims and pods to repair."""

from typing import Any

from tests.site.kube_desk import Desk
from tui.dialects.kube_write import claim, volume

SOURCE = {"glusterfs": {"endpoints": "gluster", "path": "vol1"}}
RWX = ("ReadWriteMany",)
Obj = dict[str, Any]


def put_volume(desk: Desk, name: str = "pv1", **more: Any) -> None:
    given = {"capacity": "10Gi", "access_modes": RWX, "class_name": "manual"} | more
    desk.sim.create(volume(name, SOURCE, **given))


def put_claim(desk: Desk, name: str = "db", **more: Any) -> None:
    given = {"size": "10Gi", "access_modes": RWX, "class_name": "manual"} | more
    desk.sim.create(claim("default", name, **given))


def put_pod(desk: Desk, name: str, claim_name: str, *, node: str = "n1", phase: str = "Running") -> None:
    spec: Obj = {
        "containers": [{"name": "c", "image": "busybox"}],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim_name}}],
    }
    spec |= {"nodeName": node} if node else {}
    desk.sim.store.put({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": spec,
        "status": {"phase": phase},
    })  # fmt: skip


async def a_bound_claim(desk: Desk, **more: Any) -> None:
    put_volume(desk, **more)
    put_claim(desk)
    await phase(desk, "Bound")


async def a_claim_made_anew(desk: Desk) -> None:
    """A claim without a volume is made anew with a class that has one."""
    put_claim(desk, class_name="typo")
    await desk.quiet()
    assert (await desk.run(await desk.fix("recreate-claim", namespace="default", name="db", **{"class": "manual"}))).ok


async def phase(desk: Desk, wanted: str, name: str = "db") -> None:
    await desk.until(lambda: (the_claim(desk, name).get("status") or {}).get("phase") == wanted)


def the_claim(desk: Desk, name: str = "db") -> Obj:
    return desk.sim.get("persistentvolumeclaims", name, "default") or {}


def the_volume(desk: Desk, name: str = "pv1") -> Obj:
    return desk.sim.get("persistentvolumes", name) or {}


async def there_and_back(desk: Desk, repair: str, /, **values: str) -> dict[str, Obj]:
    """Run a repair and take it back; what the server had in between, when all was quiet."""
    before = await desk.quiet()
    outcome = await desk.run(await desk.fix(repair, **values))
    assert outcome.ok, outcome.reports
    between = await desk.quiet()
    assert between != before
    back = await desk.undo()
    assert back.ok, back.reports
    assert await desk.quiet() == before
    return between
