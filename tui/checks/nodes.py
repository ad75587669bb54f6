"""Is this node fit to join a pool and to carry bricks?"""

from collections.abc import Iterator, Mapping

from tui.core import group_tags
from tui.core.facts import NodeFacts
from tui.core.finding import Finding, Remedy, Severity
from tui.core.topology import TopologyNode
from tui.core.topology_words import is_ip

# What a node must have, and the finding that says it has not. Either name of a target will do.
_TOOLS = (
    ("lvm", "lvm2-missing", "LVM (package lvm2)"),
    ("thin_check", "thin-check-missing", "thin_check, which LVM needs for thin pools"),
    ("mkfs.xfs", "xfsprogs-missing", "mkfs.xfs (package xfsprogs)"),
)
_THIN_TARGETS = frozenset({"thin-pool", "dm_thin_pool"})


def node_finding(
    node: TopologyNode,
    code: str,
    sentence: str,
    *remedies: str,
    evidence: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding about a node as a whole."""
    titles = tuple(Remedy(title) for title in remedies if title)
    return Finding(code, severity, node.manage, sentence, node.manage, "", evidence, titles)


def check_node(
    declared: TopologyNode,
    facts: NodeFacts | None,
    failure: str,
    *,
    remedy: str = "",
    all_facts: Mapping[str, NodeFacts] | None = None,
) -> list[Finding]:
    """All that speaks against one node.

    `failure` and `remedy` are why it could not be asked, "" where it answered. `all_facts` is what
    all nodes said, for the questions that concern more than one node.
    """
    if facts is None or failure:
        return [_unread(declared, failure, remedy)]
    refused = next((text for text in facts.unread.values() if "sudo:" in text), "")
    if refused:
        return [_sudo(declared, refused)]
    everyone = all_facts or {}
    faults = [*_glusterd(declared, facts), *_programs(declared, facts), *_unread_parts(declared, facts)]
    faults += _same_uuid(declared, facts, everyone)
    faults += _swapped(declared, facts)
    faults += _storage_name(declared, facts, everyone)
    faults += _sick_peers(declared, facts)
    return faults


def _unread(node: TopologyNode, failure: str, remedy: str) -> Finding:
    if "sudo" in failure:
        return _sudo(node, failure)
    text = f"{node.manage} can't be asked: {failure or 'it was not read yet'}."
    return node_finding(node, "node-unreachable", text, remedy or f"Try by hand: ssh {node.manage}", evidence=failure)


def _sudo(node: TopologyNode, answer: str) -> Finding:
    text = f"sudo on {node.manage} wants a password or refuses us."
    help_ = "Allow it without a password: a line 'USER ALL=(root) NOPASSWD: ALL' in /etc/sudoers.d/brickyard."
    return node_finding(node, "node-sudo-refused", text, help_, evidence=answer.strip())


def _glusterd(node: TopologyNode, facts: NodeFacts) -> Iterator[Finding]:
    state = f"systemd: glusterd is {facts.glusterd}, {facts.glusterd_enabled}"
    if facts.glusterd in ("missing", "not-found", "not installed"):
        text = f"glusterd is not installed on {node.manage}."
        yield node_finding(node, "glusterd-missing", text, "Install the Gluster server and start it.", evidence=state)
        return
    if facts.glusterd == "unknown":
        why = facts.unread.get("glusterd", "systemctl did not answer")
        yield node_finding(
            node, "glusterd-unknown", f"Whether glusterd runs on {node.manage} could not be read.", evidence=why
        )
    elif facts.glusterd != "active":
        text = f"glusterd is not running on {node.manage} ({facts.glusterd})."
        yield node_finding(node, "glusterd-stopped", text, "Start it: systemctl enable --now glusterd", evidence=state)
    elif facts.glusterd_enabled not in (
        "enabled",
        "static",
        "enabled-runtime",
        "unknown",
        "linked",
        "alias",
        "generated",
    ):
        text = f"glusterd runs on {node.manage}, but would not start after a restart of the node."
        yield node_finding(
            node,
            "glusterd-disabled",
            text,
            "Enable it: systemctl enable --now glusterd",
            evidence=state,
            severity=Severity.WARNING,
        )


def _programs(node: TopologyNode, facts: NodeFacts) -> Iterator[Finding]:
    for tool, code, name in _TOOLS:
        if facts.tools.get(tool) is False:
            text = f"{node.manage} lacks {name}."
            yield node_finding(
                node, code, text, "Install the packages that bricks need.", evidence=f"which {tool}: not found"
            )
    if facts.modules and not facts.modules & _THIN_TARGETS:
        text = f"The kernel of {node.manage} can't do thin pools: dm_thin_pool is not loaded."
        yield node_finding(
            node,
            "dm-thin-pool-missing",
            text,
            "Load it now and at each start: modprobe dm_thin_pool",
            evidence="dmsetup targets: no thin-pool",
        )


def _unread_parts(node: TopologyNode, facts: NodeFacts) -> Iterator[Finding]:
    """What was not read must not be taken for empty: a disk in use would look free."""
    needed = ["devices", "mounts", "fstab", "swaps"]
    needed += ["physical_volumes", "volume_groups"] if facts.tools.get("lvm") is not False else []
    needed += ["peers"] if facts.glusterd == "active" else []
    for part in needed:
        if part in facts.unread:
            text = f"The {part.replace('_', ' ')} of {node.manage} could not be read: {facts.unread[part]}."
            yield node_finding(node, "node-not-read", text, "Look at the node, then try again.", evidence=part)


def _swapped(node: TopologyNode, facts: NodeFacts) -> Iterator[Finding]:
    """The volume groups remember the names that the node was loaded with."""
    for group in facts.volume_groups:
        said = group_tags.read(group.tags)
        if node.manage != node.storage and (said.manage, said.storage) == (node.storage, node.manage):
            text = f"'manage' and 'storage' of {node.manage} are swapped: 'manage' was {said.manage} before."
            help_ = f"Write 'manage': {said.manage}, 'storage': {said.storage}."
            yield node_finding(node, "node-names-swapped", text, help_, evidence=f"tags of volume group {group.name}")
            return
        if said.manage and said.manage != node.manage and said.storage == node.storage:
            text = f"{node.manage} ({node.storage}) was loaded as {said.manage} before: it gets the new name."
            evidence = f"tags of volume group {group.name}"
            yield node_finding(node, "node-renamed", text, evidence=evidence, severity=Severity.WARNING)
            return


def _same_uuid(node: TopologyNode, facts: NodeFacts, everyone: Mapping[str, NodeFacts]) -> Iterator[Finding]:
    twins = [n for n, other in everyone.items() if n != node.manage and facts.uuid and other.uuid == facts.uuid]
    if not twins:
        return
    same_machine = [n for n in twins if everyone[n].hostname == facts.hostname]
    if same_machine:
        text = f"{node.manage} and {', '.join(same_machine)} are the same machine ({facts.hostname})."
        help_ = "Name each machine once in the topology."
        code = "node-twice"
    else:
        text = f"{node.manage} and {', '.join(twins)} have the same Gluster identity: one was cloned from the other."
        help_ = (
            "On the clone, if it carries no bricks: stop glusterd, remove /var/lib/glusterd/glusterd.info "
            "and /var/lib/glusterd/peers, start it."
        )
        code = "glusterd-uuid-twice"
    yield node_finding(node, code, text, help_, evidence=f"glusterd.info: UUID={facts.uuid}")


def _storage_name(node: TopologyNode, facts: NodeFacts, everyone: Mapping[str, NodeFacts]) -> Iterator[Finding]:
    """A storage name that the pool knows as someone else, or does not know though it knows the node."""
    known: set[str] = set()
    for name, other in everyone.items():
        for peer in other.peers:
            names = {peer.hostname, *peer.hostnames}
            if peer.is_self:
                continue
            if peer.uuid == facts.uuid:
                known |= names
            elif node.storage in names and facts.uuid:
                text = f"The pool knows {node.storage} as another node than {node.manage}."
                yield node_finding(
                    node,
                    "storage-name-of-other-node",
                    text,
                    "Check 'manage' and 'storage' in the topology: they may be swapped.",
                    evidence=f"gluster pool list on {name}: {node.storage} has UUID {peer.uuid}, "
                    f"{node.manage} has {facts.uuid}",
                )
                return
    # a pool that knows only names may know the address under one of them
    if known and node.storage not in known and (not is_ip(node.storage) or any(map(is_ip, known))):
        text = f"The pool knows {node.manage} as {', '.join(sorted(known))}, and not yet as {node.storage}."
        yield node_finding(
            node,
            "storage-name-unknown",
            text,
            f"The load adds the name: gluster peer probe {node.storage}",
            evidence=f"UUID {facts.uuid}",
            severity=Severity.WARNING,
        )


def _sick_peers(node: TopologyNode, facts: NodeFacts) -> Iterator[Finding]:
    for peer in facts.peers:
        if peer.is_self or (peer.connected and peer.state == 3):
            continue
        state = peer.state_text or "unknown state"
        link = "connected" if peer.connected else "disconnected"
        text = f"{node.manage} sees its peer {peer.hostname} {link} ({state})."
        yield node_finding(
            node,
            "peer-not-well",
            text,
            f"Look at glusterd on {peer.hostname}; gluster peer status",
            severity=Severity.WARNING,
        )
