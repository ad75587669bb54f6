"""A new volume: its bricks, each on a logical volume of its own, then the volume itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from tui.core.facts import NodeFacts
from tui.core.join_view import is_for_bricks
from tui.core.model import Cluster, Snapshot, State
from tui.core.placement import Candidate, NoSpace, PlacedBrick, Placement, VolumeRequest, place
from tui.core.plan import Command, Plan, Refused, Step
from tui.core.units import format_size
from tui.dialects import gluster, host, lvm
from tui.plans import volume_state

SETTLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class NewBrick:
    """A brick to be, with the names that heketi would give it."""

    placed: PlacedBrick
    id: str

    @property
    def lv(self) -> str:
        return f"brick_{self.id}"

    @property
    def pool(self) -> str:
        return f"tp_{self.id}"

    @property
    def mount(self) -> str:
        return host.brick_mount(self.placed.vg, self.lv)

    @property
    def path(self) -> str:
        return f"{self.mount}/brick"


def plan_create(
    snapshot: Snapshot,
    facts: Mapping[str, NodeFacts],
    request: VolumeRequest,
    rng: Random,
    new_id: Callable[[], str],
) -> Plan:
    """Place the bricks of a volume and plan it; an empty name becomes vol_<id>.

    Raises Refused where the name is taken, the request makes no sense, the pool is not whole, or
    there is no place.
    """
    request = request if request.name else replace(request, name=f"vol_{new_id()}")
    cluster = _choose_cluster(snapshot, request)
    if any(v.name == request.name and v.cluster == cluster.id for v in snapshot.volumes.values()):
        raise Refused(f"There is a volume {request.name} already.")
    volume_state.need_whole_pool(snapshot, facts, cluster, f"Making volume {request.name}")
    try:
        placement = place(request, candidates(snapshot, facts, cluster), rng)
    except NoSpace as error:
        raise Refused(error.sentence, error.details) from error
    except ValueError as error:
        raise Refused(str(error)) from error
    bricks = [NewBrick(placed, new_id()) for group in placement.bricks for placed in group]
    brick_steps = [_brick_step(brick, request) for brick in bricks]
    create = _create_step(request, bricks, tuple(step.id for step in brick_steps), volume_state.serial(cluster))
    ours = bricks[0].path
    # gluster answers once all bricks have signed in; asking it again right then costs 0.6 s and more
    start = replace(
        start_step(create.node, request.name, len(bricks), volume_state.serial(cluster), needs=(create.id,)),
        done=volume_state.runs(request.name, ours),
        guards=(volume_state.is_made_of(request.name, ours),),
        undone=volume_state.is_not_made_of(request.name, ours, "Started"),
        settled=None,
        follows=True,
    )
    kind = f"replicate {request.replica}" if request.set_size > 1 else "no replicas"
    count = f"{len(bricks)} brick{'s' * (len(bricks) > 1)}"
    return Plan(
        f"Create volume {request.name}: {format_size(request.size)}, {kind}, {count}",
        (*brick_steps, create, start),
        warnings=tuple(_warnings(request, placement)),
        then=f"mount it: mount -t glusterfs {bricks[0].placed.storage}:/{request.name} /mnt",
    )


def _choose_cluster(snapshot: Snapshot, request: VolumeRequest) -> Cluster:
    wanted = request.cluster
    # nodes that are in no pool yet stand together in a cluster without an id
    known = [c for c in snapshot.clusters if c.id and (not wanted or wanted in (c.id, c.name))]
    if len(known) == 1:
        return known[0]
    names = ", ".join(f"{c.name} ({c.id})" for c in snapshot.clusters if c.id) or "none"
    if wanted:
        raise Refused(f"There is no cluster {wanted}.", (f"known clusters: {names}",))
    if not known:
        raise Refused("No nodes are in a pool yet: load a topology first.")
    raise Refused("There are several clusters: name the one that the volume is for.", (f"known clusters: {names}",))


def candidates(snapshot: Snapshot, facts: Mapping[str, NodeFacts], cluster: Cluster) -> Iterator[Candidate]:
    """The devices of a cluster that may take bricks: in service, in a volume group for bricks, on a node that is up."""
    for device in snapshot.devices.values():
        node = snapshot.nodes.get(device.node)
        known = facts.get(device.node)
        if node is None or known is None or device.node not in cluster.nodes or not volume_state.is_up(node):
            continue
        group = next((g for g in known.volume_groups if g.name == device.vg), None)
        if device.state is not State.ONLINE or group is None or not is_for_bricks(group.name, group.tags):
            continue
        spare = next(
            (lv.size for lv in known.logical_volumes if lv.vg == group.name and lv.name.endswith("_pmspare")), 0
        )
        yield Candidate(
            node.name, node.storage, node.zone, device.path, group.name, group.free, group.extent, device.tags, spare
        )


def _brick_step(brick: NewBrick, request: VolumeRequest) -> Step:
    placed = brick.placed
    device = host.brick_device(placed.vg, brick.lv)
    owner = (host.chown(brick.path, request.gid), host.chmod(brick.path)) if request.gid else ()
    return Step(
        id=f"brick {brick.id}",
        node=placed.node,
        title=f"make brick {brick.lv} ({format_size(placed.size)}) on {placed.device}",
        commands=(
            host.mkdir(brick.mount),
            lvm.lvcreate_brick(placed.vg, brick.pool, brick.lv, placed.size, placed.pool_size, placed.metadata),
            host.mkfs_xfs(device),
            host.mount(device, brick.mount),
            host.mkdir(brick.path, parents=False),
            *owner,
            # last, so that an entry in the fstab proves that all before it was done
            host.fstab_add(device, brick.mount),
        ),
        subject=f"{placed.node} {placed.device}",
        done=host.in_fstab(brick.lv),
        guards=(
            replace(lvm.lv_gone(placed.vg, brick.lv), why=f"{brick.lv} is there half made: undo this step first"),
            host.last_line_ends(host.FSTAB),
        ),
        serial=f"lvm {placed.node}",
        undo=_take_back(brick),
    )


def _take_back(brick: NewBrick) -> tuple[Command, ...]:
    """Removes a brick wherever its making stopped; what is not there is no fault, what is in use is one.

    The names are random and ours. rmdir fails while the brick is still mounted.
    """
    vg = brick.placed.vg
    remove = ("lvm", "lvremove", "--autobackup=n", "-f")
    return (
        replace(host.umount(brick.mount), ok=(0, 1, 32)),
        host.fstab_remove(brick.lv),
        Command((*remove, f"{vg}/{brick.lv}"), timeout=600, ok=(0, 5)),
        replace(lvm.lvremove_empty_pool(vg, brick.pool), ok=(0, 5)),
        host.mkdir(brick.mount),
        host.rmdir(brick.mount),
        host.rmdir(f"{host.MOUNTS}/{vg}", tolerant=True),
    )


def _create_step(request: VolumeRequest, bricks: list[NewBrick], needs: tuple[str, ...], serial: str) -> Step:
    replica = request.set_size if request.set_size > 1 else 0
    return Step(
        id=f"create {request.name}",
        node=bricks[0].placed.node,
        title=f"create volume {request.name}",
        commands=(gluster.volume_create(request.name, replica, 0, [(b.placed.storage, b.path) for b in bricks]),),
        subject=request.name,
        needs=needs,
        done=volume_state.is_made_of(request.name, bricks[0].path),
        serial=serial,
        undo=(gluster.volume_delete(request.name),),
        undone=volume_state.is_not_made_of(request.name, bricks[0].path),
        retry=True,
        follows=True,
    )


def start_step(node: str, name: str, bricks: int, serial: str, needs: tuple[str, ...] = ()) -> Step:
    """Start a volume and wait until all its bricks run."""
    return Step(
        id=f"start {name}",
        node=node,
        title=f"start volume {name}",
        commands=(gluster.volume_start(name),),
        subject=name,
        needs=needs,
        done=gluster.volume_started(name),
        settled=gluster.bricks_online(name, bricks),
        settle_seconds=SETTLE_SECONDS,
        serial=serial,
        undo=(gluster.volume_stop(name),),
        retry=True,
    )


def _warnings(request: VolumeRequest, placement: Placement) -> Iterator[str]:
    if request.set_size == 2:
        yield (
            "With 2 replicas a volume can get into split-brain: when the nodes lose sight of each other, "
            "copies may differ and nobody can tell which is right. 3 replicas avoid that."
        )
    if request.set_size == 1:
        yield "Without replicas the data is lost with any of its devices, and away while a node is down."
    fewest = min(len({brick.zone for brick in group}) for group in placement.bricks)
    if request.set_size > 1 and fewest < request.set_size:
        zones = f"{fewest} zone{'s' * (fewest > 1)}"
        yield f"The {request.set_size} replicas stand in {zones} only: a zone that fails takes several copies with it."
