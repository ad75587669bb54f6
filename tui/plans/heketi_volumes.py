"""Volumes made, made greater, cloned and deleted through heketi."""

from tui.core.heketi_model import HeketiSite, HeketiVolume
from tui.core.plan import Plan, Refused, Step
from tui.core.runner import HEKETI
from tui.core.units import GIB, format_size
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_names import volume_name
from tui.dialects.heketi_requests import Request, VolumeWish
from tui.plans import heketi_steps
from tui.plans.heketi_steps import DEVICE_SECONDS, exists, gone

DATABASE = "heketidbstorage"


def plan_heketi_create(site: HeketiSite, request: VolumeRequest, cluster: str = "") -> Plan:
    """A new volume, in the cluster with this id where one is given. heketi places its bricks.

    Raises Refused where it can't be asked for like this, and where heketi has a volume of this name.
    """
    problem = why_no_request(request)
    if problem:
        raise Refused(problem)
    if any(volume.name == request.name for volume in site.volumes.values()):
        raise Refused(f"heketi has a volume {request.name} already.")
    if request.nodes:
        raise Refused("heketi chooses the nodes of a volume by itself.")
    if not site.devices:
        raise Refused("heketi has no devices: load a topology first.")
    size = -(-request.size // GIB)
    wish = VolumeWish(
        size, request.name, request.durability, request.replica, gid=request.gid, clusters=(cluster,) if cluster else ()
    )
    step = _make(f"create volume {request.name} of {size} GiB", request.name, requests.create_volume(wish))
    rounded = f"heketi counts whole GiB: the volume has {size} GiB." if size * GIB != request.size else ""
    return Plan(
        f"Create volume {request.name} through heketi", (step,), warnings=(rounded,) if rounded else (),
        then=f"brickyard get volumes shows it; its data: gluster volume info {request.name}",
    )  # fmt: skip


def plan_clone(site: HeketiSite, volume: HeketiVolume, name: str) -> Plan:
    """A copy of a volume as it is now. Raises Refused for a name that is taken, and for hosts of block volumes."""
    problem = why_no_request(VolumeRequest(name, GIB))
    if problem:
        raise Refused(problem)
    if volume.is_block:
        raise Refused(f"{volume.name} hosts block volumes: heketi clones no such volume.")
    if any(one.name == name for one in site.volumes.values()):
        raise Refused(f"heketi has a volume {name} already.")
    title = f"Clone volume {volume.name} as {name}"
    warnings = ("A heketi that ends during a clone leaves its database broken: don't restart it meanwhile.",)
    step = _make(title[0].lower() + title[1:], name, requests.clone_volume(volume.id, name))
    return Plan(title, (step,), warnings=warnings)


def plan_expand(volume: HeketiVolume, add: int) -> Plan:
    """Make a volume greater by so many bytes, in whole GiB. Raises Refused for less than one."""
    gib, old = -(-add // GIB), volume.size // GIB
    if add <= 0:
        raise Refused(f"{volume.name} has {format_size(volume.size)}: heketi makes volumes greater, never smaller.")
    path, name = f"/volumes/{volume.id}", volume.name
    step = Step(
        id=f"expand {volume.id}",
        node=HEKETI,
        title=f"expand volume {name} from {old} to {old + gib} GiB",
        commands=(requests.expand_volume(volume.id, gib).command(DEVICE_SECONDS),),
        subject=name,
        done=exists(path, f"{name} has another size", ("/size", str(old + gib))),
        guards=(exists(path, f"{name} is not {old} GiB any more: others changed it", ("/size", str(old))),),
        no_undo="heketi makes no volume smaller",
    )
    return Plan(
        f"Expand volume {name} by {gib} GiB", (step,),
        warnings=("Gluster moves data onto the new bricks afterwards (rebalance).",
                  "A claim on it keeps its size in Kubernetes: expand the claim instead, where there is one."),
    )  # fmt: skip


def plan_heketi_delete(site: HeketiSite, volume: HeketiVolume) -> Plan:
    """Delete a volume with its data. Raises Refused for heketi's own, and where block volumes are in it."""
    if volume.name == DATABASE:
        raise Refused(f"{DATABASE} holds heketi's database.", ("heketi deletes no volume that it needs itself",))
    inside = [site.block_volumes[one].name for one in volume.block_volumes if one in site.block_volumes]
    if inside:
        raise Refused(f"{volume.name} hosts block volumes: {', '.join(sorted(inside)[:5])}.", ("delete those first",))
    step = heketi_steps.delete_volume(volume)
    return Plan(f"Delete volume {volume.name} through heketi", (step,), confirm=volume.name)


def _make(title: str, name: str, wish: Request) -> Step:
    """The step that makes a volume of this name; its undo deletes it."""
    path = f"/volumes/{volume_name(name)}"
    return Step(
        id=f"volume {name}",
        node=HEKETI,
        title=title,
        commands=(wish.command(DEVICE_SECONDS),),
        subject=name,
        done=exists(path, f"heketi has no volume {name}"),
        undo=(requests.delete_volume(volume_name(name)).command(DEVICE_SECONDS),),
        undone=gone(path, f"heketi has volume {name}"),
    )
