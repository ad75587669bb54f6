"""The whole chain of a claim as a tree: pods > claim > PersistentVolume > endpoints, Gluster volume > bricks > disks.

Each link has a state of its own; the first broken one is where to look: what stands above it only suffers from it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from tui.core.chain_kube import below_claim, secret_links, volume_links
from tui.core.finding import Finding, Severity
from tui.core.kube import Claim, Key, PersistentVolume, Pod
from tui.core.kube_tables import KubeTables
from tui.core.link import BROKEN, WARNS, WELL, Link
from tui.core.model import Snapshot, State

MAX_PODS: Final = 20
_SUFFERERS: Final = ("pods", "pod", "claim")
"""What breaks only with something below it, wherever that is seen."""


def chain_of(
    tables: KubeTables,
    snapshot: Snapshot,
    key: Key,
    words: tuple[str, str] = ("", ""),
    findings: Iterable[Finding] = (),
) -> list[Link]:
    """All links of a claim in tree order, parents first; `words` are its state and the reason for it.

    `snapshot` is empty where no storage node is configured. The claim may not exist.
    """
    claim = tables.claims.get(key)
    pods = _pods(tables, key)
    depth = 1 if pods else 0
    links = [*pods, _claim(key, claim, words, list(findings), depth)]
    if claim is not None:
        links += below_claim(tables, snapshot, claim, depth + 1)
    return mark_first_broken(links)


def chain_of_volume(tables: KubeTables, snapshot: Snapshot, volume: PersistentVolume) -> list[Link]:
    """The chain of a PersistentVolume that no claim holds, from it downwards."""
    return mark_first_broken(list(volume_links(tables, snapshot, volume, 0)))


def chain_of_class(tables: KubeTables, name: str) -> list[Link]:
    """A StorageClass with its Secrets and the claims that wait with it; it may not exist."""
    one = tables.classes.get(("", name))
    waiting = sorted(tables.pending_of_class(name), key=lambda claim: claim.key)
    if one is None:
        state, severity, why = "missing", BROKEN, "claims ask for it and it does not exist"
    else:
        state, severity, why = "there", WELL, f"provisioner {one.provisioner}"
    links = [Link(("class", name), 0, "StorageClass", name, state, severity, why)]
    if one is not None:
        links += secret_links(tables, one, 1)
    for claim in waiting[:MAX_PODS]:
        links.append(Link(("claim", *claim.key), 1, "claim", "/".join(claim.key), "waiting", WARNS))
    if len(waiting) > MAX_PODS:
        links.append(Link(("more",), 1, "claim", f"and {len(waiting) - MAX_PODS} more", "", WELL))
    return mark_first_broken(links)


def mark_first_broken(links: list[Link]) -> list[Link]:
    """The same links with the mark on the one to look at: the first broken one that nothing broken stands below.

    A degraded volume serves its files all the same: where something else is broken, it is not the cause.
    """
    for group in (_without_degraded(links), links):
        broken = {link.key for link in group if link.severity == BROKEN and link.kind not in _SUFFERERS}
        if broken:
            break
    else:
        broken = {link.key for link in links if link.severity == BROKEN}
    broken = broken or {link.key for link in links if link.severity == WARNS}
    for place, link in enumerate(links):
        if link.key in broken and not any(below.key in broken for below in _below(links, place)):
            return [*links[:place], replace(link, is_first_broken=True), *links[place + 1 :]]
    return links


def _without_degraded(links: list[Link]) -> Iterator[Link]:
    """All but Gluster volumes that are only degraded, and what stands below those."""
    degraded: int | None = None
    for link in links:
        if degraded is not None and link.depth > degraded:
            continue
        is_one = link.kind == "Gluster volume" and link.state == State.DEGRADED
        degraded = link.depth if is_one else None
        if not is_one:
            yield link


def _below(links: list[Link], place: int) -> Iterator[Link]:
    """What a link depends on; pods stand beside their claim where there are many, and all hang on it."""
    if links[place].kind == "pod":
        yield from (link for link in links[place + 1 :] if link.kind != "pod")
        return
    for link in links[place + 1 :]:
        if link.depth <= links[place].depth:
            return
        yield link


def _pods(tables: KubeTables, key: Key) -> list[Link]:
    pods = tables.pods_of(key)
    if len(pods) <= 1:
        return [_pod(pod, 0) for pod in pods]
    worst = max(_pod(pod, 1).severity for pod in pods)
    waiting = sum(_pod(pod, 1).severity > 0 for pod in pods)
    said = f"{waiting} wait" if waiting else "all well"
    links = [Link(("pods",), 0, "pods", f"{len(pods)} pods", said, worst)]
    links += [_pod(pod, 1) for pod in sorted(pods, key=lambda pod: (-_pod(pod, 1).severity, pod.key))[:MAX_PODS]]
    if len(pods) > MAX_PODS:
        links.append(Link(("more",), 1, "pod", f"and {len(pods) - MAX_PODS} more", "", WELL))
    return links


def _pod(pod: Pod, depth: int) -> Link:
    if pod.deleted is not None:
        state, severity, why = "terminating", WARNS, ""
    elif pod.is_finished:
        state, severity, why = pod.phase.lower(), WELL, pod.message
    else:
        scheduled = pod.condition("PodScheduled")
        waiting = next(iter(pod.waiting), None)
        why = pod.message
        if scheduled is not None and not scheduled.is_true:
            why = scheduled.message
        elif waiting is not None:
            why = f"{waiting.reason}: {waiting.message}" if waiting.message else waiting.reason
        ready = pod.condition("Ready")
        runs = pod.phase == "Running" and (ready is None or ready.is_true)
        state = "running" if runs else "not ready" if pod.phase == "Running" else pod.phase.lower() or "unknown"
        severity = WELL if runs else WARNS if pod.phase == "Running" else BROKEN
    on = f"on {pod.node}" if pod.node else "on no node yet"
    return Link(("pod", *pod.key), depth, "pod", "/".join(pod.key), state, severity, why or on)


def _claim(key: Key, claim: Claim | None, words: tuple[str, str], findings: list[Finding], depth: int) -> Link:
    word, reason = words
    name = "/".join(key)
    if claim is None:
        return Link(("claim", *key), depth, "claim", name, word or "missing", BROKEN, reason or "it does not exist")
    worst = {finding.severity for finding in findings}
    severity = BROKEN if Severity.ERROR in worst else WARNS if Severity.WARNING in worst else WELL
    if severity is WELL and not claim.is_bound and (not findings or claim.phase == "Lost"):
        severity = BROKEN if claim.phase == "Lost" else WARNS
    return Link(("claim", *key), depth, "claim", name, word or claim.phase.lower() or "unknown", severity, reason)
