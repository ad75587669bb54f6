"""Plans on the Gluster side of a claim: start its stopped volume, the dead bricks of a started one, or a heal."""

from tui.core.model import Brick, Cluster, Snapshot, State, Volume
from tui.core.plan import Danger, Plan, Refused, Skipped, Step
from tui.dialects import gluster, gluster_heal, host
from tui.plans import volume_state
from tui.plans.volume_create import SETTLE_SECONDS
from tui.plans.volume_delete import plan_start

plan_start_gluster = plan_start


def plan_start_bricks(snapshot: Snapshot, name: str) -> Plan:
    """Start the brick processes that do not run, after each brick has proven to be where it should.

    A brick whose file system is not mounted would fill the root disk, so its mount and the id of the volume on
    its folder are looked at right before. Raises Refused where that can't be, or there is nothing to start.
    """
    volume = volume_state.volume(snapshot, name)
    cluster = volume_state.cluster_of(snapshot, volume)
    if volume.status != "Started":
        raise Refused(f"Volume {name} is not started, so none of its bricks runs.", ("start the volume instead",))
    bricks = [snapshot.bricks[key] for key in volume.bricks if key in snapshot.bricks]
    dead = [brick for brick in bricks if brick.state in (State.OFFLINE, State.MISSING, State.UNKNOWN)]
    if not dead:
        raise Refused(f"All bricks of volume {name} run.")
    away = [brick for brick in dead if not _answers(snapshot, brick)]
    here = [brick for brick in dead if brick not in away]
    unmounted = [brick for brick in here if not brick.mount]
    if unmounted:
        raise Refused(
            f"The bricks of volume {name} can't be started: a start would write to the root disk.",
            tuple(
                f"{brick.host}:{brick.path}: {brick.reason or 'its file system is not known'}" for brick in unmounted
            ),
        )
    if not here:
        raise Refused(f"The nodes of the dead bricks of volume {name} can't be asked now.", _reasons(away))
    looks = tuple(_look(brick, volume) for brick in here)
    start = _start(snapshot, cluster, volume, bricks, len(bricks) - len(away), tuple(step.id for step in looks))
    skipped = tuple(Skipped(f"{brick.host}:{brick.path}", "its node is away", is_fault=True) for brick in away)
    warning = "A brick that was away is healed from the others afterwards; until then it is no full copy."
    title = f"Start {len(here)} dead brick{'s' * (len(here) != 1)} of volume {name}"
    return Plan(title, (*looks, start), skipped, (warning,) if volume.replica > 1 else ())


def plan_start_heal(snapshot: Snapshot, name: str) -> Plan:
    """Let the self-heal daemons begin at once with what is pending; they go on after the plan has ended.

    Raises Refused where the volume keeps no copies, does not run, or a brick is down: what it misses can't be healed.
    """
    volume = volume_state.volume(snapshot, name)
    cluster = volume_state.cluster_of(snapshot, volume)
    if not volume.keeps_copies:
        raise Refused(f"Volume {name} keeps no copies, so there is nothing to heal from.")
    if volume.status != "Started":
        raise Refused(f"Volume {name} is not started, so nothing heals.", ("start the volume first",))
    bricks = [snapshot.bricks[key] for key in volume.bricks if key in snapshot.bricks]
    away = [brick for brick in bricks if brick.state in (State.OFFLINE, State.MISSING)]
    if away:
        raise Refused(f"Bricks of volume {name} are down; bring them back first.", _reasons(away))
    step = Step(
        id=f"heal {volume.name}",
        node=volume_state.speaker(snapshot, cluster, tuple(brick.node for brick in bricks)),
        title=f"start a heal of {volume.name}",
        commands=(gluster_heal.heal_start(volume.name),),
        subject=volume.name,
        guards=(volume_state.has_id(volume.name, volume.id),),
        serial=volume_state.serial(cluster),
        no_undo="a heal copies what one brick missed from the others, which nobody wants back",
        retry=True,
    )
    then = f"gluster volume heal {volume.name} info summary"
    return Plan(f"Start a heal of volume {name}", (step,), then=then)


def _answers(snapshot: Snapshot, brick: Brick) -> bool:
    node = snapshot.nodes.get(brick.node)
    return node is not None and volume_state.is_up(node)


def _reasons(bricks: list[Brick]) -> tuple[str, ...]:
    return tuple(f"{brick.host}:{brick.path}: {brick.reason or brick.state.value}" for brick in bricks)


def _look(brick: Brick, volume: Volume) -> Step:
    check = host.belongs_to(brick.path, volume.id)
    return Step(
        id=f"look {brick.host}:{brick.path}",
        node=brick.node,
        title=f"see that {brick.path} is mounted and belongs to {volume.name}",
        commands=(check.command,),
        subject=f"{brick.host}:{brick.path}",
        guards=(host.mounted(brick.mount), check),
        danger=Danger.SAFE,
        no_undo="it only looks",
    )


def _start(
    snapshot: Snapshot, cluster: Cluster, volume: Volume, bricks: list[Brick], count: int, needs: tuple[str, ...]
) -> Step:
    run = gluster.bricks_online(volume.name, count)
    hosts = tuple(brick.node for brick in bricks)
    return Step(
        id=f"start bricks {volume.name}",
        node=volume_state.speaker(snapshot, cluster, hosts),
        title=f"start the bricks of {volume.name} that do not run",
        commands=(gluster.volume_start_force(volume.name),),
        subject=volume.name,
        needs=needs,
        done=run,
        guards=(
            volume_state.has_id(volume.name, volume.id),
            volume_state.has_bricks(volume.name, [f"{brick.host}:{brick.path}" for brick in bricks]),
        ),
        settled=run,
        settle_seconds=SETTLE_SECONDS,
        serial=volume_state.serial(cluster),
        no_undo="a brick that serves clients is not stopped again",
        retry=True,
    )
