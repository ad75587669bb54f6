"""Bound claims whose fault lies under Gluster: volume, bricks, devices, nodes, peers (F7, H1, H2, H6, H9, H10, H13).

Follows the chain claim, PersistentVolume, Gluster volume (by its name), bricks, devices, nodes in the picture of the
storage nodes. What is unknown there is never called a fault.
"""

from collections.abc import Iterator

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_chain_words import addresses_of, gluster_key_of, gluster_name, is_read, pool_of
from tui.checks.claim_mount import is_held_up
from tui.checks.claim_names import did_you_mean
from tui.checks.claim_seen_words import bound_volume, is_quiet, pod_ref, some, volume_ref
from tui.checks.claim_storage_heal import heal_faults
from tui.checks.claim_storage_nodes import node_faults, quorum_faults
from tui.checks.claim_storage_quota import quota_faults
from tui.checks.claim_storage_words import DOWN, brick_evidence, brick_words, full_brick, gluster_ref
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.kube import PersistentVolume
from tui.core.links import bricks_of_volume
from tui.core.model import Brick, Snapshot, State, Volume


def rules(case: ClaimCase) -> Iterator[Finding]:
    """What is wrong under a bound claim's Gluster volume."""
    volume = bound_volume(case)
    if volume is None or not case.world.storage.nodes or not gluster_name(volume):
        return
    key = gluster_key_of(case.world, volume)
    if not key:
        yield from _unknown_volume(case, volume)
        return
    gluster, bricks = case.world.storage.volumes[key], bricks_of_volume(case.world.storage, key)
    chain = [seen(volume_ref(volume.name), "Gluster volume", gluster.name)]
    yield from _stopped(case, key, bricks, chain)
    if gluster.status == "Started":
        yield from _bricks(case, key, bricks, chain)
        yield from quorum_faults(case, gluster, chain)
        yield from node_faults(case, gluster, bricks, chain)
        yield from heal_faults(case, key, gluster, bricks, chain)
        yield from quota_faults(case, gluster, volume, chain)
    yield from _full(case, gluster, bricks, chain)


def _unknown_volume(case: ClaimCase, volume: PersistentVolume) -> Iterator[Finding]:
    """F7: the PersistentVolume names a Gluster volume that its pool does not have."""
    world, name = case.world, gluster_name(volume)
    pool = pool_of(world, volume)
    if pool is None or not is_read(world, pool) or world.storage.is_younger(volume.created, pool):
        return
    names = [one.name for one in world.storage.volumes.values() if one.cluster == pool]
    near = did_you_mean(name, names)
    pods = [pod for pod in world.tables.pods_of(case.key)[:50] if not is_quiet(pod) and is_held_up(pod)]
    sentence = f"there is no Gluster volume '{name}' in the pool that its PersistentVolume names"
    yield found(
        "F7", case.ref, sentence + (f" - did you mean '{near}'?" if near else ""),
        cause="The client asks a Gluster node for the volume by its name, and none there has it.",
        proof=[
            seen(volume_ref(volume.name), "spec.glusterfs.path", name),
            seen(ObjectRef("GlusterPool", "", pool), "volumes", some(sorted(names), 6)),
            seen(ObjectRef("GlusterPool", "", pool), "reached through", ", ".join(sorted(addresses_of(world, volume)))),
            *(seen(pod_ref(pod), "waits on node", pod.node) for pod in pods[:2]),
        ],
        remedies=[*_with_another(case, volume, near),
                  by_hand(f"Make a Gluster volume '{name}', or restore it, or make the PersistentVolume anew.")],
    )  # fmt: skip


def _with_another(case: ClaimCase, volume: PersistentVolume, near: str) -> Iterator[Remedy]:
    """The PersistentVolume with the name that was meant, unless that volume belongs to somebody already."""
    if near and volume.gluster is not None and not case.world.tables.volumes_of_gluster(near):
        title = f"Make the PersistentVolume anew for Gluster volume '{near}'"
        yield fixed_by(title, "recreate-volume", volume=volume.name, claim_namespace=case.key[0],
                       claim_name=case.key[1], gluster=near)  # fmt: skip


