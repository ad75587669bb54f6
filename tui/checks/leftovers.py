"""What earlier work left on the nodes: half-made loads, deletes that broke off, nodes that were taken out.

Each finding has a stable code, and its subject ends with the name of what was found, so that
`tui.plans.clean_findings` can plan its remedy. Only nodes whose facts are fresh are looked at.
"""

from collections.abc import Iterator, Mapping

from tui.checks.leftovers_bricks import brick_leftovers
from tui.checks.leftovers_case import OUR_GROUP, Site, group_of_mapping
from tui.core import group_tags
from tui.core.facts import NodeFacts, Peer
from tui.core.finding import Finding, Severity
from tui.core.model import Freshness, Snapshot

_IN_CLUSTER = 3


def check_leftovers(snapshot: Snapshot, facts: Mapping[str, NodeFacts]) -> list[Finding]:
    """Everything that seems left over, node by node.

    Where the volumes of a cluster were not read, nothing is said of what they may be made of.
    """
    findings: list[Finding] = []
    for name, known in facts.items():
        node = snapshot.nodes.get(name)
        if node is None or node.source.freshness is not Freshness.LIVE:
            continue
        site = Site(snapshot, name, known)
        findings += [*_labels(site), *_groups(site), *brick_leftovers(site), *_mappings(site), *_peers(site)]
    return findings


def _labels(site: Site) -> Iterator[Finding]:
    """LVM physical volumes that are in no volume group."""
    if not site.was_read("physical_volumes", "volume_groups"):
        return
    named = sorted({vg for vg, _ in site.traces} - site.groups)
    known = f"; the node still names {', '.join(named[:2])}, which is gone" if named else ""
    for label in site.facts.physical_volumes:
        if label.vg or label.missing:
            continue
        text = f"{label.path} on {site.node} is an LVM physical volume in no volume group."
        evidence = f"pvs: {label.path} {label.uuid}; which group it was in is not known{known}"
        yield site.finding(
            "leftover-label", label.path, text, "Take the label off, if no other host uses the disk.",
            evidence=evidence, device=label.path,
        )  # fmt: skip


def _groups(site: Site) -> Iterator[Finding]:
    """Volume groups for bricks on a node that is alone, though it was one of several or was never used."""
    if site.facts.glusterd != "active" or not site.was_read("peers", "volume_groups", "logical_volumes"):
        return
    if not site.knows_volumes:
        return
    if any(not peer.is_self for peer in site.facts.peers):
        return
    if any(brick.node in (site.node, "") for brick in site.snapshot.bricks.values()):
        return
    for group in site.facts.volume_groups:
        if not OUR_GROUP.fullmatch(group.name) or any(lv.vg == group.name for lv in site.facts.logical_volumes):
            continue
        said = group_tags.read(group.tags)
        others = sorted(name for name in set(said.members.values()) if name not in (site.node, said.manage))
        if said.manage and not others:
            # a cluster of one node
            continue
        why = f"was loaded into a cluster with {', '.join(others[:3])}" if others else "carries no bricks"
        text = f"Volume group {group.name} on {site.node} {why}, and the node is in no cluster now."
        device = next((v.path for v in site.facts.physical_volumes if v.vg == group.name), "")
        yield site.finding(
            "leftover-group", group.name, text, "Remove the volume group, or load the node again.",
            evidence=f"no peers; vgs: {group.name} without logical volumes", device=device,
            severity=Severity.WARNING if others else Severity.INFO,
        )  # fmt: skip


def _mappings(site: Site) -> Iterator[Finding]:
    """Entries of device-mapper for logical volumes whose volume group is gone, one finding a group."""
    if not site.was_read("devices", "volume_groups", "logical_volumes"):
        return
    found: dict[str, list[str]] = {}
    for device in site.facts.devices:
        vg = group_of_mapping(device)
        if OUR_GROUP.fullmatch(vg) and vg not in site.groups:
            found.setdefault(vg, []).append(device.path)
    for vg, paths in found.items():
        text = f"The kernel of {site.node} still maps logical volumes of {vg}, which is gone: its disk stays busy."
        yield site.finding(
            "leftover-mapping", vg, text, "Remove the entries with dmsetup.", evidence="lsblk: " + ", ".join(paths)
        )


def _peers(site: Site) -> Iterator[Finding]:
    """Peers that were rejected or never became full members."""
    for peer in site.facts.peers:
        if peer.is_self or peer.state in (_IN_CLUSTER, None):
            continue
        link = "connected" if peer.connected else "disconnected"
        text = f"{site.node} has {peer.hostname} as a peer that is no full member ({peer.state_text or peer.state})."
        bricks = [brick.volume for brick in site.snapshot.bricks.values() if _is_on(brick.host, brick.node, peer, site)]
        remedy = (
            f"It holds bricks of {', '.join(sorted(set(bricks))[:3])}: compare /var/lib/glusterd/vols on both, "
            "then restart glusterd there."
            if bricks
            else "Put it out of the pool; the next load takes it in again."
        )
        code = "peer-rejected" if bricks else "leftover-peer"
        yield site.finding(code, peer.hostname, text, remedy, evidence=f"gluster pool list: {link}, {peer.state_text}")


def _is_on(host: str, node: str, peer: Peer, site: Site) -> bool:
    own = site.snapshot.nodes.get(node)
    return host in (peer.hostname, *peer.hostnames) or bool(own and own.uuid and own.uuid == peer.uuid)
