"""Block volumes made and deleted through heketi, which keeps them as files in volumes that host them."""

from dataclasses import dataclass
from typing import Final

from tui.core.heketi_model import HeketiBlockVolume, HeketiCluster, HeketiSite, HeketiVolume
from tui.core.plan import Check, Command, Plan, Refused, Step
from tui.core.runner import HEKETI
from tui.core.units import GIB
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.dialects import heketi_requests as requests
from tui.dialects.heketi_names import block_volume_name
from tui.plans import heketi_steps
from tui.plans.heketi_steps import DEVICE_SECONDS, exists, gone

_NONE_IN_THE_MAKING: Final = Check(
    Command(("GET", "/operations/pending"), timeout=60.0, ok=(200,), sudo=False),
    # heketi hides it until it is done, and would make a second one of the same name
    absent=r'"create-block-volume","status":"","sub_status":"in-flight"',
    why="heketi is just making a block volume, perhaps this one: try again when it is through",
)


@dataclass(frozen=True, slots=True)
class BlockRequest:
    """A block volume of `size` bytes, which `ha` nodes serve (0: all that host it), with a password where `auth`.

    `cluster` is the id of the one that it has to be in, "" for any.
    """

    name: str
    size: int
    ha: int = 0
    auth: bool = False
    cluster: str = ""


def plan_block_create(site: HeketiSite, request: BlockRequest) -> Plan:
    """A new block volume. heketi chooses the volume that hosts it, or makes one.

    Raises Refused where it can't be asked for like this, and where heketi would do something else than asked.
    """
    problem = why_no_request(VolumeRequest(request.name, request.size))
    if problem:
        raise Refused(problem)
    if any(block.name == request.name for block in site.block_volumes.values()):
        # heketi would make a second one of this name in another volume
        raise Refused(f"heketi has a block volume {request.name} already.")
    clusters = _clusters(site, request.cluster)
    _check_ha(request.ha, clusters)
    size = -(-request.size // GIB)
    warnings = [f"heketi counts whole GiB: the volume has {size} GiB."] if size * GIB != request.size else []
    if not any(_can_host(host, size) for cluster in clusters for host in _hosts(site, cluster)):
        warnings.append(
            f"No volume for block volumes has {size} GiB free. heketi makes one first (of 1024 GiB, three times, where "
            "heketi.json names no other size), which stays when the block volume is deleted; where its heketi.json "
            "does not let it (auto_create_block_hosting_volume), it refuses."
        )
    login = f"its user and password: heketi-cli blockvolume info, with the id of {request.name}"
    return Plan(
        f"Create block volume {request.name} through heketi", (_make(request, size),), warnings=tuple(warnings),
        then="brickyard heketi info shows it" + (f"; {login}" if request.auth else ""),
    )  # fmt: skip


def plan_block_delete(volume: HeketiBlockVolume) -> Plan:
    """Delete a block volume with its data."""
    step = heketi_steps.delete_block_volume(volume)
    warning = f"All data of {volume.name} is lost, and who uses it over iSCSI loses it at once."
    return Plan(f"Delete block volume {volume.name} through heketi", (step,), warnings=(warning,), confirm=volume.name)


def _make(request: BlockRequest, size: int) -> Step:
    """The step that makes it; its undo deletes it."""
    named = block_volume_name(request.name)
    path, clusters = f"/blockvolumes/{named}", (request.cluster,) if request.cluster else ()
    wish = requests.create_block_volume(size, request.name, request.ha, request.auth, clusters)
    by = f", served by {request.ha} node{'s' * (request.ha > 1)}" if request.ha else ""
    return Step(
        id=f"block volume {request.name}",
        node=HEKETI,
        title=f"create block volume {request.name} of {size} GiB{by}" + (", with a password" if request.auth else ""),
        commands=(wish.command(DEVICE_SECONDS),),
        subject=request.name,
        done=exists(path, f"heketi has no block volume {request.name}"),
        guards=(_NONE_IN_THE_MAKING,),
        undo=(requests.delete_block_volume(named).command(DEVICE_SECONDS),),
        undone=gone(path, f"heketi has block volume {request.name}"),
    )


def _clusters(site: HeketiSite, wanted: str) -> list[HeketiCluster]:
    """The clusters in which a block volume may be made."""
    if wanted and wanted not in site.clusters:
        raise Refused(f"heketi has no cluster {wanted}.", tuple(site.clusters))
    asked = [site.clusters[wanted]] if wanted else list(site.clusters.values())
    takes = [cluster for cluster in asked if cluster.takes_blocks]
    if not takes:
        whose = f"Cluster {wanted}" if wanted else "No cluster of heketi's"
        raise Refused(
            f"{whose} takes {'no ' if wanted else ''}block volumes.",
            ("let it: brickyard heketi flags CLUSTER --block on",),
        )
    if not any(cluster.nodes for cluster in takes):
        raise Refused("heketi has no nodes: load a topology first.")
    return takes


def _check_ha(ha: int, clusters: list[HeketiCluster]) -> None:
    most = max(len(cluster.nodes) for cluster in clusters)
    if ha < 0:
        raise Refused(f"{ha} is no number of nodes.")
    if ha > most:
        # heketi would take all of them and say nothing
        raise Refused(f"{ha} nodes can't serve a block volume: the cluster has {most}.")


def _hosts(site: HeketiSite, cluster: HeketiCluster) -> list[HeketiVolume]:
    return [site.volumes[ident] for ident in cluster.volumes if ident in site.volumes and site.volumes[ident].is_block]


def _can_host(host: HeketiVolume, gib: int) -> bool:
    return not host.restriction and host.free >= gib * GIB