def _stopped(case: ClaimCase, key: str, bricks: list[Brick], chain: list[Evidence]) -> Iterator[Finding]:
    """H1: the volume is not started."""
    gluster = case.world.storage.volumes[key]
    if gluster.status in ("Started", ""):
        return
    never = gluster.status == "Created"
    words = "was never started" if never else "is stopped"
    dead = [brick for brick in bricks if brick.state in DOWN]
    more = [brick_evidence(brick) for brick in dead[:3]]
    yield found(
        "H1", case.ref, f"Gluster volume '{gluster.name}' {words}",
        cause="A volume can be mounted only while it is started; mounts that were there hang or fail.",
        proof=[*chain, seen(gluster_ref(gluster), "status", gluster.status), *more],
        remedies=[fixed_by(f"Start volume '{gluster.name}'", "start-gluster", volume=key)],
    )  # fmt: skip


def _node_is_away(storage: Snapshot, brick: Brick) -> bool:
    """Whether a brick is down because its node is: that is told of the node."""
    node = storage.nodes.get(brick.node)
    if node is None or not brick.reason.startswith(f"{brick.node}: "):
        return "is not connected in the pool" in brick.reason
    return node.state in (State.OFFLINE, State.DEGRADED)


def _bricks(case: ClaimCase, key: str, bricks: list[Brick], chain: list[Evidence]) -> Iterator[Finding]:
    """H2: bricks that are down though their nodes are not."""
    storage = case.world.storage
    gluster = storage.volumes[key]
    sick = [brick for brick in bricks if brick.state in (*DOWN, State.DEGRADED) and not _node_is_away(storage, brick)]
    if not sick:
        return
    lost = gluster.state is State.OFFLINE
    first = sick[0]
    where = f"{first.node or first.host}: {first.reason or first.state}"
    count = (
        f"{len(sick)} of {len(bricks)} bricks of Gluster volume '{gluster.name}' {'is' if len(sick) == 1 else 'are'}"
    )
    sentence = f"{count} down ({where})"
    if all(brick.state is State.DEGRADED for brick in sick):
        sentence = f"{count} not well ({where})"
    causes, remedies = brick_words(storage, key, sick)
    proof = [brick_evidence(brick) for brick in sick[:4]]
    for brick in sick[:4]:
        device = storage.devices.get((brick.node, brick.device))
        if device is not None and device.reason:
            ref = ObjectRef("Device", "", f"{device.node} {device.path}")
            proof.append(seen(ref, "state", f"{device.state}: {device.reason}"))
    tail = " No client can read all of the volume now." if lost else " The other copies serve the data meanwhile."
    if not lost and gluster.replica < 2 and "disperse" not in gluster.type:
        tail = " The files on it are not there meanwhile."
    yield found(
        "H2", case.ref, sentence, cause=causes + tail,
        proof=[*chain, seen(gluster_ref(gluster), "state", gluster.state), *proof],
        remedies=remedies, severity=Severity.ERROR if lost else Severity.WARNING,
    )  # fmt: skip


def _full(case: ClaimCase, gluster: Volume, bricks: list[Brick], chain: list[Evidence]) -> Iterator[Finding]:
    """H9: bricks or thin pools that are full."""
    full = [(brick, words) for brick in bricks if (words := full_brick(brick))]
    if not full:
        return
    brick, words = full[0]
    stops = any(one.stops for _, one in full)
    yield found(
        "H9", case.ref, f"a brick of Gluster volume '{gluster.name}' is {'full' if stops else 'almost full'} "
        f"({brick.node or brick.host}: {words.text})",
        cause="Files that belong on a full brick can't be written, even where other bricks have room; a thin pool "
        "that is full makes its bricks fail.",
        proof=[*chain, *(seen(ObjectRef("Brick", "", f"{one.node or one.host}:{one.path}"), "space", word.text)
                         for one, word in full[:4])],
        remedies=[
            by_hand("Delete files or snapshots, or expand the volume with new bricks and rebalance it."),
        ],
        severity=Severity.ERROR if stops else Severity.WARNING,
    )  # fmt: skip
