"""Why heketi has no place for a claim: clusters, nodes, space, limits and operations (D26-D29, D31, D32, D34, D35)."""

from collections.abc import Iterator
from typing import Final

from tui.checks.claim_case import ClaimCase, by_hand, fixed_by, found, seen
from tui.checks.claim_heketi_words import WORDS, filled
from tui.checks.claim_seen_words import class_ref, some
from tui.core.finding import Evidence, Finding, ObjectRef, Remedy, Severity
from tui.core.heketi_placement import HeketiFit, HeketiRequest, largest_on, request_of, would_fit
from tui.core.heketi_probe import HeketiProbe, HeketiSpace
from tui.core.kube import StorageClass
from tui.core.model import State
from tui.core.units import GIB, format_size

_AT_ONCE: Final = 8
_VOLUMES: Final = 1000


def space_faults(case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """What of heketi's own picture speaks against the claim. `probe` came to its end."""
    unknown = list(_clusters(case, one, probe, proof))
    yield from unknown
    if not unknown:
        usable = [node for node in probe.nodes if node.state == "online" and node.online_devices]
        if not usable:
            yield _nobody(case, probe, proof)
        else:
            yield from _place(case, one, probe, proof)
        yield from _full_clusters(case, one, probe, proof)
    yield from _operations(case, probe, proof)
    yield from _unreachable(case, probe)


def _heketi(probe: HeketiProbe) -> ObjectRef:
    return ObjectRef("Heketi", "", probe.url)


def _node(node: HeketiSpace) -> ObjectRef:
    return ObjectRef("HeketiNode", "", node.hostname or node.node)


def _wanted(one: StorageClass) -> list[str]:
    return [part.strip() for part in (one.parameter("clusterid") or "").split(",") if part.strip()]


def _clusters(case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """D26: no cluster, or not the one that the class asks for."""
    wanted = _wanted(one)
    if not probe.clusters:
        yield found(
            "D26", case.ref, "heketi has no cluster: no topology was loaded",
            cause="heketi makes volumes on the nodes of its topology, and it has none (or its database is new).",
            proof=[seen(_heketi(probe), "clusters", "none"), *proof],
            remedies=[by_hand("Load the topology into heketi: heketi-cli topology load --json=topology.json.")],
        )  # fmt: skip
        return
    missing = [name for name in wanted if name not in probe.clusters]
    if not missing:
        return
    remedies = [
        fixed_by(f"Make the class anew with cluster {known}", "recreate-class",
                 **{"name": one.name, f"param.{_key(one, 'clusterid')}": known})
        for known in probe.clusters[:2]
    ]  # fmt: skip
    away = fixed_by("Make the class anew without clusterid: heketi takes any cluster", "recreate-class",
                    **{"name": one.name, f"param.{_key(one, 'clusterid')}": ""})  # fmt: skip
    yield found(
        "D26", case.ref, f"heketi has no cluster {missing[0]} (StorageClass '{one.name}')",
        cause=f"The class asks for a cluster by its id, and heketi has {some(probe.clusters)}.",
        proof=[
            seen(class_ref(one.name), "parameters.clusterid", ",".join(wanted)),
            seen(_heketi(probe), "clusters", ", ".join(probe.clusters)), *proof,
        ],
        remedies=[*remedies, away],
    )  # fmt: skip


def _key(one: StorageClass, name: str) -> str:
    return next((key for key in one.parameters if key.lower() == name), name)


def _nobody(case: ClaimCase, probe: HeketiProbe, proof: list[Evidence]) -> Finding:
    """D29: nothing takes bricks."""
    states = [
        seen(_node(node), "state, devices online", f"{node.state}, {node.online_devices}") for node in probe.nodes
    ]
    sentence = "heketi's cluster has no nodes" if not probe.nodes else (
        f"none of heketi's {len(probe.nodes)} nodes takes bricks"
    )  # fmt: skip
    return found(
        "D29", case.ref, sentence,
        cause="A node takes bricks when it is online and has a device that is online, with glusterd running.",
        proof=[*states[:5], *proof], remedies=[by_hand(advice) for advice in WORDS["D29"].advice],
    )  # fmt: skip


def _place(case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """D27, D28: whether the volume would find a place."""
    claim = case.claim
    request = request_of(claim.request, one.parameters) if claim is not None and claim.request else None
    if request is None:
        return
    fit = would_fit(request, probe.nodes)
    if fit.possible:
        return
    size = format_size(request.size)
    if fit.lack in ("small", "large"):
        word = "small" if fit.lack == "small" else "large"
        yield found(
            "D28", case.ref, f"{size} is too {word} for heketi with {request.words}",
            cause="A brick has 1 GiB to 4 TiB and a volume 32 bricks at most, unless heketi.json says otherwise.",
            proof=[seen(case.ref, "spec.resources.requests.storage", size), *proof],
            remedies=[by_hand(advice) for advice in WORDS["D28"].advice], definite=False,
        )  # fmt: skip
        return
    yield found(
        "D27", case.ref, _lack(request, fit, size), cause=_cause(request, fit),
        proof=[seen(case.ref, "spec.resources.requests.storage", size), *_spaces(request, probe), *proof],
        remedies=[*_smaller(case, fit), *(by_hand(advice) for advice in WORDS["D27"].advice)],
    )  # fmt: skip


def _lack(request: HeketiRequest, fit: HeketiFit, size: str) -> str:
    if fit.lack == "nodes":
        have = f"only {len(fit.nodes)} {'takes' if len(fit.nodes) == 1 else 'take'} bricks"
        return f"heketi needs {request.width} nodes for {request.words}, and {have}"
    if fit.lack == "zones":
        zones = len({node.zone for node in fit.nodes})
        return f"heketi needs {request.width} zones with room for {request.words}, and has {zones} in all"
    if fit.largest:
        return (
            f"heketi has no space for {size} with {request.words}; the largest that fits is {format_size(fit.largest)}"
        )
    return f"heketi has no space left, not even for 1 GiB with {request.words}"


def _cause(request: HeketiRequest, fit: HeketiFit) -> str:
    apart = f"The {request.width} bricks of a set lie on {request.width} different nodes"
    if fit.lack == "zones":
        return f"{apart}, and this class wants them in different zones (user.heketi.zone-checking strict)."
    if fit.lack == "nodes":
        return f"{apart}; nodes and devices that are offline or taken out of service do not count."
    needs = format_size(request.takes(fit.brick))
    return (
        f"{apart}. The smallest bricks that would do take {needs} each with their metadata; heketi answers 'No space'."
    )


def _spaces(request: HeketiRequest, probe: HeketiProbe) -> list[Evidence]:
    ranked = sorted(probe.nodes, key=lambda node: (-node.largest_free, node.hostname))
    return [
        seen(
            _node(node), "free, largest brick",
            f"{format_size(node.free)} free in zone {node.zone}, takes a brick of "
            f"{format_size(largest_on(node, request.factor))}"
            if node.state == "online" and node.online_devices else f"{node.state}, {node.online_devices} devices on",
        )
        for node in ranked[:6]
    ]  # fmt: skip


def _smaller(case: ClaimCase, fit: HeketiFit) -> Iterator[Remedy]:
    if fit.lack == "space" and fit.largest:
        yield fixed_by(
            f"Make the claim anew with {format_size(fit.largest)}", "recreate-claim", namespace=case.key[0],
            name=case.key[1], size=f"{fit.largest // GIB}Gi",
        )  # fmt: skip


def _full_clusters(case: ClaimCase, one: StorageClass, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """D35: every cluster that comes into question has as many volumes as it may."""
    clusters = _wanted(one) or list(probe.clusters)
    counts = [probe.volumes.get(cluster, 0) for cluster in clusters]
    if counts and min(counts) >= _VOLUMES:
        words = WORDS["D35"]
        yield found(
            "D35", case.ref, f"heketi's cluster has {min(counts)} volumes, and {_VOLUMES} are allowed",
            cause=filled(words.cause, text=f"{min(counts)} volumes"),
            proof=[seen(_heketi(probe), "volumes", ", ".join(str(count) for count in counts)), *proof],
            remedies=[by_hand(advice) for advice in words.advice], definite=False,
        )  # fmt: skip


def _operations(case: ClaimCase, probe: HeketiProbe, proof: list[Evidence]) -> Iterator[Finding]:
    """D31, D32: operations that run, and those that were left behind."""
    counts = f"{probe.in_flight} in flight, {probe.stale} stale, {probe.failed} failed"
    seen_counts = seen(_heketi(probe), "operations", counts)
    if probe.in_flight >= _AT_ONCE:
        words = WORDS["D31"]
        yield found(
            "D31", case.ref, f"heketi is busy: {probe.in_flight} operations at once, and it takes {_AT_ONCE}",
            cause=filled(words.cause, text="Server busy. Retry operation later."), proof=[seen_counts, *proof],
            remedies=[by_hand(advice) for advice in words.advice], severity=Severity.WARNING, definite=False,
        )  # fmt: skip
    left = probe.stale + probe.failed
    if left:
        yield found(
            "D32", case.ref, f"heketi holds space for {left} operations that never ended",
            cause="What a broken-off operation was to make keeps its space, and its volumes answer 'Id not found'.",
            proof=[seen_counts, *proof],
            remedies=[by_hand("Clean them: heketi-cli server operations cleanup.")],
            severity=Severity.WARNING, definite=False,
        )  # fmt: skip


def _unreachable(case: ClaimCase, probe: HeketiProbe) -> Iterator[Finding]:
    """D34: storage nodes that heketi counts on and that we can't reach either."""
    ours = {name: node for node in case.world.storage.nodes.values() for name in (node.name, node.storage) if name}
    for node in probe.nodes:
        known = ours.get(node.hostname)
        if known is not None and known.state is State.OFFLINE and node.state == "online":
            yield found(
                "D34", case.ref, f"heketi counts on storage node '{known.name}', which is down",
                cause=f"heketi places bricks on nodes that are online in its database; {known.name}: {known.reason}.",
                proof=[seen(_node(node), "state", node.state),
                       seen(ObjectRef("StorageNode", "", known.name), "state", f"{known.state}: {known.reason}")],
                remedies=[by_hand(f"Bring {known.name} back, or heketi-cli node disable {node.node} until it is.")],
                severity=Severity.WARNING, definite=False,
            )  # fmt: skip
