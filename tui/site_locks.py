"""Which nodes a plan locks, so that no other admin changes their cluster meanwhile: over SSH, or through heketi.

heketi itself keeps nobody out. Where the site knows storage nodes of the cluster that a plan changes through it, the
lock is the one that plans over SSH take too.
"""

import re
from collections.abc import Iterable
from typing import Final

from tui.core.heketi_links import HeketiLinks, links_of
from tui.core.heketi_model import HeketiSite
from tui.core.model import Cluster, Freshness, Snapshot, State
from tui.core.plan import Plan, Step
from tui.core.runner import HEKETI
from tui.dialects.heketi_names import Name, names_in

_ID: Final = re.compile(r"\b[0-9a-f]{32}\b")
_OF_NO_CLUSTER: Final = ("/internal/", "/clusters")
"""Requests that change no cluster there is, where they name none: the log level, and a cluster that is made."""


def nodes_to_lock(plan: Plan, storage: Snapshot, known: HeketiSite | None) -> set[str]:
    """The nodes that a plan touches, and of each cluster that it changes the one that all admins agree on.

    `storage` is the picture from the nodes alone, `known` what heketi has.
    """
    touched = {step.node for step in plan.steps}
    changed = [cluster for cluster in storage.clusters if touched & set(cluster.nodes)]
    if HEKETI in touched and known is not None:
        named = {name for step in plan.steps for name in _nodes_named(step)}
        touched |= {name for name in named if name in storage.nodes and _is_live(storage, name)}
        wanted, links = clusters_changed(plan, known), links_of(known)
        changed += [one for one in storage.clusters if wanted & _homes(one, storage, links)]
    return touched | {name for cluster in changed if (name := _agreed(cluster, storage))}


def clusters_changed(plan: Plan, known: HeketiSite) -> set[str]:
    """The ids of heketi's clusters that a plan changes through it: all, where a request does not say which."""
    found: set[str] = set()
    for step in plan.steps:
        if step.node == HEKETI:
            found |= _clusters_of(step, known) or (set() if _is_of_none(step) else set(known.clusters))
    return found


def why_not_locked(plan: Plan, storage: Snapshot, known: HeketiSite | None) -> str:
    """What to say of a plan through heketi that locks no node of a cluster that it changes; "" where there is none."""
    if known is None:
        return ""
    changed = [known.clusters[ident] for ident in sorted(clusters_changed(plan, known))]
    links, locked = links_of(known), nodes_to_lock(plan, storage, known)
    held = {home for one in storage.clusters if locked & set(one.nodes) for home in _homes(one, storage, links)}
    bare = [cluster for cluster in changed if cluster.nodes and cluster.id not in held]
    if not bare:
        return ""
    which = "heketi's cluster" if len(known.clusters) == 1 else f"heketi's cluster {', '.join(one.id for one in bare)}"
    there = {home.cluster for node in storage.nodes.values() if (home := links.node(node)) is not None}
    if any(cluster.id in there for cluster in bare):
        why = f"none of the storage nodes of {which} can be reached to lock it"
    else:
        why = f"this site names no storage nodes of {which} that could be locked"
    return f"Nothing keeps another admin from changing the same at the same time: {why}."


def _clusters_of(step: Step, known: HeketiSite) -> set[str]:
    texts = [text for command in step.commands for text in (command.argv[1], command.stdin)]
    found = {_home_of(ident, known) for text in texts for ident in _ID.findall(text)}
    found |= {ident for name in names_in(*texts) for ident in _homes_of(name, known)}
    return found - {""}


def _home_of(ident: str, known: HeketiSite) -> str:
    """The cluster of an object of heketi's; "" for what it does not know."""
    if ident in known.clusters:
        return ident
    bricks = (brick for device in known.devices.values() for brick in device.bricks if brick.id == ident)
    device = known.devices.get(ident)
    node = known.nodes.get(device.node if device is not None else next((one.node for one in bricks), ident))
    held = node or known.volumes.get(ident) or known.block_volumes.get(ident)
    return held.cluster if held is not None else ""


def _homes_of(name: Name, known: HeketiSite) -> set[str]:
    if name.kind in ("volume", "blockvolume"):
        volumes = known.volumes if name.kind == "volume" else known.block_volumes
        return {volume.cluster for volume in volumes.values() if volume.name in name.nodes}
    return {node.cluster for node in known.nodes.values() if node.name in name.nodes}


def _is_of_none(step: Step) -> bool:
    """Whether a step that names no cluster there is changes none: it is about heketi itself, or about new nodes."""
    about_itself = all(command.argv[1].startswith(_OF_NO_CLUSTER) for command in step.commands)
    return about_itself or any(_nodes_named(step))


def _nodes_named(step: Step) -> Iterable[str]:
    """The manage names of nodes that requests name."""
    texts = (text for command in step.commands for text in (command.argv[1], command.stdin))
    return (node for name in names_in(*texts) if not name.kind.endswith("volume") for node in name.nodes)


def _homes(cluster: Cluster, storage: Snapshot, links: HeketiLinks) -> set[str]:
    """The ids of heketi's clusters that have nodes of this one."""
    homes = (links.node(storage.nodes[name]) for name in cluster.nodes)
    return {home.cluster for home in homes if home is not None}


def _agreed(cluster: Cluster, storage: Snapshot) -> str:
    """The node of a cluster that every admin locks: the first of those that are online."""
    online = [storage.nodes[name] for name in cluster.nodes if storage.nodes[name].state is State.ONLINE]
    return min(online, key=lambda node: node.storage).name if online else ""


def _is_live(storage: Snapshot, name: str) -> bool:
    return storage.nodes[name].source.freshness is Freshness.LIVE
